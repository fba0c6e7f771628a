import { formatBytes, formatDuration } from "../base/units/format.js";
import {
  busBandwidthFactor,
  collectiveTimeS,
  type CollectiveAnswer,
  type CollectiveQuestion,
} from "../performance/collectives.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** Times of one operation over a range of sizes: what `headroom collective --json` prints. */
export interface CollectiveTable {
  readonly op: CollectiveQuestion["op"];
  readonly machine: string;
  readonly nodes: number;
  readonly gpusPerNode: readonly number[];
  readonly rows: readonly CollectiveRow[];
}

/** One size. */
export interface CollectiveRow extends CollectiveAnswer {
  readonly bytes: number;
  /** Bytes of the operation over its time. */
  readonly algorithmBytesPerS: number;
  /** What the slowest link shows, as nccl-tests prints it. */
  readonly busBytesPerS: number;
}

/**
 * Asks for every size.
 *
 * @throws RangeError when the collective model refuses the question
 */
export function collectiveTable(
  question: Omit<CollectiveQuestion, "bytes">,
  machine: string,
  sizes: readonly number[],
): CollectiveTable {
  const gpuCount = question.nodes.reduce((sum, { gpus }) => sum + gpus.length, 0);
  return {
    op: question.op,
    machine,
    nodes: question.nodes.length,
    gpusPerNode: question.nodes[0]!.gpus,
    rows: sizes.map((bytes) => {
      const answer = collectiveTimeS({ ...question, bytes });
      const algorithmBytesPerS = answer.seconds === 0 ? 0 : bytes / answer.seconds;
      return {
        bytes,
        ...answer,
        algorithmBytesPerS,
        busBytesPerS: algorithmBytesPerS * busBandwidthFactor(question.op, gpuCount),
      };
    }),
  };
}

const HEADER = ["size", "time", "algorithm", "bus", "method", ""];
const UNITS = ["", "", "GB/s", "GB/s", "", ""];

/** The table for a terminal, with every source once. */
export function printCollectiveTable(table: CollectiveTable): string {
  const { op, machine, nodes, gpusPerNode, rows } = table;
  const where = nodes === 1 ? machine : `${nodes} nodes ${machine}`;
  const sources = [...new Set(rows.map(({ source }) => source))];
  const cells = rows.map((row) => [
    formatBytes(row.bytes),
    formatDuration(row.seconds),
    rate(row.algorithmBytesPerS),
    rate(row.busBytesPerS),
    `${row.algorithm ?? row.method}${row.extrapolated ? ", extrapolated" : ""}`,
    `[${sources.indexOf(row.source) + 1}]`,
  ]);
  return [
    wrapText(`${op} on ${where}, GPUs ${gpusPerNode.join(", ")} of each`),
    "",
    ...alignColumns(rightAligned([HEADER, UNITS, ...cells], 4)),
    "",
    ...sources.map((source, at) => `[${at + 1}] ${wrapText(source, 4)}`),
    "",
    wrapText(
      "Extrapolated: outside the sizes, GPU counts or machines that were measured. Bus: bandwidth of the slowest link, as nccl-tests prints it.",
    ),
  ].join("\n");
}

function rate(bytesPerS: number): string {
  return bytesPerS === 0 ? "-" : Number((bytesPerS / 1e9).toPrecision(3)).toString();
}

function rightAligned(
  rows: readonly (readonly string[])[],
  columns: number,
): readonly (readonly string[])[] {
  const widths = rows[0]!.map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]!.length)),
  );
  return rows.map((row) =>
    row.map((cell, column) => (column < columns ? cell.padStart(widths[column]!) : cell)),
  );
}
