import { formatNumber, parseUnitless } from "./number-with-unit.js";
import type { Problem } from "../../diagnostics/problem.js";
import type { Assumption } from "../run/result-document.js";

/** A number that is varied: where it is written, and between what. */
export interface Factor {
  /** Unique in a study. */
  readonly id: string;
  /** In words, such as "Load". */
  readonly label: string;
  /** Ends of the range, in the unit of `unit`. */
  readonly low: number;
  readonly high: number;
  /** Behind every value, such as `h` or `%`; empty for a plain number. */
  readonly unit: string;
  /** Only whole numbers between the ends are tried. */
  readonly isWhole?: boolean;
  /** The value of the run it is held against; undefined where the scenario does not say it. */
  readonly value?: number;
  readonly provenance: Assumption["provenance"];
  /** Why it is between these. */
  readonly source: string;
  /** Field that takes the value, as `--set` writes it. */
  readonly path: string;
  /** What is written into the field, where it is more than the number with its unit. */
  written?(value: string): string;
}

/** What `--set` would be given for a value of a factor. */
export function overlayOf(
  factor: Factor,
  value: number,
): { readonly path: string; readonly value: string } {
  const text = `${formatNumber(rounded(factor, value))}${factor.unit}`;
  return { path: factor.path, value: factor.written?.(text) ?? text };
}

/** The nearest value that is tried. */
export function rounded({ isWhole }: Pick<Factor, "isWhole">, value: number): number {
  return isWhole === true ? Math.round(value) : value;
}

/** Value as people read it. */
export function valueText({ unit }: Pick<Factor, "unit">, value: number): string {
  const number = formatNumber(Number(value.toPrecision(4)));
  return unit === "" ? number : `${number} ${unit}`;
}

/**
 * Reads `workload.load=0.8..1.2`, `faults.repair=1h..8h`: a field and the range of a number with its unit.
 *
 * Between two whole numbers without a unit only whole ones are tried: `1.0..4.0` tries all.
 *
 * @returns the factor, or what is wrong with the text
 */
export function parseVary(text: string): Factor | Problem {
  const source = `--vary ${text}`;
  const fault = (message: string): Problem => ({
    file: source,
    rule: "bad-set",
    message,
    help: "write path=low..high, such as workload.load=0.8..1.2 or faults.repair=1h..8h",
  });
  const match = /^((?:\[[^\]]*\]|[^=[])+)=\s*(\S+?)\s*\.\.\s*(\S+)\s*$/su.exec(text);
  if (match === null) return fault("must have the form path=low..high");
  const path = match[1]!.trim();
  const low = parseUnitless(match[2]!);
  const high = parseUnitless(match[3]!);
  if (low === undefined || high === undefined)
    return fault(
      `both ends must be numbers, with a unit or without, got ${match[2]!} and ${match[3]!}`,
    );
  if (low.unit !== high.unit)
    return fault(`both ends must have the same unit, got "${low.unit}" and "${high.unit}"`);
  if (!(low.number < high.number))
    return fault(`the first end must be less than the second, got ${match[2]!} and ${match[3]!}`);
  return {
    id: path,
    label: path,
    path,
    low: low.number,
    high: high.number,
    unit: low.unit,
    ...(low.unit === "" && /^[+-]?\d+$/u.test(match[2]!) && /^[+-]?\d+$/u.test(match[3]!)
      ? { isWhole: true }
      : {}),
    provenance: "given",
    source,
  };
}
