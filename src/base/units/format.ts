/** How many significant digits prose shows; the JSON documents keep all digits. */
const DIGITS_DEFAULT = 3;

/**
 * A number for people: rounded to significant digits, thousands separated by commas.
 *
 * Uses no locale, so the same number gives the same text on every machine. Numbers below 10^-4 or
 * from 10^15 on are written with an exponent. NaN is "n/a": nothing was measured.
 *
 * @param options.digits significant digits, 1..17; 3 when absent
 * @param options.separator between groups of three digits; "," when absent, "" for none
 * @throws RangeError when digits is not an integer in 1..17
 */
export function formatNumber(
  value: number,
  options: { readonly digits?: number; readonly separator?: string } = {},
): string {
  const digits = options.digits ?? DIGITS_DEFAULT;
  if (!Number.isInteger(digits) || digits < 1 || digits > 17) {
    throw new RangeError(`formatNumber: digits must be an integer in 1..17, got ${digits}`);
  }
  if (Number.isNaN(value)) return "n/a";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.abs(rounded);
  if (magnitude < 1e-4 || magnitude >= 1e15) return withExponent(rounded);
  // String() writes the shortest digits that give this double back, and no exponent in this range.
  const [whole, fraction] = String(magnitude).split(".") as [string, string | undefined];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, options.separator ?? ",");
  return (rounded < 0 ? "-" : "") + grouped + (fraction === undefined ? "" : `.${fraction}`);
}

function withExponent(rounded: number): string {
  return rounded.toExponential().replace("e+", "e");
}

interface Step {
  readonly name: string;
  /** Base units in one of these. */
  readonly size: number;
  /** From here on (in this unit, after rounding) the next unit reads better. */
  readonly below: number;
}

const DURATION_STEPS: readonly Step[] = [
  { name: "ns", size: 1e-9, below: 1000 },
  { name: "µs", size: 1e-6, below: 1000 },
  { name: "ms", size: 1e-3, below: 1000 },
  { name: "s", size: 1, below: 60 },
  { name: "min", size: 60, below: 60 },
  { name: "h", size: 3600, below: 48 },
  { name: "d", size: 86_400, below: 730 },
  { name: "y", size: 31_536_000, below: Infinity },
];

/**
 * A duration for people in its best unit: "250 ms", "45 s", "22.4 min", "36 h", "3.5 d".
 *
 * @param durationS seconds; may be negative
 * @param options.digits significant digits; 3 when absent
 */
export function formatDuration(
  durationS: number,
  options: { readonly digits?: number } = {},
): string {
  if (durationS === 0) return "0 s";
  return formatInSteps(durationS, DURATION_STEPS, options.digits ?? DIGITS_DEFAULT);
}

const BINARY_STEPS = stepsOf(["B", "KiB", "MiB", "GiB", "TiB", "PiB"], 1024);
const DECIMAL_STEPS = stepsOf(["B", "kB", "MB", "GB", "TB", "PB"], 1000);

function stepsOf(names: readonly string[], factor: number): readonly Step[] {
  let size = 1;
  return names.map((name, index) => {
    const step = { name, size, below: index === names.length - 1 ? Infinity : factor };
    size *= factor;
    return step;
  });
}

/**
 * An amount of memory for people: "80 GiB", or "85.9 GB" in decimal units.
 *
 * @param bytes may be negative
 * @param options.digits significant digits; 3 when absent
 * @param options.units "binary" (1 KiB = 1024 B) when absent
 */
export function formatBytes(
  bytes: number,
  options: { readonly digits?: number; readonly units?: "binary" | "decimal" } = {},
): string {
  if (bytes === 0) return "0 B";
  const steps = options.units === "decimal" ? DECIMAL_STEPS : BINARY_STEPS;
  return formatInSteps(bytes, steps, options.digits ?? DIGITS_DEFAULT);
}

function formatInSteps(value: number, steps: readonly Step[], digits: number): string {
  if (!Number.isFinite(value)) return formatNumber(value);
  let shown = value;
  for (const { name, size, below } of steps) {
    if (Math.abs(shown) >= below * size) continue;
    const rounded = Number((shown / size).toPrecision(digits));
    if (Math.abs(rounded) < below) return `${formatNumber(rounded, { digits })} ${name}`;
    // 59.96 s rounds to 60 s, which then reads "1 min" and not "0.999 min".
    shown = rounded * size;
  }
  throw new Error("formatInSteps: the last step must have no upper bound");
}
