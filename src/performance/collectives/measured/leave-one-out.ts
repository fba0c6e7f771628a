import type { MeasuredTable } from "./measured-table.js";

/** How far an interpolation is off at a point it was not shown. */
export interface LeftOutPoint {
  readonly table: MeasuredTable;
  readonly bytes: number;
  /** Predicted over measured, minus 1. */
  readonly relativeError: number;
}

/**
 * Leaves out every interior point of every table in turn, alone, and predicts it from what is left.
 *
 * @param predict is given the table without the point, the size, and all other tables complete
 */
export function leaveOneOut(
  tables: readonly MeasuredTable[],
  predict: (table: MeasuredTable, bytes: number, others: readonly MeasuredTable[]) => number,
): readonly LeftOutPoint[] {
  return tables.flatMap((table) => {
    const others = tables.filter((other) => other !== table);
    return table.bytes.slice(1, -1).map((bytes, before) => {
      const left = before + 1;
      const without = (values: readonly number[]): readonly number[] =>
        values.filter((_value, at) => at !== left);
      const shown = { ...table, bytes: without(table.bytes), seconds: without(table.seconds) };
      const predicted = predict(shown, bytes, others);
      return { table, bytes, relativeError: predicted / table.seconds[left]! - 1 };
    });
  });
}
