import { createHash } from "node:crypto";

import { InputError } from "../../diagnostics/problem.js";
import type { LoadedFile } from "../../io/scenario-texts.js";
import type { LoadedTrace } from "../../io/scenario-traces.js";
import { VERSION } from "../../io/version.js";
import type { FleetUnit } from "../pool/fleet-unit.js";
import type { SimulationUnit, UnitScenario } from "../pool/unit.js";
import type { ScenarioOverlay } from "../../scenario/apply-overlays.js";
import { replicationSeed } from "../replicate/replication-seed.js";
import { inputsOfPoint, type SweepBase } from "./sweep-base.js";
import { pointOverlays, type LoadedSweep } from "./load-sweep.js";

/** Changes when the content of a stored result changes its meaning. */
const RESULT_FORMAT = 1;

/** Fields whose values name files, or hold fields that do: what the files hold decides over the result as the values do. */
const FILE_FIELDS =
  /(^|\.)(trace|generate|catalogue|workload|backtest|trust|services|manifest|config|rag|calibrations|extends)(\[[^\]]*\])*$/;

/** Numbers with or without a unit, and single words: no text with a file in it, nor a map that might have one. */
const PLAIN_VALUE = /^\s*([+-]?\d+(\.\d+)?([eE][+-]?\d+)?\s?[A-Za-zµ%]*|[A-Za-z][\w -]*|~)?\s*$/u;

/** Whether what is laid over a scenario may name a file. */
function mayNameFile({ path, value }: ScenarioOverlay): boolean {
  return FILE_FIELDS.test(path) || !PLAIN_VALUE.test(value);
}

/** One run of one point. */
export interface SweepUnit {
  readonly point: number;
  /** Counted from 1. */
  readonly replication: number;
  readonly unit: SimulationUnit | FleetUnit;
  /**
   * SHA-256 over everything that decides over the result: version, content of every file, what is laid over
   * the scenario, seed. The same unit has the same key wherever and whenever it is run.
   */
  readonly key: string;
}

/** Every run of a sweep: point by point, replication by replication. */
export async function sweepUnits(sweep: LoadedSweep): Promise<readonly SweepUnit[]> {
  const { spec, seed, base, allowedFolders } = sweep;
  const inputsOf = createInputReader(sweep);
  const { warmUpS, kind } = base;
  if (warmUpS === "auto") {
    throw new InputError([
      {
        file: spec.scenario,
        rule: "conflicting-fields",
        path: "run.warmup",
        message:
          "run.warmup auto would leave out other jobs at every point; a sweep needs one warm-up for all",
        help: "give the sweep a duration: set: { run.warmup: 2d }",
      },
    ]);
  }
  const units: SweepUnit[] = [];
  for (const point of spec.points) {
    const scenario: UnitScenario = {
      path: spec.scenario,
      overlays: pointOverlays(spec, point),
      ...(allowedFolders.length === 0 ? {} : { allowedFolders }),
    };
    const inputs = await inputsOf(scenario);
    for (let replication = 1; replication <= spec.replications; replication++) {
      // A single run is that of `headroom run` with the same settings.
      const root = spec.replications === 1 ? seed : replicationSeed(seed, replication);
      const unit: SweepUnit["unit"] = {
        ...(kind === "fleet" ? { kind } : {}),
        scenario,
        seed: root,
        ...(warmUpS === undefined ? {} : { warmUpEndS: warmUpS }),
      };
      units.push({ point: point.index, replication, unit, key: keyOf(unit, inputs) });
    }
  }
  return units;
}

function keyOf(unit: SweepUnit["unit"], inputs: readonly string[]): string {
  const { scenario, seed } = unit;
  const warmUpEndS = "kind" in unit ? undefined : unit.warmUpEndS;
  const content = {
    format: RESULT_FORMAT,
    version: VERSION,
    inputs,
    overlays: scenario.overlays.map(({ path, value }) => [path, value]),
    seed,
    warmUpEndS: warmUpEndS ?? 0,
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** Hashes of the files that a point reads; points that name no files of their own read those of the base. */
function createInputReader({
  base,
}: LoadedSweep): (scenario: UnitScenario) => Promise<readonly string[]> {
  const known = new Map<string, readonly string[]>();
  const traces = new Map<string, LoadedTrace>();
  const ofBase = hashes(base.inputs);
  return async (scenario) => {
    const naming = scenario.overlays.filter(mayNameFile);
    if (naming.length === 0) return ofBase;
    const key = JSON.stringify(naming.map(({ path, value }) => [path, value]));
    const found =
      known.get(key) ??
      (await readInputs({ ...scenario, overlays: naming }, { kind: base.kind, traces, ofBase }));
    known.set(key, found);
    return found;
  };
}

/** Content of the files of a point; a point that cannot be loaded fails by what stands in the scenario. */
async function readInputs(
  scenario: UnitScenario,
  about: {
    readonly kind: SweepBase["kind"];
    readonly traces: Map<string, LoadedTrace>;
    readonly ofBase: readonly string[];
  },
): Promise<readonly string[]> {
  try {
    return hashes(await inputsOfPoint(about.kind, scenario, about.traces));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return [...about.ofBase, error.message];
  }
}

function hashes(inputs: readonly LoadedFile[]): readonly string[] {
  return inputs.map(({ sha256 }) => sha256);
}
