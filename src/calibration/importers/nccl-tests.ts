import { InputError } from "../../diagnostics/problem.js";
import { EMPTY_PART, type CalibrationPart } from "../fit-benchmark-result.js";
import { fitLine } from "../fit-line.js";

const MICROSECOND = 1e-6;

/** Programs of nccl-tests and the operation each one measures. */
const OPERATIONS: Readonly<Record<string, string>> = {
  all_reduce: "all-reduce",
  all_gather: "all-gather",
  reduce_scatter: "reduce-scatter",
  alltoall: "all-to-all",
  broadcast: "broadcast",
  reduce: "reduce",
  sendrecv: "send-receive",
};

/** A collective by the name this project has for it, from the one in programs and tables of NCCL's. */
export function collectiveName(operation: string): string {
  return OPERATIONS[operation] ?? operation.replaceAll("_", "-");
}

/** Bus bandwidth over algorithm bandwidth by number of GPUs (nccl-tests doc/PERFORMANCE.md); tells the operation apart. */
const BUS_FACTORS: Readonly<Record<string, (gpus: number) => number>> = {
  "all-reduce": (gpus) => (2 * (gpus - 1)) / gpus,
  "all-gather": (gpus) => (gpus - 1) / gpus,
};

interface Row {
  readonly bytes: number;
  readonly dtype: string;
  readonly timeS: number;
  readonly algorithmRate: number;
  readonly busRate: number;
}

/**
 * Reads what a program of nccl-tests printed: the table of sizes, out-of-place times in microseconds.
 *
 * @throws InputError when it is no such text, holds no row, or says that results were wrong
 */
export function partOfNcclText(file: string, text: string): CalibrationPart {
  const lines = text.split(/\r?\n/);
  const devices = lines.flatMap((line) => {
    const match = /^#\s+Rank\s+\d+.*\[[^\]]*\]\s+(.+?)\s*$/.exec(line);
    return match === null ? [] : [match[1]!];
  });
  const wrong = lines.find((line) => /Out of bounds values\s*:\s*[1-9]\d*\s+FAILED/.test(line));
  if (wrong !== undefined)
    throw problem(file, "says that results were wrong (Out of bounds values)");
  const rows = lines.flatMap((line, index) => textRow(file, line, index + 1));
  const program = lines
    .map((line) => /(\w+)_perf\b/.exec(line)?.[1])
    .find((name) => name !== undefined);
  const version = lines.map((line) => /NCCL version ([\w.+]+)/.exec(line)?.[1]).find(Boolean);
  return partOfRows(file, {
    rows,
    devices,
    program,
    ...(version === undefined ? {} : { version }),
  });
}

/** One row of the table; everything else gives none. */
function textRow(file: string, line: string, number: number): readonly Row[] {
  const cells = line.trim().split(/\s+/);
  if (!/^\d+$/.test(cells[0] ?? "") || !/^\d+$/.test(cells[1] ?? "") || cells.length < 8) return [];
  const [bytes, , dtype, , , time, algorithm, bus, wrong] = cells;
  const timeS = Number(time) * MICROSECOND;
  if (bytes === "0") return [];
  if (!(timeS > 0))
    throw problem(
      file,
      `line ${number}: the time must be a positive number, got "${time}"`,
      number,
    );
  if (wrong !== undefined && wrong !== "N/A" && Number(wrong) > 0)
    throw problem(file, `line ${number}: ${wrong} results were wrong`, number);
  return [
    {
      bytes: Number(bytes),
      dtype: dtype!,
      timeS,
      algorithmRate: Number(algorithm),
      busRate: Number(bus),
    },
  ];
}

/** What matters in the JSON that `-J FILE` writes, versions 1 and 2. */
interface NcclJson {
  readonly nccl_version?: number;
  readonly args?: readonly string[];
  readonly config?: { readonly devices?: readonly { readonly device_info?: string }[] };
  readonly devices?: readonly { readonly device_info?: string }[];
  readonly results?: readonly {
    readonly size?: number;
    readonly type?: string;
    readonly out_of_place?: {
      readonly time?: number;
      readonly cpu_time?: number;
      readonly alg_bw?: number;
      readonly bus_bw?: number;
      readonly nwrong?: number | null;
    } | null;
  }[];
}

/** True for the JSON of nccl-tests. */
export function isNcclJson(document: unknown): document is NcclJson {
  const { results, nccl_version } = (document ?? {}) as NcclJson;
  return nccl_version !== undefined && Array.isArray(results);
}

/** Reads the JSON of nccl-tests. @throws InputError when it holds no usable row */
export function partOfNcclJson(file: string, document: NcclJson): CalibrationPart {
  const devices = (document.config?.devices ?? document.devices ?? []).flatMap(
    ({ device_info }) => device_info ?? [],
  );
  const rows = (document.results ?? []).flatMap((row, index): Row[] => {
    const body = row.out_of_place;
    if (body === null || body === undefined || row.size === 0) return [];
    const timeS = Number(body.time ?? body.cpu_time) * MICROSECOND;
    if (!(timeS > 0 && Number(row.size) > 0))
      throw problem(file, `results[${index}]: size and time must be positive numbers`);
    if ((body.nwrong ?? 0) > 0) throw problem(file, `results[${index}]: results were wrong`);
    return [
      {
        bytes: Number(row.size),
        dtype: row.type ?? "unknown",
        timeS,
        algorithmRate: Number(body.alg_bw),
        busRate: Number(body.bus_bw),
      },
    ];
  });
  const program = document.args?.map((word) => /(\w+)_perf\b/.exec(word)?.[1]).find(Boolean);
  const version = String(document.nccl_version);
  return partOfRows(file, { rows, devices, program, version });
}

function partOfRows(
  file: string,
  found: {
    readonly rows: readonly Row[];
    readonly devices: readonly string[];
    readonly program: string | undefined;
    readonly version?: string;
  },
): CalibrationPart {
  const { rows, devices, program, version } = found;
  if (rows.length === 0) throw problem(file, "holds no row of sizes and times");
  const gpus = devices.length;
  if (gpus < 2) throw problem(file, `names ${gpus} GPUs ("Rank …" lines); at least 2 are needed`);
  const op = OPERATIONS[program ?? ""] ?? byFactor(rows, gpus);
  if (op === undefined)
    throw problem(
      file,
      "does not say which operation it measured (no *_perf name, and its bus bandwidths fit none)",
    );
  const points = rows
    .map(({ bytes, timeS }) => ({ bytes, timeS }))
    .toSorted((left, right) => left.bytes - right.bytes);
  return {
    ...EMPTY_PART,
    device: devices[0]!,
    versions: version === undefined ? {} : { nccl: version },
    collectives: [{ op, dtype: rows[0]!.dtype, gpus, points, ...fitLine(points) }],
  };
}

/** The operation whose ratio of bus to algorithm bandwidth the larger rows have. */
function byFactor(rows: readonly Row[], gpus: number): string | undefined {
  const { algorithmRate, busRate } = rows.at(-1)!;
  const fits = Object.entries(BUS_FACTORS).filter(
    ([, factor]) => Math.abs(busRate / algorithmRate - factor(gpus)) < 0.01,
  );
  // All-gather, reduce-scatter and all-to-all share a factor; only all-reduce has one of its own.
  return fits.length === 1 && fits[0]![0] === "all-reduce" ? "all-reduce" : undefined;
}

function problem(file: string, message: string, line?: number): InputError {
  return new InputError([
    {
      file,
      rule: "bad-nccl-tests",
      message,
      help: "name the output of a program of nccl-tests (text, or JSON of -J)",
      ...(line === undefined ? {} : { line }),
    },
  ]);
}
