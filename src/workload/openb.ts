import type { PodRequest } from "./job-table.js";
import { createCsvTable, type NumberColumn, type TextColumn } from "./reading/csv-table.js";
import { createReadingLog } from "./reading/reading-log.js";

/** One node of an openb node list, in base units. Compatible with the cluster's `NodeSpec`. */
export interface OpenbNode {
  readonly name: string;
  /** Thousandths of a core. */
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly podsMax: number;
  readonly gpuCount: number;
  /** "" for a node without GPUs. */
  readonly gpuModel: string;
}

/** An openb pod list: rows in file order, their shapes once each. */
export interface OpenbPods {
  readonly count: number;
  readonly names: readonly string[];
  /** Index into `shapes` per row. */
  readonly shape: Int32Array;
  /** Distinct requests in order of first appearance. */
  readonly shapes: readonly PodRequest[];
}

/** Pods every openb node may run at once: the lists do not say, the FGD artifact sets 1001. */
const PODS_MAX = 1001;
const MIB = 1024 * 1024;
const WHOLE_GPU_MILLI = 1000;
const ROWS_MAX = 1_000_000;
const CPU_MILLI = { min: 0, max: 1e9, integer: true } as const;
const MEMORY_MIB = { min: 0, max: 1e9, integer: true } as const;
const GPUS = { min: 0, max: 1024, integer: true } as const;
// Above 1000 is in the format's reach and means 1000, as the published replay reads it.
const GPU_MILLI = { min: 0, max: 1e6, integer: true } as const;

/**
 * Reads an openb node list: `sn,cpu_milli,memory_mib,gpu,model`.
 *
 * @param file name for messages
 * @throws InputError with every broken row: line, column, value and rule
 */
export function readOpenbNodes(text: string, file: string): readonly OpenbNode[] {
  const nodes: OpenbNode[] = [];
  const names = new Set<string>();
  readTable(text, file, (table) => {
    const name = table.textColumn("sn");
    const cpuMilli = table.numberColumn("cpu_milli", CPU_MILLI);
    const memoryMib = table.numberColumn("memory_mib", MEMORY_MIB);
    const gpus = table.numberColumn("gpu", GPUS);
    const model = table.textColumn("model");
    return () => {
      const node: OpenbNode = {
        name: uniqueName(name, names),
        cpuMilli: cpuMilli.number(),
        memoryBytes: memoryMib.number() * MIB,
        podsMax: PODS_MAX,
        gpuCount: gpus.number(),
        gpuModel: gpus.number() === 0 ? "" : model.text(),
      };
      if (node.gpuCount > 0 && node.gpuModel === "") {
        model.reject(
          "missing-value",
          `model must name the GPU type of a node with ${node.gpuCount} GPUs, got an empty field`,
        );
      }
      nodes.push(node);
    };
  });
  return nodes;
}

/**
 * Reads an openb pod list: `name,cpu_milli,memory_mib,num_gpu,gpu_milli[,gpu_spec,...]`.
 *
 * `gpu_milli` above 1000 means 1000; without GPUs it means nothing. Times are not read: the published
 * experiment does not use them.
 *
 * @param file name for messages
 * @throws InputError with every broken row: line, column, value and rule
 */
export function readOpenbPods(text: string, file: string): OpenbPods {
  const names: string[] = [];
  const shape: number[] = [];
  const shapes: PodRequest[] = [];
  const shapeOf = new Map<string, number>();
  const seen = new Set<string>();
  readTable(text, file, (table) => {
    const name = table.textColumn("name");
    const cpuMilli = table.numberColumn("cpu_milli", CPU_MILLI);
    const memoryMib = table.numberColumn("memory_mib", MEMORY_MIB);
    const gpus = table.numberColumn("num_gpu", GPUS);
    const gpuMilli = table.numberColumn("gpu_milli", GPU_MILLI);
    const gpuSpec = table.textColumn("gpu_spec", { optional: true });
    return () => {
      names.push(uniqueName(name, seen));
      const request: PodRequest = {
        cpuMilli: cpuMilli.number(),
        memoryBytes: memoryMib.number() * MIB,
        gpuCount: gpus.number(),
        gpuMilli: gpuShare(gpus.number(), gpuMilli),
        gpuModels: gpuSpec
          .text()
          .split("|")
          .filter((model) => model !== ""),
      };
      const key = JSON.stringify(request);
      const known = shapeOf.get(key) ?? shapes.push(request) - 1;
      shapeOf.set(key, known);
      shape.push(known);
    };
  });
  return { count: names.length, names, shape: Int32Array.from(shape), shapes };
}

function gpuShare(gpuCount: number, gpuMilli: NumberColumn): number {
  const share = Math.min(gpuMilli.number(), WHOLE_GPU_MILLI);
  if (gpuCount === 0) return 0;
  if (share === 0)
    gpuMilli.reject("out-of-range", "gpu_milli must be 1..1000 for a pod with GPUs, got 0");
  if (gpuCount > 1 && share < WHOLE_GPU_MILLI) {
    gpuMilli.reject(
      "out-of-range",
      `gpu_milli must be 1000 for a pod with ${gpuCount} GPUs, got ${share}`,
    );
  }
  return share;
}

function uniqueName(column: TextColumn, seen: Set<string>): string {
  const name = column.text();
  if (name === "") column.reject("missing-value", `${column.name} must not be empty`);
  else if (seen.has(name))
    column.reject("doubled-name", `${column.name} must be unique, "${name}" stands twice`);
  seen.add(name);
  return name;
}

/** Reads a whole table; `declare` gets the table and returns what to do with each row. */
function readTable(
  text: string,
  file: string,
  declare: (table: ReturnType<typeof createCsvTable>) => () => void,
): void {
  const log = createReadingLog();
  let onRow = (): void => undefined;
  const table = createCsvTable({
    file,
    log,
    rowsMax: ROWS_MAX,
    unknownColumns: "note",
    onRecord: () => onRow(),
  });
  onRow = declare(table);
  table.push(text.startsWith("\uFEFF") ? text.slice(1) : text);
  table.end();
  log.throwIfRefused();
  if (table.recordCount === 0) {
    log.fatal({ file, line: 1, col: 1, rule: "no-rows", message: "the list has no rows" });
  }
}
