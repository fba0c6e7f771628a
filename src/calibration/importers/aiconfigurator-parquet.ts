import { decompress } from "fzstd";
import { parquetReadObjects } from "hyparquet";

import { InputError } from "../../diagnostics/problem.js";
import type { MeasuredMatmul } from "../fit-matmul-surface.js";

/** One row of a matrix product table. */
export interface MeasuredMatmulOfType extends MeasuredMatmul {
  /** As the table writes it: `bfloat16`, `fp8`, `fp8_block`, `nvfp4`. */
  readonly dtype: string;
}

/** One row of a collective table. */
export interface MeasuredCollective {
  readonly op: string;
  readonly dtype: string;
  readonly gpus: number;
  readonly bytes: number;
  readonly timeS: number;
}

/** What a table of aiconfigurator holds. */
export interface AiconfiguratorTable {
  /** Name of the device as its driver tells it. */
  readonly device: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly matmuls: readonly MeasuredMatmulOfType[];
  readonly collectives: readonly MeasuredCollective[];
}

const MATMUL_COLUMNS = ["gemm_dtype", "m", "n", "k", "latency", "device"];
const COLLECTIVE_COLUMNS = ["op_name", "num_gpus", "message_size", "latency"];

/** Milliseconds of the tables. */
const MILLISECOND = 1e-3;

/**
 * Reads a Parquet table of aiconfigurator (ai-dynamo/aiconfigurator, Apache-2.0): `gemm_perf` and `nccl_perf`.
 * Latencies are milliseconds per call.
 *
 * @throws InputError when it is no Parquet file, of other columns, empty, or holds times that are not positive
 */
export async function readAiconfiguratorTable(
  file: string,
  bytes: Uint8Array,
): Promise<AiconfiguratorTable> {
  const rows = await readRows(file, bytes);
  const first = rows[0];
  if (first === undefined) throw problem(file, "holds no rows");
  const has = (columns: readonly string[]): boolean => columns.every((name) => name in first);
  if (has(MATMUL_COLUMNS)) {
    return { ...headOf(first), matmuls: rows.map(matmulRow(file)), collectives: [] };
  }
  if (has(COLLECTIVE_COLUMNS)) {
    return { ...headOf(first), matmuls: [], collectives: rows.map(collectiveRow(file)) };
  }
  throw problem(
    file,
    `has columns ${Object.keys(first).join(", ")}; gemm_perf tables have ${MATMUL_COLUMNS.join(", ")}, nccl_perf tables ${COLLECTIVE_COLUMNS.join(", ")}`,
  );
}

type Row = Readonly<Record<string, unknown>>;

async function readRows(file: string, bytes: Uint8Array): Promise<readonly Row[]> {
  const buffer = bytes.buffer.slice(
    bytes.byteOffset,
    bytes.byteOffset + bytes.byteLength,
  ) as ArrayBuffer;
  try {
    return await parquetReadObjects({
      file: buffer,
      compressors: { ZSTD: (input) => decompress(input) },
    });
  } catch (error) {
    throw problem(file, `cannot be read as Parquet: ${(error as Error).message}`);
  }
}

function headOf(row: Row): Pick<AiconfiguratorTable, "device" | "versions"> {
  const text = (name: string): string => String(row[name] ?? "unknown");
  return {
    device: text("device"),
    versions: { [text("framework").toLowerCase()]: text("version") },
  };
}

function matmulRow(file: string): (row: Row, index: number) => MeasuredMatmulOfType {
  return (row, index) => ({
    dtype: String(row["gemm_dtype"]),
    m: count(file, index, row, "m"),
    n: count(file, index, row, "n"),
    k: count(file, index, row, "k"),
    timeS: positive(file, index, row, "latency") * MILLISECOND,
  });
}

function collectiveRow(file: string): (row: Row, index: number) => MeasuredCollective {
  return (row, index) => ({
    op: String(row["op_name"]),
    dtype: String(row["nccl_dtype"] ?? row["allreduce_dtype"] ?? "unknown"),
    gpus: count(file, index, row, "num_gpus"),
    bytes: count(file, index, row, "message_size"),
    timeS: positive(file, index, row, "latency") * MILLISECOND,
  });
}

function count(file: string, index: number, row: Row, name: string): number {
  const value = positive(file, index, row, name);
  if (!Number.isSafeInteger(value))
    throw problem(file, `row ${index}: ${name} must be a whole number, got ${value}`);
  return value;
}

function positive(file: string, index: number, row: Row, name: string): number {
  const value = Number(row[name]);
  if (!(value > 0 && Number.isFinite(value)))
    throw problem(file, `row ${index}: ${name} must be positive, got ${String(row[name])}`);
  return value;
}

function problem(file: string, message: string): InputError {
  return new InputError([
    {
      file,
      rule: "bad-table",
      message,
      help: "name a gemm_perf.parquet or nccl_perf.parquet of aiconfigurator's systems data",
    },
  ]);
}
