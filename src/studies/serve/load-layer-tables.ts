import { join } from "node:path";

import { InputError } from "../../diagnostics/problem.js";
import { readTextFile } from "../../io/read-file.js";
import type { LayerTables } from "../../performance/llm/layer-tables.js";

/**
 * Layer tables of one model, GPU and tensor-parallel degree as LLMServingSim's profiler writes them: a folder
 * with `attention.csv`, `dense.csv` and `per_sequence.csv`.
 *
 * @throws InputError when a file is missing, or a row is not of numbers
 */
export async function loadLayerTables(folder: string): Promise<LayerTables> {
  const attention = await rowsOf(join(folder, "attention.csv"));
  return {
    source: `layer tables in ${folder}`,
    attention: attention.map(({ cells, line, file }) =>
      cells.map((cell) => numberOf(cell, line, file)),
    ),
    dense: await byOperation(join(folder, "dense.csv")),
    perSequence: await byOperation(join(folder, "per_sequence.csv")),
    skewShare: 0,
  };
}

interface Row {
  readonly file: string;
  readonly line: number;
  readonly cells: readonly string[];
}

async function rowsOf(file: string): Promise<readonly Row[]> {
  const lines = (await readTextFile(file)).split(/\r?\n/);
  const rows = lines
    .map((text, at) => ({ file, line: at + 1, cells: text.split(",") }))
    .slice(1)
    .filter(({ cells }) => cells.join("").trim() !== "");
  if (rows.length === 0)
    throw new InputError([{ file, rule: "empty-file", message: "the table has no row" }]);
  return rows;
}

async function byOperation(file: string): Promise<Record<string, number[][]>> {
  const groups: Record<string, number[][]> = {};
  for (const { cells, line } of await rowsOf(file)) {
    const [operation = "", size = "", us = ""] = cells;
    (groups[operation] ??= []).push([numberOf(size, line, file), numberOf(us, line, file)]);
  }
  return groups;
}

function numberOf(cell: string, line: number, file: string): number {
  const value = Number(cell);
  if (cell.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  const message = `must be a number of 0 and more, got "${cell.slice(0, 40)}"`;
  throw new InputError([{ file, line, rule: "layer-table", message }]);
}
