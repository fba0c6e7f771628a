import type { UnitSuccess } from "../pool/unit.js";
import type { Finding } from "./compare-document.js";
import { judgeDifferences, type ComparedSamples, type Pairing } from "./judge-differences.js";
import { isRatio, mechanismsOf, type Mechanism } from "./mechanisms.js";

/**
 * Everything that could explain a difference between two configurations, judged as one family.
 *
 * What is 0 in every run of both is left out, and so is what neither has.
 *
 * @param before one outcome per replication, in the order of `after`
 */
export function explain(
  before: readonly UnitSuccess[],
  after: readonly UnitSuccess[],
  options: { readonly alpha: number; readonly pairing: Pairing },
): readonly Finding[] {
  const [left, right] = [before.map(mechanismsOf), after.map(mechanismsOf)];
  const kinds = new Map<string, Mechanism>();
  for (const mechanism of [...left, ...right].flat()) {
    if (!kinds.has(mechanism.id)) kinds.set(mechanism.id, mechanism);
  }
  const compared = [...kinds.values()]
    .map((kind) => ({
      kind,
      before: left.map((run) => valueIn(run, kind)),
      after: right.map((run) => valueIn(run, kind)),
    }))
    .filter((one) => [...one.before, ...one.after].some((value) => value !== 0));
  const samples = compared.map((one): ComparedSamples => ({ ...one, indifference: 0 }));
  return judgeDifferences(samples, options).map((judged, index): Finding => {
    const { kind, before: first, after: second } = compared[index]!;
    const { id, topic, name, unit } = kind;
    return { id, topic, name, unit, before: meanOf(first), after: meanOf(second), ...judged };
  });
}

function valueIn(run: readonly Mechanism[], { id, unit }: Mechanism): number | null {
  const found = run.find((mechanism) => mechanism.id === id);
  return found === undefined ? (isRatio(unit) ? null : 0) : found.value;
}

/** Mean of values that are all there; null otherwise. */
export function meanOf(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || !values.every((value) => value !== null)) return null;
  const first = values[0]!;
  if (values.every((value) => value === first)) return first;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
