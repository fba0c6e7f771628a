import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";

import { createUnitRunner } from "./run-unit.js";
import { createFleetUnitRunner, type FleetUnit, type FleetUnitOutcome } from "./fleet-unit.js";
import type { SimulationUnit, UnitFailure, UnitOutcome } from "./unit.js";

/** How many runs go on at once, and what ends them all. */
export interface ScenarioPoolOptions {
  /** Worker threads, at least 1; all cores when absent. */
  readonly threads?: number;
  /** Ends runs that go on and lets none begin; `run` and `each` then reject with its reason. */
  readonly signal?: AbortSignal;
  /** True works in this thread, which is then not free for anything else while a run goes on. */
  readonly inProcess?: boolean;
}

/** Simulates units on worker threads. Outcomes do not depend on their number. */
export interface ScenarioPool {
  readonly threads: number;
  /**
   * Outcomes in the order of the units.
   *
   * @param onProgress called after each unit, in the order in which they end
   */
  run(
    units: readonly SimulationUnit[],
    onProgress?: (done: number, total: number) => void,
  ): Promise<readonly UnitOutcome[]>;
  /**
   * Hands out each outcome as soon as it is there, in any order, and keeps none: for more units than fit into
   * memory together. A thread works on its next unit while `take` has the last, and no further ahead.
   */
  each<Unit extends SimulationUnit | FleetUnit>(
    units: readonly Unit[],
    take: (outcome: OutcomeOf<Unit>, index: number) => void | Promise<void>,
  ): Promise<void>;
  /** As `run`, for fleets. */
  runFleets(
    units: readonly FleetUnit[],
    onProgress?: (done: number, total: number) => void,
  ): Promise<readonly FleetUnitOutcome[]>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/**
 * Creates a pool for one study. Each thread reads each trace once and keeps it while the pool lives.
 *
 * Threads load the compiled worker; where there is none (sources run by a test runner), units are done in this
 * thread, with the same outcomes.
 */
export function createScenarioPool(options: ScenarioPoolOptions = {}): ScenarioPool {
  const { threads = availableParallelism(), signal, inProcess = false } = options;
  if (!(Number.isInteger(threads) && threads >= 1)) {
    throw new RangeError(`scenario pool: threads must be a whole number from 1, got ${threads}`);
  }
  const worker = fileURLToPath(new URL("./pool-entry.cjs", import.meta.url));
  const workers = inProcess || !existsSync(worker) ? inThisThread() : onThreads(worker, threads);
  const forEach = async <Unit extends SimulationUnit | FleetUnit>(
    units: readonly Unit[],
    take: (outcome: OutcomeOf<Unit>, index: number) => void | Promise<void>,
  ): Promise<void> => {
    let next = 0;
    const begin = (): Begun<OutcomeOf<Unit>> | undefined => {
      if (next >= units.length || signal?.aborted === true) return undefined;
      const index = next++;
      const outcome = workers.run(units[index]!, signal);
      // Nobody waits for it where an outcome before it could not be taken.
      outcome.catch(() => undefined);
      return { index, outcome };
    };
    const work = async (): Promise<void> => {
      try {
        let current = begin();
        while (current !== undefined) {
          const outcome = await current.outcome;
          // The thread has work again before this one is taken.
          const following = begin();
          await take(outcome, current.index);
          current = following;
        }
        signal?.throwIfAborted();
      } catch (error) {
        // What cannot be taken ends the others too.
        next = units.length;
        throw error;
      }
    };
    await Promise.all(Array.from({ length: Math.min(workers.width, units.length) }, work));
  };
  const runAll = async <Unit extends SimulationUnit | FleetUnit>(
    units: readonly Unit[],
    onProgress?: (done: number, total: number) => void,
  ): Promise<readonly OutcomeOf<Unit>[]> => {
    const outcomes: OutcomeOf<Unit>[] = [];
    let done = 0;
    await forEach(units, (outcome, index) => {
      outcomes[index] = outcome;
      done += 1;
      onProgress?.(done, units.length);
    });
    return outcomes;
  };
  return {
    threads: workers.width,
    each: (units, take) => forEach(units, take),
    run: (units, onProgress) => runAll(units, onProgress),
    runFleets: (units, onProgress) => runAll(units, onProgress),
    close: () => workers.close(),
  };
}

/** A unit that a thread works on. */
interface Begun<Outcome> {
  readonly index: number;
  readonly outcome: Promise<Outcome>;
}

/** What comes of a unit. */
export type OutcomeOf<Unit> = Unit extends FleetUnit ? FleetUnitOutcome : UnitOutcome;

/** Where units are run. */
interface Workers {
  /** Units at once. */
  readonly width: number;
  run<Unit extends SimulationUnit | FleetUnit>(
    unit: Unit,
    signal: AbortSignal | undefined,
  ): Promise<OutcomeOf<Unit>>;
  close(): Promise<void>;
}

function inThisThread(): Workers {
  const runner = createUnitRunner();
  const runFleetUnit = createFleetUnitRunner();
  return {
    width: 1,
    async run<Unit extends SimulationUnit | FleetUnit>(
      unit: Unit,
      signal: AbortSignal | undefined,
    ): Promise<OutcomeOf<Unit>> {
      // A run never returns to the event loop: let signals and timers through in between.
      await setImmediate();
      signal?.throwIfAborted();
      const outcome = "kind" in unit ? runFleetUnit(unit) : runner.run(unit);
      return (await outcome) as OutcomeOf<Unit>;
    },
    close: () => Promise.resolve(),
  };
}

function onThreads(filename: string, threads: number): Workers {
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: threads, idleTimeout: 60_000 });
  return {
    width: threads,
    async run<Unit extends SimulationUnit | FleetUnit>(
      unit: Unit,
      signal: AbortSignal | undefined,
    ): Promise<OutcomeOf<Unit>> {
      try {
        return (await pool.run(unit, signal === undefined ? {} : { signal })) as OutcomeOf<Unit>;
      } catch (error) {
        signal?.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        const failure: UnitFailure = { ok: false, kind: "worker", message, problems: [] };
        return failure as OutcomeOf<Unit>;
      }
    },
    close: () => pool.destroy(),
  };
}
