import { ownText } from "./own-text.js";

/** Distinct names in order of first appearance, each with a small index. */
export interface NamePool {
  readonly names: readonly string[];
  /** Index of the name; a new name gets the next one. */
  indexOf(name: string): number;
}

/** Creates a pool that already holds `initial`, from index 0. */
export function createNamePool(initial: readonly string[] = []): NamePool {
  const names = [...initial];
  const indexes = new Map(names.map((name, index) => [name, index]));
  return {
    names,
    indexOf(name) {
      const known = indexes.get(name);
      if (known !== undefined) return known;
      const owned = ownText(name);
      names.push(owned);
      indexes.set(owned, names.length - 1);
      return names.length - 1;
    },
  };
}
