import { InputError } from "../../diagnostics/problem.js";
import { loadScenario, type LoadedScenario } from "../../io/load-scenario.js";
import type { LoadedTrace } from "../../io/scenario-traces.js";
import type { ScenarioOverlay } from "../../scenario/apply-overlays.js";
import { OUTCOME, type BatchRun } from "../../simulation/batch/batch-spec.js";
import { afterWarmUp } from "../replicate/after-warm-up.js";
import { arrivalSeries } from "../replicate/run-warm-up.js";
import { evaluateGoals } from "../run/evaluate-goals.js";
import { findOverload } from "../run/find-overload.js";
import { computeResult, simulateConfiguration } from "../run/run-configuration.js";
import { configurationOf } from "../run/run-scenario.js";
import type { SimulationUnit, UnitOutcome, UnitScenario } from "./unit.js";
import { failureOf } from "./unit-failure.js";
import { waitBreakdown } from "./wait-breakdown.js";

/** Configurations kept in memory: a study comes back to the same few, and a plan goes through hundreds. */
const CONFIGURATIONS_MAX = 16;

/** A unit is one configuration: the variants of its scenario are other units. */
const WITHOUT_VARIANTS: ScenarioOverlay = {
  path: "variants",
  value: "null",
  source: "a study of its own variants",
};

/** Runs units one after the other and remembers what they share. */
export interface UnitRunner {
  /** Never throws: what goes wrong is the outcome. */
  run(unit: SimulationUnit): Promise<UnitOutcome>;
}

/**
 * Creates a runner that reads each trace once and each configuration as long as it is among the latest.
 *
 * Files are taken not to change while it lives.
 */
export function createUnitRunner(): UnitRunner {
  const traces = new Map<string, LoadedTrace>();
  const loaded = new Map<string, LoadedScenario>();
  const load = async (scenario: UnitScenario): Promise<LoadedScenario> => {
    const key = JSON.stringify(scenario);
    const known = loaded.get(key);
    loaded.delete(key);
    const found = known ?? (await loadUnitScenario(scenario, traces));
    // The latest stands last; the first is the one to forget.
    loaded.set(key, found);
    if (loaded.size > CONFIGURATIONS_MAX) loaded.delete(loaded.keys().next().value!);
    return found;
  };
  return {
    async run(unit) {
      try {
        return simulateUnit(await load(unit.scenario), unit);
      } catch (error) {
        return failureOf(unit, error);
      }
    },
  };
}

/**
 * Loads the configuration of a unit: the scenario without its variants.
 *
 * @param traces traces read before; those read now are added
 * @throws InputError with every problem found
 */
export function loadUnitScenario(
  { path, text, overlays, allowedFolders }: UnitScenario,
  traces: Map<string, LoadedTrace> = new Map(),
): Promise<LoadedScenario> {
  return loadScenario({
    path,
    ...(text === undefined ? {} : { text }),
    overlays: [WITHOUT_VARIANTS, ...overlays],
    ...(allowedFolders === undefined ? {} : { allowedFolders }),
    traces,
  });
}

function simulateUnit(
  { base, inputs, scenario }: LoadedScenario,
  unit: SimulationUnit,
): UnitOutcome {
  const { seed, warmUpEndS = 0 } = unit;
  const configuration = { ...configurationOf(base), jobs: base.jobsWith(seed) };
  const run = simulateConfiguration(configuration, seed, { idleClasses: true });
  const watched = warmUpEndS > 0 ? afterWarmUp(run, warmUpEndS) : run;
  checkNotEmpty(watched, warmUpEndS, scenario.file);
  const overload = findOverload(run, configuration.cluster);
  const computed = computeResult(configuration, run, { ...overload, warnings: [] }, watched);
  const [overloadWarning] = overload.warnings;
  return {
    ok: true,
    result: { goals: evaluateGoals(configuration.goals, computed), ...computed },
    waits: waitBreakdown(watched),
    ...(overloadWarning === undefined ? {} : { overload: overloadWarning }),
    inputs,
    ...(unit.arrivals === true ? { arrivals: arrivalSeries(run) } : {}),
  };
}

function checkNotEmpty(watched: BatchRun, warmUpEndS: number, file: string): void {
  if (warmUpEndS === 0 || watched.jobs.count === 0) return;
  if (watched.outcome.some((code) => code !== OUTCOME.notSubmitted)) return;
  throw new InputError([
    {
      file,
      rule: "warm-up-too-long",
      path: "run.warmup",
      message: `run.warmup leaves nothing: no job arrives after ${warmUpEndS} s`,
      help: "shorten the warm-up, or simulate more weeks",
    },
  ]);
}
