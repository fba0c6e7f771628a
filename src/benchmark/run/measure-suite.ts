import { createHash } from "node:crypto";

import { BACKEND_NAMES, type BackendName, type BackendProbe } from "../backend.js";
import { BACKENDS } from "../backends/registry.js";
import { parseSuite } from "../suite/parse-suite.js";
import type { Suite, SuiteSampling } from "../suite/suite.js";
import { describeEnvironment } from "./environment.js";
import { OWN_BUILD, probeBackend } from "./measuring-process.js";
import { chooseTargets, planCases, type PlannedCase, type PlanOptions } from "./plan-cases.js";
import {
  runSession,
  type SessionBuild,
  type SessionProgress,
  type SessionResult,
} from "./run-session.js";

/** A device to measure on. */
export interface WantedDevice {
  readonly backend: BackendName;
  readonly deviceIndex: number;
}

/** A suite's text and what to do with it. */
export interface MeasureOptions extends PlanOptions {
  readonly version: string;
  /** Name printed in messages, and recorded. */
  readonly file: string;
  readonly text: string;
  /** Devices to measure on; the first of every backend that has one when absent. */
  readonly devices?: readonly WantedDevice[];
  /** In place of the suite's own. */
  readonly sampling?: Partial<SuiteSampling>;
  readonly seed: number;
  readonly against?: SessionBuild;
  readonly signal?: AbortSignal;
  onProgress?(progress: SessionProgress): void;
  /** Called before the first process starts; may refuse by throwing. */
  onPlan?(plan: MeasurePlan): void;
}

/** What will be measured. */
export interface MeasurePlan {
  readonly suite: Suite;
  readonly cases: readonly PlannedCase[];
  /** All ids of the suite on the chosen devices, whatever the filter. */
  readonly ids: readonly string[];
  /** Backends without a device, with the reason. */
  readonly absent: readonly string[];
}

/** A measured suite, or the reasons why nothing could be measured. */
export type MeasureOutcome =
  | (SessionResult & { readonly kind: "measured"; readonly absent: readonly string[] })
  | { readonly kind: "nothing"; readonly absent: readonly string[] };

/** Looks at every backend; each in a process of its own, one after the other. */
export async function probeBackends(
  names: readonly BackendName[] = availableBackends(),
  signal?: AbortSignal,
): Promise<Readonly<Partial<Record<BackendName, BackendProbe>>>> {
  const probes: Partial<Record<BackendName, BackendProbe>> = {};
  for (const name of names) probes[name] = await probeBackend(name, signal);
  return probes;
}

/** Names of the backends that this build has. */
export function availableBackends(): readonly BackendName[] {
  return BACKEND_NAMES.filter((name) => BACKENDS[name] !== undefined);
}

/**
 * Measures a suite on the devices that are there.
 *
 * @throws InputError when the suite is broken
 */
export async function measureSuite(options: MeasureOptions): Promise<MeasureOutcome> {
  const suite = parseSuite(options.file, options.text);
  const wanted =
    options.devices ?? availableBackends().map((backend) => ({ backend, deviceIndex: 0 }));
  const names = [...new Set(wanted.map(({ backend }) => backend))];
  const probes = await probeBackends(names, options.signal);
  const { targets, absent } = chooseTargets(probes, wanted);
  const cases = planCases(suite, targets, {
    ...options,
    skipLarge: options.skipLarge ?? options.devices === undefined,
  });
  const { filter: _, ...unfiltered } = options;
  const ids = planCases(suite, targets, unfiltered).map(({ id }) => id);
  options.onPlan?.({ suite, cases, ids, absent });
  if (cases.length === 0) return { kind: "nothing", absent };
  const { version, seed, against, signal } = options;
  const session = await runSession({
    version,
    suite: { name: suite.name, file: options.file, sha256: sha256(options.text) },
    sampling: mergedSampling(suite.sampling, options.sampling ?? {}),
    cases,
    probes,
    environment: describeEnvironment(probes),
    seed,
    build: { ...OWN_BUILD, description: `Headroom ${version}` },
    ...(against === undefined ? {} : { against }),
    ...(signal === undefined ? {} : { signal }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
  return { kind: "measured", absent, ...session };
}

function mergedSampling(suite: SuiteSampling, given: Partial<SuiteSampling>): SuiteSampling {
  const merged = { ...suite, ...given };
  // Whoever names a number of processes and no limit means at least this limit.
  return { ...merged, processesMax: Math.max(merged.processes, merged.processesMax) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
