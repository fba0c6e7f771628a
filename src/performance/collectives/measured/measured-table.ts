import { AMPERE_HOPPER_TABLES } from "./ampere-hopper-tables.js";
import { BLACKWELL_TABLES } from "./blackwell-tables.js";
import { MEASURED_BYTES, type MeasuredSystem } from "./measured-system.js";
import { PCIE_TABLES } from "./pcie-tables.js";
import { COLLECTIVE_OPERATIONS, type CollectiveOperation } from "../types.js";

/** Times of one operation over one number of GPUs of one system. */
export interface MeasuredTable {
  readonly system: string;
  readonly op: CollectiveOperation;
  readonly gpuCount: number;
  /** Ascending; at least two. */
  readonly bytes: readonly number[];
  /** At the same positions. */
  readonly seconds: readonly number[];
}

/** Machines whose collectives somebody timed and published. */
export const MEASURED_SYSTEMS: readonly MeasuredSystem[] = [
  ...AMPERE_HOPPER_TABLES,
  ...BLACKWELL_TABLES,
  ...PCIE_TABLES,
];

/** All published tables, system by system. */
export const MEASURED_TABLES: readonly MeasuredTable[] = MEASURED_SYSTEMS.flatMap((system) =>
  Object.entries(system.microseconds).map(([key, times]) => {
    const [op, gpus] = key.split(":");
    return {
      system: system.name,
      op: COLLECTIVE_OPERATIONS.find((each) => each === op)!,
      gpuCount: Number(gpus),
      bytes: MEASURED_BYTES,
      // Division, so that whole and decimal microseconds give the nearest double.
      seconds: times.map((microseconds) => microseconds / 1e6),
    };
  }),
);
