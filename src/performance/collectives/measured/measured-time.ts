import { exp, log } from "../../../base/elementary.js";
import type { CollectiveOperation } from "../types.js";
import { interpolateTable } from "./interpolate-table.js";
import { MEASURED_SOURCE, type MeasuredSystem } from "./measured-system.js";
import { MEASURED_SYSTEMS, MEASURED_TABLES, type MeasuredTable } from "./measured-table.js";

/** A measured system that answers for a GPU. */
interface SystemOfGpu {
  readonly system: MeasuredSystem;
  /** True when the board carries another model with the same links. */
  readonly isOtherModel: boolean;
}

/** GPU models on the same board, with other memory, as one that was measured. */
const SAME_BOARD: Readonly<Record<string, string>> = { "A100 SXM4-40GB": "A100 SXM4-80GB" };

function systemOf(gpuModel: string): SystemOfGpu | undefined {
  const measured = SAME_BOARD[gpuModel] ?? gpuModel;
  const system = MEASURED_SYSTEMS.find((each) => each.gpuModel === measured);
  return system === undefined ? undefined : { system, isOtherModel: measured !== gpuModel };
}

/** Tables of one operation of one system, fewest GPUs first. */
const TABLES = new Map<string, MeasuredTable[]>();
for (const table of MEASURED_TABLES) {
  const key = `${table.system}/${table.op}`;
  TABLES.set(key, [...(TABLES.get(key) ?? []), table]);
}

/** What a table says, and how far it was stretched. */
export interface MeasuredTime {
  readonly seconds: number;
  readonly extrapolated: boolean;
  readonly source: string;
}

/** The question a table can answer: GPUs of one kind that meet in one way. */
export interface MeasuredQuestion {
  readonly op: CollectiveOperation;
  readonly bytes: number;
  readonly gpuModel: string;
  readonly joinedBy: MeasuredSystem["joinedBy"];
  readonly gpuCount: number;
  /** Time of a model for the same question over another number of GPUs; carries a table to GPU counts nobody measured. */
  readonly modelS: (gpuCount: number, bytes: number) => number;
}

/**
 * Seconds from the measured tables of this GPU, or undefined when none fits.
 *
 * Sizes between points follow interpolateTable; larger ones continue the last straight line, smaller ones
 * take as long as the smallest. A number of GPUs between two that were measured takes the model's time for it, corrected
 * by how far the model is off at both, linearly in the logarithm of the number; beyond the largest, by how
 * far it is off there.
 */
export function measuredTime(question: MeasuredQuestion): MeasuredTime | undefined {
  const { op, bytes, gpuModel, joinedBy, gpuCount } = question;
  const found = systemOf(gpuModel);
  if (found === undefined || found.system.joinedBy !== joinedBy) return undefined;
  const { system, isOtherModel } = found;
  const tables = TABLES.get(`${system.name}/${op}`);
  if (tables === undefined) return undefined;
  const { seconds, isStretched, which } = overGpuCount(question, tables);
  const sizes = tables[0]!.bytes;
  const [smallest, largest] = [sizes[0]!, sizes[sizes.length - 1]!];
  // An NVSwitch board is the same in every host; what PCIe carries is the host maker's.
  const isOtherHost = joinedBy === "pcie";
  const notes = [
    ...(isOtherHost
      ? [
          "on the one host that was measured: sockets and switches of another make it several times faster or slower",
        ]
      : []),
    ...(isOtherModel ? [`for ${gpuModel}, whose board has the same links`] : []),
    ...(bytes > largest ? ["above the largest size measured"] : []),
    ...(bytes < smallest ? ["below the smallest size measured"] : []),
  ];
  return {
    seconds,
    extrapolated: isOtherModel || isOtherHost || isStretched || bytes > largest || bytes < smallest,
    source: [
      `${system.name}, NCCL ${system.ncclVersion}, ${which ?? `${gpuCount} GPUs`}`,
      ...notes,
      MEASURED_SOURCE,
    ].join("; "),
  };
}

function overGpuCount(
  { bytes, gpuCount, modelS }: MeasuredQuestion,
  tables: readonly MeasuredTable[],
): { seconds: number; isStretched: boolean; which?: string } {
  const exact = tables.find((table) => table.gpuCount === gpuCount);
  if (exact !== undefined) return { seconds: tableSeconds(exact, bytes), isStretched: false };
  const below = tables.filter((table) => table.gpuCount < gpuCount).at(-1);
  const above = tables.find((table) => table.gpuCount > gpuCount);
  const offBy = (table: MeasuredTable): number =>
    log(tableSeconds(table, bytes) / modelS(table.gpuCount, bytes));
  const modelled = modelS(gpuCount, bytes);
  if (below === undefined || above === undefined) {
    const nearest = (below ?? above)!;
    return {
      seconds: modelled * exp(offBy(nearest)),
      isStretched: true,
      which: `${gpuCount} GPUs from the table of ${nearest.gpuCount} by NCCL's model`,
    };
  }
  const share = log(gpuCount / below.gpuCount) / log(above.gpuCount / below.gpuCount);
  return {
    seconds: modelled * exp((1 - share) * offBy(below) + share * offBy(above)),
    isStretched: false,
    which: `${gpuCount} GPUs between the tables of ${below.gpuCount} and ${above.gpuCount} by NCCL's model`,
  };
}

function tableSeconds(table: MeasuredTable, bytes: number): number {
  const { bytes: sizes, seconds } = table;
  const last = sizes.length - 1;
  if (bytes <= sizes[0]!) return seconds[0]!;
  if (bytes < sizes[last]!) return interpolateTable(table, bytes, MEASURED_TABLES);
  // The last line goes on: latency is negligible here and only the rate counts.
  const rate = (sizes[last]! - sizes[last - 1]!) / (seconds[last]! - seconds[last - 1]!);
  return seconds[last]! + (bytes - sizes[last]!) / rate;
}
