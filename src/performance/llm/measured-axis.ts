/** Measured times over several sizes, nested: the values of the first size, and under each those of the next. */
export interface MeasuredTree {
  readonly values: readonly number[];
  /** One per value: a time in seconds at the last size, else a tree over the sizes that follow. */
  readonly below: readonly (number | MeasuredTree)[];
}

/**
 * Sorts rows of sizes and a time into a tree. Rows of the same sizes give their mean.
 *
 * The grid need not be full: every value has its own list of values of the next size.
 *
 * @param rows each `[size, …, seconds]`, all of the same length ≥ 2
 */
export function treeOf(rows: readonly (readonly number[])[]): MeasuredTree {
  const groups = new Map<number, (readonly number[])[]>();
  for (const [value, ...rest] of rows) {
    const group = groups.get(value!);
    if (group === undefined) groups.set(value!, [rest]);
    else group.push(rest);
  }
  const values = [...groups.keys()].sort((a, b) => a - b);
  return {
    values,
    below: values.map((value) => {
      const group = groups.get(value)!;
      if (group[0]!.length > 1) return treeOf(group);
      return group.reduce((sum, [seconds]) => sum + seconds!, 0) / group.length;
    }),
  };
}

/**
 * The time at some sizes, by straight lines between measured sizes, one size after the other. Below the
 * least measured size its time holds; beyond the largest the last line goes on.
 */
export function timeAt(tree: MeasuredTree, sizes: readonly number[], level = 0): number {
  const { values, below } = tree;
  const size = sizes[level]!;
  const at = (index: number): number => {
    const child = below[index]!;
    return typeof child === "number" ? child : timeAt(child, sizes, level + 1);
  };
  if (values.length === 1 || size <= values[0]!) return at(0);
  let low = 0;
  let high = values.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= size) low = middle;
    else high = middle;
  }
  if (size === values[low]) return at(low);
  const share = (size - values[low]!) / (values[high]! - values[low]!);
  return at(low) + share * (at(high) - at(low));
}
