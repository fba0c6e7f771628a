import type { IdleParts } from "../../cluster/partitions/idle-parts.js";
import { PART_IDLE_CLASSES } from "../../cluster/partitions/idle-parts.js";
import { IDLE_CLASSES } from "../../cluster/idle-classes.js";

const GPU_MILLI = 1000;
const SECONDS_PER_HOUR = 3600;
const STRANDED = IDLE_CLASSES.length + PART_IDLE_CLASSES.indexOf("stranded_compute");

/** What MIG layouts left unused over a run, and which instances were held. */
export interface MigTotals {
  /** GPUs in MIG mode. */
  readonly gpus: number;
  /** Share of their compute that no instance could have, averaged over time from the first sample, 0..1. */
  readonly strandedComputeShare: number;
  /** Share of their memory that no instance could have, likewise. */
  readonly strandedMemoryShare: number;
  /** Hours that instances were held, by profile. */
  readonly instanceHours: ReadonlyMap<string, number>;
}

/** Integrates over time what `IdleParts` sees; exact, because nothing changes between two samples. */
export interface MigMeter {
  /** To be called after the parts were refreshed, at every instant that changes them, and at the end. */
  sample(nowS: number): void;
  totals(): MigTotals;
}

/** Undefined when no GPU is in MIG mode. */
export function createMigMeter(parts: readonly IdleParts[]): MigMeter | undefined {
  const gpus = parts.reduce((sum, { migGpus }) => sum + migGpus, 0);
  if (gpus === 0) return undefined;
  const instanceSeconds = new Map<string, number>();
  let strandedMilliSeconds = 0;
  let strandedMemoryMilliSeconds = 0;
  let startS: number | undefined;
  let lastS = 0;
  let stranded = 0;
  let strandedMemory = 0;
  let busy: readonly (readonly [string, number])[] = [];
  return {
    sample(nowS) {
      startS ??= nowS;
      const elapsedS = nowS - Math.max(lastS, startS);
      if (elapsedS > 0) {
        strandedMilliSeconds += stranded * elapsedS;
        strandedMemoryMilliSeconds += strandedMemory * elapsedS;
        for (const [profile, count] of busy)
          instanceSeconds.set(profile, (instanceSeconds.get(profile) ?? 0) + count * elapsedS);
      }
      lastS = nowS;
      stranded = parts.reduce((sum, { byClassMilli }) => sum + byClassMilli[STRANDED]!, 0);
      strandedMemory = parts.reduce((sum, idle) => sum + idle.strandedMemoryMilli, 0);
      busy = parts.flatMap(({ busyByProfile }) => [...busyByProfile]);
    },
    totals() {
      const capacity = gpus * GPU_MILLI * (lastS - (startS ?? 0));
      const share = (milliSeconds: number): number => (capacity > 0 ? milliSeconds / capacity : 0);
      return {
        gpus,
        strandedComputeShare: share(strandedMilliSeconds),
        strandedMemoryShare: share(strandedMemoryMilliSeconds),
        instanceHours: new Map(
          [...instanceSeconds].map(([profile, seconds]) => [profile, seconds / SECONDS_PER_HOUR]),
        ),
      };
    },
  };
}
