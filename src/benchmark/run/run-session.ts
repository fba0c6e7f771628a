import { createHash } from "node:crypto";

import type { BackendName, BackendProbe } from "../backend.js";
import { derivedSeed } from "../kernels/random-data.js";
import {
  BENCHMARK_RESULT_SCHEMA,
  type BenchmarkResult,
  type BenchmarkWarning,
  type EnvironmentFingerprint,
  type SuiteIdentity,
} from "../result-document.js";
import type { SuiteSampling } from "../suite/suite.js";
import { createCaseRecord, resultLabel, type CaseRecord } from "./case-record.js";
import { isHostBusy } from "./environment.js";
import { runProcess, type MeasuringBuild, type ProcessEnd } from "./measuring-process.js";
import type { PlannedCase, Target } from "./plan-cases.js";
import { PROTOCOL, type Sampling } from "./process-protocol.js";

/** A build that takes part in a session. */
export interface SessionBuild extends MeasuringBuild {
  /** What it is, for the document. */
  readonly description: string;
}

/** What a session measures. */
export interface SessionOptions {
  readonly version: string;
  readonly suite: SuiteIdentity;
  readonly sampling: SuiteSampling;
  readonly cases: readonly PlannedCase[];
  readonly probes: Readonly<Partial<Record<BackendName, BackendProbe>>>;
  readonly environment: EnvironmentFingerprint;
  readonly seed: number;
  readonly build: SessionBuild;
  /** The build to compare with, measured in turns with `build`. */
  readonly against?: SessionBuild;
  /** Ends the session; what was measured by then is kept. */
  readonly signal?: AbortSignal;
  onProgress?(progress: SessionProgress): void;
}

/** How far a session is. */
export interface SessionProgress {
  readonly pair: number;
  readonly processesMin: number;
  readonly processesMax: number;
  readonly elapsedS: number;
  readonly budgetS: number;
  readonly casesOpen: number;
  readonly cases: number;
  /** Cases measured in this round so far. */
  readonly casesInRound: number;
  /** Cases this round began with, over all builds. */
  readonly roundSize: number;
  readonly current: string;
}

/** Documents of a session: one, or two when two builds took turns. */
export interface SessionResult {
  readonly result: BenchmarkResult;
  readonly base?: BenchmarkResult;
}

/** A process that dies again and again is started so many times per round at most. */
const RESTARTS_MAX = 20;

interface Side {
  readonly role: "base" | "new" | "only";
  readonly build: SessionBuild;
  readonly records: ReadonlyMap<string, CaseRecord>;
}

/**
 * Measures the cases process by process until each is precise enough, the most processes were run, or the
 * time is up.
 *
 * Two builds take turns in the order new base base new ("ABBA"): a machine that slowly gets warmer or
 * busier then slows both alike. Both builds of a pair get the same data; every pair gets fresh data.
 */
export async function runSession(options: SessionOptions): Promise<SessionResult> {
  const session = new Session(options);
  await session.run();
  return session.documents();
}

class Session {
  private readonly startMs = Date.now();
  private readonly sides: readonly Side[];
  private readonly warnings: BenchmarkWarning[] = [];
  private readonly id: string;
  private position = 0;
  private stopReason: BenchmarkResult["stopReason"] = "processes";

  constructor(private readonly options: SessionOptions) {
    const { cases, build, against, seed, environment } = options;
    const side = (role: Side["role"], of: SessionBuild): Side => ({
      role,
      build: of,
      records: new Map(
        cases.map((planned) => [planned.id, createCaseRecord(plannedFor(role, planned))]),
      ),
    });
    this.sides =
      against === undefined ? [side("only", build)] : [side("new", build), side("base", against)];
    this.id = createHash("sha256")
      .update(`${this.startMs} ${process.pid} ${seed} ${environment.id}`)
      .digest("hex")
      .slice(0, 16);
    if (isHostBusy(environment)) {
      const load = environment.notes["host.load.1min"] ?? "?";
      this.warnings.push({
        kind: "busy-host",
        message: `the host did other work at the start (load ${load}): times may be longer than they need be`,
      });
    }
  }

  async run(): Promise<void> {
    const { sampling, signal } = this.options;
    let longestS = 0;
    for (let pair = 0; pair < sampling.processesMax; pair++) {
      const open = this.openCases();
      if (open.length === 0) {
        this.stopReason = "precise";
        return;
      }
      const startS = this.elapsedS();
      if (pair > 0 && startS + longestS > sampling.budgetS) {
        this.stopReason = "budget";
        return;
      }
      await this.runPair(pair, open);
      if (signal?.aborted === true) {
        this.stopReason = "interrupted";
        return;
      }
      longestS = Math.max(longestS, this.elapsedS() - startS);
    }
    if (this.openCases().length === 0) this.stopReason = "precise";
  }

  documents(): SessionResult {
    const [first, second] = this.sides.map((side) => this.documentOf(side));
    return second === undefined ? { result: first! } : { result: first!, base: second };
  }

  /** Cases that some build still has to measure. What only one build can run is not measured further. */
  private openCases(): readonly PlannedCase[] {
    const { processes, precision } = this.options.sampling;
    return this.options.cases.filter((planned) => {
      const records = this.sides.map((side) => side.records.get(planned.id)!);
      if (records.some((record) => record.isUnmeasurable)) return false;
      return !records.every((record) => record.isPrecise(processes, precision));
    });
  }

  private async runPair(pair: number, open: readonly PlannedCase[]): Promise<void> {
    const order = pair % 2 === 0 ? this.sides : [...this.sides].reverse();
    const targets = [...new Set(open.map((planned) => planned.target))];
    const round = { done: 0, size: open.length * order.length, open: open.length };
    for (const target of targets) {
      const cases = open.filter((planned) => planned.target === target);
      for (const side of order) {
        if (this.options.signal?.aborted === true) return;
        await this.runTarget(side, target, cases, pair, round);
      }
    }
  }

  /** One process run of one build on one device; started again after the case that killed it. */
  private async runTarget(
    side: Side,
    { backend, device }: Target,
    cases: readonly PlannedCase[],
    pair: number,
    round: { done: number; readonly size: number; readonly open: number },
  ): Promise<void> {
    const position = this.position++;
    const place = { position, pair, sessionStartMs: this.startMs };
    const left = new Map(cases.map((planned) => [planned.id, planned]));
    const settle = (id: string, outcome: Parameters<CaseRecord["add"]>[0]): void => {
      side.records.get(id)?.add(outcome, place);
      left.delete(id);
      round.done++;
    };
    for (let start = 0; start < RESTARTS_MAX && left.size > 0; start++) {
      const job = {
        protocol: PROTOCOL,
        task: "measure" as const,
        backend,
        deviceIndex: device.index,
        seed: derivedSeed(this.options.seed, pair),
        sampling: this.processSampling(),
        cases: [...left.values()].map((planned) => plannedFor(side.role, planned).job),
      };
      const before = left.size;
      const end = await runProcess(
        side.build,
        job,
        { onBegin: (id) => this.progress(pair, round, id), onCase: settle },
        this.options.signal,
      );
      if (end.kind === "aborted") return;
      const blamed = blame(end, left);
      for (const [id, reason] of blamed) {
        settle(id, { status: "failed", reason });
      }
      if (end.kind === "done" && left.size === before) break;
    }
    for (const id of [...left.keys()]) {
      settle(id, { status: "failed", reason: "the measuring processes died again and again" });
    }
  }

  private progress(
    pair: number,
    round: { readonly done: number; readonly size: number; readonly open: number },
    current: string,
  ): void {
    const { sampling, cases, onProgress } = this.options;
    onProgress?.({
      pair,
      processesMin: sampling.processes,
      processesMax: sampling.processesMax,
      elapsedS: this.elapsedS(),
      budgetS: sampling.budgetS,
      casesOpen: round.open,
      cases: cases.length,
      casesInRound: round.done,
      roundSize: round.size,
      current,
    });
  }

  private processSampling(): Sampling {
    const { samples, warmUpSamples, sampleS, caseS } = this.options.sampling;
    return { samples, warmUpSamples, sampleS, caseS };
  }

  private elapsedS(): number {
    return (Date.now() - this.startMs) / 1000;
  }

  private documentOf(side: Side): BenchmarkResult {
    const { version, suite, seed, sampling, environment, probes } = this.options;
    const cases = [...side.records.values()].map((record) =>
      record.toCase(sampling.processes, sampling.precision),
    );
    return {
      schema: BENCHMARK_RESULT_SCHEMA,
      version,
      suite,
      label: resultLabel(cases),
      seed,
      startedAt: new Date(this.startMs).toISOString(),
      endedAt: new Date().toISOString(),
      interrupted: this.stopReason === "interrupted",
      stopReason: this.stopReason,
      session: {
        id: this.id,
        build: side.role,
        buildDescription: side.build.description,
        order: this.sides.length === 2 ? "ABBA" : "A",
        samplesPerProcess: sampling.samples,
        warmUpSamples: sampling.warmUpSamples,
      },
      environment,
      backends: probes,
      cases,
      warnings: this.warnings,
    };
  }
}

/** Which of the cases that are left the end of a process condemns, and why. */
function blame(
  end: ProcessEnd,
  left: ReadonlyMap<string, PlannedCase>,
): readonly (readonly [string, string])[] {
  if (end.kind === "done" || end.kind === "aborted") return [];
  const { reason } = end;
  if (end.kind !== "unavailable" && end.during !== undefined && left.has(end.during)) {
    return [[end.during, reason]];
  }
  // It did not even begin: another start would end the same way.
  return [...left.keys()].map((id) => [id, reason] as const);
}

/**
 * Work is planted into the new build only: both sides with it would look alike. The base gathers as many
 * launches into a sample as the new build then has to, so that nothing but the work differs.
 */
function plannedFor(role: Side["role"], planned: PlannedCase): PlannedCase {
  if (role !== "base" || planned.job.plantedWork === undefined) return planned;
  return { ...planned, job: { ...planned.job, plantedWork: 1 } };
}
