import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { VERSION } from "../../io/version.js";
import { readScenarioTexts } from "../../io/scenario-texts.js";
import type { LoadedFleet } from "../../io/load-fleet.js";
import { applyOverlays, type ScenarioOverlay } from "../../scenario/apply-overlays.js";
import { readDocument } from "../../scenario/document.js";
import { fleetFormat } from "../../scenario/fleet/fleet-format.js";
import { fleetUnitOf } from "../../scenario/fleet/fleet-metrics.js";
import { FLEETS_WITHOUT_GOALS } from "../fleet/compare/run-fleet-compare.js";
import { loadUnitFleet, type FleetUnitSuccess } from "../pool/fleet-unit.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { UnitScenario } from "../pool/unit.js";
import { replicationSeed } from "../replicate/replication-seed.js";
import { fleetFactors, notVariedOfFleet } from "./fleet-factors.js";
import type { Factor } from "./factor.js";
import type { SensitivityRequest } from "./sensitivity-request.js";

/** What is asked of a fleet. */
export interface FleetSensitivity {
  readonly unit: UnitScenario;
  readonly seed?: number;
  /** Figure to sort by. */
  readonly metric?: string;
  readonly replications?: number;
  /** Walks of the global analysis; 0 for none. */
  readonly trajectories: number;
  /** Factors of the study, of those that the fleet itself has. */
  factorsOf(own: readonly Factor[]): Promise<readonly Factor[]>;
  readonly onProgress: (runs: number) => void;
}

/** Runs of each point of a fleet in which something is drawn and that says nothing of replications. */
const REPLICATIONS = 5;

/**
 * Reads a fleet, runs it with two seeds to find what figures it has and whether anything is drawn, and puts the study
 * together.
 *
 * @throws InputError when the fleet cannot be run, or has no such figure
 */
export async function loadFleetSensitivity(
  asked: FleetSensitivity,
  pool: ScenarioPool,
): Promise<{ readonly request: SensitivityRequest; readonly loaded: LoadedFleet }> {
  const { unit } = asked;
  const loaded = await loadUnitFleet(unit);
  const { fleet, inputs } = loaded;
  const seed = asked.seed ?? fleet.seed;
  const own = fleetFactors(await documentOf(unit), fleetFormat().fields, fleet.assumptions);
  const factors = await asked.factorsOf(own);
  const [single, other] = await probe(unit, seed, pool);
  const isRandom = JSON.stringify(single.figures) !== JSON.stringify(other.figures);
  const { replications, confidence } = fleet.statistics;
  const request: SensitivityRequest = {
    pool,
    scenario: unit,
    ofFleet: inputs,
    name: fleet.name,
    question: fleet.question ?? null,
    version: VERSION,
    factors,
    notVaried: notVariedOfFleet(fleet.assumptions, factors),
    goals: fleet.goals,
    metrics: metricsOf(asked.metric, single, fleet.goals),
    unitOf: (metric) => fleetUnitOf(metric, fleet.prices?.currency),
    seed,
    replications:
      asked.replications ?? (isRandom ? (replications > 1 ? replications : REPLICATIONS) : 1),
    confidence,
    trajectories: asked.trajectories,
    onProgress: asked.onProgress,
  };
  return { request, loaded };
}

async function documentOf({ path, overlays, allowedFolders = [] }: UnitScenario) {
  const { texts } = await readScenarioTexts(path, allowedFolders);
  const { fields } = fleetFormat();
  const { root } = readDocument(texts, fields);
  return applyOverlays(root, overlays as readonly ScenarioOverlay[], fields, []);
}

async function probe(
  scenario: UnitScenario,
  seed: number,
  pool: ScenarioPool,
): Promise<readonly [FleetUnitSuccess, FleetUnitSuccess]> {
  const outcomes = await pool.runFleets(
    [seed, replicationSeed(seed, 1)].map((one) => ({ kind: "fleet", scenario, seed: one })),
  );
  const [first, second] = outcomes.map((outcome) => {
    if (outcome.ok) return outcome;
    if (outcome.kind === "input") throw new InputError(outcome.problems);
    throw new Error(outcome.message);
  });
  return [first!, second!];
}

/** One figure, or those of the goals, of which the tightest decides. */
function metricsOf(
  metric: string | undefined,
  { figures }: FleetUnitSuccess,
  goals: readonly { readonly metric: string }[],
): readonly string[] {
  if (metric === undefined) {
    if (goals.length > 0) return [...new Set(goals.map((goal) => goal.metric))];
    const known = FLEETS_WITHOUT_GOALS.find((path) => (figures[path] ?? null) !== null);
    return [known ?? Object.keys(figures)[0]!];
  }
  if (figures[metric] !== undefined) return [metric];
  const suggestion = didYouMean(metric, Object.keys(figures));
  throw new InputError([
    {
      file: "--metric",
      rule: "unknown-metric",
      message: `the fleet has no figure "${metric}"`,
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "figures of all and of each part: headroom run FLEET --json, under figures",
    },
  ]);
}
