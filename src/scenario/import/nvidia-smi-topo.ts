import { didYouMean } from "../../diagnostics/did-you-mean.js";
import type { ImportLog, ImportSource } from "./imported.js";

/** What `nvidia-smi topo -m` says of one host. */
export interface TopologyMatrix {
  readonly gpuCount: number;
  /** Adapters in their order, by the names of the legend where it is there. */
  readonly nics: readonly string[];
  /** `ways[row][column]` in the order GPUs, adapters: `NV18`, `PIX`, `SYS`, `X`. */
  readonly ways: readonly (readonly string[])[];
  /** NUMA node of every GPU; undefined where the host does not say. */
  readonly numaOfGpu: readonly (number | undefined)[];
}

const WAYS = ["X", "PIX", "PXB", "PHB", "NODE", "SYS"] as const;

/** A row or column that is a GPU or a network adapter. */
const DEVICE = /^(GPU\d+|NIC\d+|mlx5_\w+|bnxt_re\w*|rdma\w+|efa_?\d+|ens\w+)$/;

/** Colours and underlines of a terminal. */
// eslint-disable-next-line no-control-regex -- escape sequences are what is removed
const ESCAPES = /\u001B\[[0-9;]*m/g;

/**
 * Reads the table. Rows and columns are checked against each other: a table that lost a column in copying
 * would otherwise give another topology.
 *
 * @returns undefined when the table cannot be used; what is wrong stands in the log
 */
export function readTopologyMatrix(
  { file, text }: ImportSource,
  log: ImportLog,
): TopologyMatrix | undefined {
  const lines = text.replace(ESCAPES, "").split(/\r?\n/);
  const before = log.problems.length;
  const headAt = lines.findIndex(
    (line) => /^\s*GPU0\s/.test(line) && !/^GPU0\s+X\b/.test(line.trim()),
  );
  const first = lines.findIndex((line) => /^\s*GPU0\s+X(\s|$)/.test(line));
  const head = headAt === -1 ? [] : lines[headAt]!.trim().split(/\s+/);
  const columns = head.slice(0, head.findIndex((word) => !DEVICE.test(word)) >>> 0);
  if (first === -1 || columns.length === 0) {
    const message = "the file has no table of GPUs as nvidia-smi topo -m prints it";
    log.problems.push({ file, line: 1, col: 1, rule: "unknown-format", message });
    return undefined;
  }
  const rows = new Map<
    string,
    { readonly ways: readonly string[]; readonly numa: number | undefined }
  >();
  for (let index = headAt + 1; index < lines.length; index += 1) {
    const words = lines[index]!.trim().split(/\s+/);
    const name = words[0]!;
    if (!columns.includes(name) || words.length < 2) continue;
    const place = { file, line: index + 1, sourceLine: lines[index]! };
    const ways = words.slice(1, columns.length + 1);
    checkRow(log, place, lines[index]!, { name, ways, columns });
    const numa = words[columns.length + 2];
    rows.set(name, {
      ways,
      numa: numa !== undefined && /^\d+$/.test(numa) ? Number(numa) : undefined,
    });
  }
  const missing = columns.filter((name) => !rows.has(name));
  if (missing.length > 0) {
    const message = `the table has a column and no row for ${missing.join(", ")}`;
    log.problems.push({ file, line: headAt + 1, col: 1, rule: "incomplete-table", message });
  }
  if (log.problems.length > before) return undefined;
  const gpus = columns.filter((name) => /^GPU\d+$/.test(name));
  const legend = new Map([...text.matchAll(/^\s*(NIC\d+):\s*(\S+)/gm)].map((m) => [m[1]!, m[2]!]));
  const nics = columns.filter((name) => !gpus.includes(name));
  const order = [...gpus, ...nics].map((name) => columns.indexOf(name));
  const ways = [...gpus, ...nics].map((name) =>
    order.map((column) => rows.get(name)!.ways[column]!),
  );
  checkSymmetry(log, { file, line: headAt + 1 }, [...gpus, ...nics], ways);
  if (log.problems.length > before) return undefined;
  return {
    gpuCount: gpus.length,
    nics: nics.map((name) => legend.get(name) ?? name),
    ways,
    numaOfGpu: gpus.map((name) => rows.get(name)!.numa),
  };
}

interface Row {
  readonly name: string;
  readonly ways: readonly string[];
  readonly columns: readonly string[];
}

function checkRow(
  log: ImportLog,
  place: { readonly file: string; readonly line: number; readonly sourceLine: string },
  line: string,
  { name, ways, columns }: Row,
): void {
  if (ways.length < columns.length) {
    log.problems.push({
      ...place,
      col: 1,
      rule: "incomplete-table",
      message: `the row of ${name} has ${ways.length} values, and the table has ${columns.length} devices`,
    });
    return;
  }
  let from = line.indexOf(name) + name.length;
  ways.forEach((way, column) => {
    const col = line.indexOf(way, from) + 1;
    from = col - 1 + way.length;
    if ((WAYS as readonly string[]).includes(way) || /^NV\d+$/.test(way)) return;
    const suggestion = didYouMean(way, [...WAYS, "NV18"]);
    log.problems.push({
      ...place,
      col,
      endLine: place.line,
      endCol: col + way.length,
      rule: "unknown-link-type",
      message: `${name} to ${columns[column]!}: there is no link type "${way}"`,
      allowed: [...WAYS, "NV and a number of links"],
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  });
}

function checkSymmetry(
  log: ImportLog,
  place: { readonly file: string; readonly line: number },
  names: readonly string[],
  ways: readonly (readonly string[])[],
): void {
  for (const [row, own] of ways.entries()) {
    for (let column = 0; column < row; column += 1) {
      if (own[column] === ways[column]![row]) continue;
      log.problems.push({
        ...place,
        col: 1,
        rule: "incomplete-table",
        message: `${names[row]!} to ${names[column]!} is ${own[column]!}, and the other way ${ways[column]![row]!}`,
      });
      return;
    }
  }
}
