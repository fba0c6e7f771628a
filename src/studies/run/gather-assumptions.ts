import type { Assumption } from "../../scenario/resolved.js";

/** What one configuration rests on. */
export interface ConfigurationAssumptions {
  /** undefined for the base. */
  readonly name: string | undefined;
  readonly assumptions: readonly Assumption[];
}

/**
 * The ledger of a whole document: what the base rests on, then what only variants do.
 *
 * A number that is the same in several variants stands once, with their names.
 */
export function gatherAssumptions(
  base: readonly Assumption[],
  variants: readonly ConfigurationAssumptions[],
): readonly Assumption[] {
  const ofBase = new Set(base.map(keyOf));
  const others = new Map<string, { readonly assumption: Assumption; readonly names: string[] }>();
  for (const { name, assumptions } of variants) {
    for (const assumption of assumptions) {
      const key = keyOf(assumption);
      if (ofBase.has(key)) continue;
      const known = others.get(key) ?? { assumption, names: [] };
      others.set(key, known);
      if (name !== undefined) known.names.push(name);
    }
  }
  const count = new Map<string, number>();
  return [
    ...base,
    ...[...others.values()].map(({ assumption, names }) => {
      const number = (count.get(assumption.id) ?? 1) + 1;
      count.set(assumption.id, number);
      return {
        ...assumption,
        id: `${assumption.id}#${number}`,
        what: `${assumption.what}; in ${names.join(" · ")}`,
      };
    }),
  ];
}

function keyOf({ id, value, provenance, source }: Assumption): string {
  return JSON.stringify([id, value, provenance, source]);
}
