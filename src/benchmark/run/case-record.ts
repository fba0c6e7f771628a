import type {
  BenchmarkCase,
  BenchmarkResult,
  BenchmarkWarning,
  CheckRecord,
  ProcessRun,
} from "../result-document.js";
import type { OutputCheck } from "../kernels/check-output.js";
import { summarizeCase, relativePrecision } from "./case-summary.js";
import { caseWarnings } from "./case-warnings.js";
import type { PlannedCase } from "./plan-cases.js";
import type { CaseOutcome, MeasuredCase, UnmeasuredCase } from "./process-protocol.js";
import { processTimeS } from "../result-document.js";

/** What is known of one case of one build, growing process by process. */
export interface CaseRecord {
  readonly planned: PlannedCase;
  readonly runs: readonly ProcessRun[];
  /** True when it cannot be run or failed: more processes would not help. */
  readonly isUnmeasurable: boolean;
  /** True when enough processes were run and agree well enough. */
  isPrecise(processesMin: number, precision: number): boolean;
  add(
    outcome: CaseOutcome,
    place: { readonly position: number; readonly pair: number; readonly sessionStartMs: number },
  ): void;
  /** The case as it stands in the result document. */
  toCase(processesMin: number, precision: number): BenchmarkCase;
}

/** An empty record. */
export function createCaseRecord(planned: PlannedCase): CaseRecord {
  return new GrowingRecord(planned);
}

class GrowingRecord implements CaseRecord {
  readonly runs: ProcessRun[] = [];
  private measured: MeasuredCase | undefined;
  private unmeasured: UnmeasuredCase | undefined;
  private check: CheckRecord | undefined;
  private resolutionS = 0;
  private readonly notes: BenchmarkWarning[] = [];

  constructor(readonly planned: PlannedCase) {
    const { refusal } = planned;
    if (refusal !== undefined) this.unmeasured = { status: "skipped", reason: refusal };
  }

  get isUnmeasurable(): boolean {
    return this.unmeasured !== undefined;
  }

  isPrecise(processesMin: number, precision: number): boolean {
    if (this.runs.length < processesMin) return false;
    return relativePrecision(this.runs.map(processTimeS)) <= precision;
  }

  add(
    outcome: CaseOutcome,
    { position, pair, sessionStartMs }: Parameters<CaseRecord["add"]>[1],
  ): void {
    if (outcome.check !== undefined) this.check = joinChecks(this.check, outcome.check);
    if (outcome.status !== "measured") {
      this.unmeasured ??= outcome;
      return;
    }
    const first = (this.measured ??= outcome);
    if (outcome.timer !== first.timer) {
      // Times of two clocks are not one sample.
      const reason = `the ${first.timer}'s clock was used first, then only the ${outcome.timer}'s was there`;
      this.unmeasured = { status: "failed", reason };
      return;
    }
    if (outcome.implementation !== first.implementation) {
      this.notes.push({
        kind: "other",
        message: `process ${position} ran ${outcome.implementation}, the first ran ${first.implementation}`,
      });
    }
    this.resolutionS = Math.max(this.resolutionS, outcome.resolutionS);
    this.runs.push({
      position,
      pair,
      startedS: (outcome.startedMs - sessionStartMs) / 1000,
      launchesPerSample: outcome.launchesPerSample,
      tenants: outcome.tenants,
      ...(outcome.stateBefore === undefined ? {} : { stateBefore: outcome.stateBefore }),
      ...(outcome.stateAfter === undefined ? {} : { stateAfter: outcome.stateAfter }),
    });
  }

  toCase(processesMin: number, precision: number): BenchmarkCase {
    const { planned, runs, measured, unmeasured } = this;
    const { target, suiteCase, job, cost, roofline } = planned;
    const { spec, tenants, tenantsAs } = job;
    // A factor of 1 is the honest side of a planted pair.
    const plantedWork = job.plantedWork === 1 ? undefined : job.plantedWork;
    const timer = measured?.timer ?? target.device.timer;
    const summary = summarizeCase(runs, cost, roofline);
    return {
      id: planned.id,
      backend: target.backend,
      deviceIndex: target.device.index,
      deviceName: target.device.name,
      kernel: spec.kernel,
      dtype: spec.dtype,
      shape: { ...spec.shape },
      ...(spec.hostMemory === undefined ? {} : { hostMemory: spec.hostMemory }),
      tenants,
      ...(tenantsAs === undefined ? {} : { tenantsAs }),
      labels: suiteCase.labels,
      label: measured?.label ?? target.device.label,
      implementation: measured?.implementation ?? unmeasured?.implementation ?? "not run",
      flops: cost.flops,
      bytes: cost.bytes,
      ...statusOf(runs, unmeasured),
      timer,
      ...(this.check === undefined ? {} : { check: this.check }),
      runs: [...runs],
      ...(summary === undefined ? {} : { summary }),
      ...(roofline === undefined ? {} : { roofline }),
      ...(plantedWork === undefined ? {} : { plantedWork }),
      warnings: [
        ...(runs.length === 0 ? [] : caseWarnings(runs, timer, this.resolutionS)),
        ...precisionWarnings(runs, processesMin, precision),
        ...this.notes,
        ...(plantedWork === undefined
          ? []
          : [
              {
                kind: "planted" as const,
                message: `each sample did ${plantedWork} times the work it counts, on purpose`,
              },
            ]),
      ],
    };
  }
}

function statusOf(
  runs: readonly ProcessRun[],
  unmeasured: UnmeasuredCase | undefined,
): Pick<BenchmarkCase, "status" | "reason"> {
  if (unmeasured !== undefined) return { status: unmeasured.status, reason: unmeasured.reason };
  if (runs.length > 0) return { status: "measured" };
  return { status: "skipped", reason: "the session ended before its turn" };
}

function precisionWarnings(
  runs: readonly ProcessRun[],
  processesMin: number,
  precision: number,
): readonly BenchmarkWarning[] {
  if (runs.length === 0) return [];
  if (runs.length < processesMin) {
    const message = `${runs.length} of ${processesMin} processes were run`;
    return [{ kind: "few-processes", message }];
  }
  const reached = relativePrecision(runs.map(processTimeS));
  if (reached <= precision) return [];
  const figure = Number.isFinite(reached) ? `±${(100 * reached).toFixed(1)} %` : "unknown";
  const message = `the time is known to ${figure}, asked for was ±${(100 * precision).toFixed(1)} %`;
  return [{ kind: "imprecise", message }];
}

/** Over processes: the largest error, and the first failure. */
function joinChecks(earlier: CheckRecord | undefined, check: OutputCheck): CheckRecord {
  // Infinity is no number in JSON.
  const share = Number.isFinite(check.worstErrorShare) ? check.worstErrorShare : Number.MAX_VALUE;
  const failure = earlier?.failure ?? check.failure;
  return {
    passed: (earlier?.passed ?? true) && check.passed,
    outputs: check.outputs,
    outputsCompared: check.outputsCompared,
    worstErrorShare: Math.max(earlier?.worstErrorShare ?? 0, share),
    tolerance: check.tolerance,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** The label of a whole result: hardware only when something was measured and all of it on a GPU. */
export function resultLabel(cases: readonly BenchmarkCase[]): BenchmarkResult["label"] {
  const measured = cases.filter((entry) => entry.status === "measured");
  const isHardware = measured.length > 0 && measured.every((entry) => entry.label === "hardware");
  return isHardware ? "hardware" : "software";
}
