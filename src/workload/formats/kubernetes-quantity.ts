const SCALE: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1_048_576,
  Gi: 1_073_741_824,
  Ti: 1_099_511_627_776,
  Pi: 1_125_899_906_842_624,
  Ei: 1_152_921_504_606_846_976,
};

/**
 * Reads a Kubernetes quantity such as `500m`, `64Gi` or `128974848` into its base unit (cores, bytes).
 *
 * Unlike the sizes of a scenario, a bare number is allowed: it means the base unit.
 *
 * @returns undefined when the text is no quantity
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const exponent = match[3];
  if (exponent !== undefined) return Number(`${match[1]}e${exponent}`);
  return Number(match[1]) * SCALE[match[2] ?? ""]!;
}
