/** Distinct reason texts of a run, by index. */
export interface ReasonTable {
  /** In order of first use. */
  readonly texts: readonly string[];
  /** Index of the text; a new text gets the next index. */
  indexOf(text: string): number;
}

/** An empty table. */
export function createReasonTable(): ReasonTable {
  const texts: string[] = [];
  const indexes = new Map<string, number>();
  return {
    texts,
    indexOf(text) {
      let index = indexes.get(text);
      if (index === undefined) {
        index = texts.length;
        texts.push(text);
        indexes.set(text, index);
      }
      return index;
    },
  };
}
