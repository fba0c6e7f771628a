import { InputError } from "../../diagnostics/problem.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { LoadedSweep } from "./load-sweep.js";
import { storedOutcome, type StoredOutcome } from "./stored-run.js";
import { summarizeSweep } from "./summarize-sweep.js";
import type { SweepDocument } from "./sweep-document.js";
import { sweepTable, type TableColumn } from "./sweep-table.js";
import type { SweepUnit } from "./sweep-units.js";
import type { UnitStore } from "./unit-store.js";

/** Part of the runs of a sweep: number k of n, counted from 1. */
export interface Shard {
  readonly k: number;
  readonly n: number;
}

/** What a finished sweep gives. */
export interface SweepResult {
  readonly document: SweepDocument;
  readonly table: readonly TableColumn[];
}

/** Told of every run that ended. */
export interface SweepProgress {
  /** Runs that were there before. */
  onStart(already: number, total: number): void;
  onRun(done: number, total: number): void;
}

/**
 * Runs what is not there yet and keeps each result as soon as it is known: a sweep that is killed at any moment
 * goes on where it was.
 *
 * @param units every run, or those of a shard
 * @returns outcomes of this thread that are not worth keeping (a worker that died), by key
 * @throws InputError when results cannot be written
 */
export async function runUnits(
  units: readonly SweepUnit[],
  store: UnitStore,
  pool: ScenarioPool,
  progress: SweepProgress,
): Promise<ReadonlyMap<string, StoredOutcome>> {
  // Points may repeat: one run serves all of them.
  const byKey = new Map(units.map((unit) => [unit.key, unit]));
  const missing = [...byKey.values()].filter(({ key }) => store.read(key) === undefined);
  const passing = new Map<string, StoredOutcome>();
  let done = byKey.size - missing.length;
  progress.onStart(done, byKey.size);
  await pool.each(
    missing.map(({ unit }) => unit),
    (outcome, index) => {
      const { key } = missing[index]!;
      const kept = storedOutcome(outcome);
      // Bad input fails again the same way; a thread that died or a defect may not.
      if (kept.ok || kept.kind === "input") store.write(key, kept);
      else passing.set(key, kept);
      done += 1;
      progress.onRun(done, byKey.size);
    },
  );
  return passing;
}

/** The runs of one shard: every n-th, so that shards take about the same time. */
export function shardUnits(units: readonly SweepUnit[], { k, n }: Shard): readonly SweepUnit[] {
  return units.filter((_, index) => index % n === k - 1);
}

/**
 * Puts the results of all runs together.
 *
 * @param passing outcomes that were not kept
 * @throws InputError when runs are missing: which, and how to get them
 */
export function gatherSweep(
  sweep: LoadedSweep,
  units: readonly SweepUnit[],
  store: UnitStore,
  passing: ReadonlyMap<string, StoredOutcome> = new Map(),
): SweepResult {
  const found = units.map(({ key }) => store.read(key) ?? passing.get(key));
  const missing = units.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    const points = [...new Set(missing.map(({ point }) => point + 1))];
    const named = points.slice(0, 5).join(", ");
    throw new InputError([
      {
        file: sweep.spec.file,
        rule: "missing-runs",
        message: `${missing.length} of ${units.length} runs are missing, of ${points.length} points (${named}${points.length > 5 ? ", …" : ""})`,
        help: `run them here: headroom sweep ${sweep.spec.file}, or the shards that were not finished; name folders that other machines wrote with --from`,
      },
    ]);
  }
  const outcomes = found.map((outcome) => outcome!);
  const { replications, points } = sweep.spec;
  const byPoint = points.map((_, point) =>
    outcomes.slice(point * replications, (point + 1) * replications),
  );
  return {
    document: summarizeSweep(sweep, byPoint),
    table: sweepTable(sweep.spec, units, outcomes),
  };
}
