import { formatNumber } from "../../base/units.js";
import type { BatchRun } from "../../simulation/batch/batch-spec.js";
import { judgeSaturation, type Saturation } from "../../simulation/serving/judge-saturation.js";
import { REQUEST_OUTCOMES } from "../../simulation/serving/request-ledger.js";
import type { RequestClass } from "../../simulation/serving/serving-spec.js";
import type { ReplicaLife } from "../../simulation/services/deployed-service.js";
import { summarizeInPlace } from "../../stats/quantile.js";
import { formatQuantity } from "./format-quantity.js";
import type { OperatedRun } from "./operations.js";
import type { CostResult } from "./optional-results.js";
import type {
  ColdStartPhaseResult,
  LatencyResult,
  ReplicaFigures,
  RequestFigures,
  ServiceResult,
  ServingResult,
} from "./serving-document.js";
import { stagesResult, stageWarnings } from "./service-stages.js";
import type { ServedService } from "./services.js";

const SECONDS_PER_HOUR = 3600;
const GPU_MILLI = 1000;
const MILLION = 1e6;
const ANSWERED = REQUEST_OUTCOMES.indexOf("answered");
const OPEN = REQUEST_OUTCOMES.indexOf("open");
const TOO_LARGE = REQUEST_OUTCOMES.indexOf("too-large");

/** Requests of services that figures count: rows of their ledgers, in order. */
interface Chosen {
  readonly served: ServedService;
  readonly rows: readonly number[];
}

/**
 * Figures of all services of a run; undefined without any.
 *
 * @param watched the part of the run that figures count: requests that came from its start on
 * @param cost of the run, where it has a price
 */
export function servingResult(
  run: OperatedRun,
  watched: BatchRun,
  cost: CostResult | undefined,
): ServingResult | undefined {
  const { served } = run;
  if (served === undefined) return undefined;
  // Without a warm-up every request counts, whenever the first job came.
  const fromS = watched.startOfTraceS > run.startOfTraceS ? watched.startOfTraceS : 0;
  const chosen = served.map((one): Chosen => ({ served: one, rows: rowsFrom(one, fromS) }));
  const setting = { run, fromS, cost };
  return {
    ...requestFigures(chosen),
    ...replicaFigures(chosen, setting),
    services: chosen.map((one) => serviceResult(one, setting)),
  };
}

/** What a reader must know about services before reading their figures. */
export function servingWarnings({ served = [] }: OperatedRun): readonly string[] {
  return served.flatMap((one) => {
    const { service, outcome } = one;
    const { name } = service;
    const { refusal, gaveUp } = outcome;
    const left = countOf(outcome.run.outcome, OPEN);
    const saturation = saturationOf({ served: one, rows: rowsFrom(one, 0) }, 0);
    return [
      ...stageWarnings(one),
      ...(refusal === undefined
        ? []
        : [`Replicas of service ${name} can never be placed on this cluster: ${refusal}.`]),
      ...(left > 0
        ? [
            `Service ${name}: ${left} of ${outcome.ledger.count} requests had no full answer when the run ended` +
              `${gaveUp ? ", which did not wait for them any longer: nothing moved for an hour" : ""}.`,
          ]
        : []),
      ...(saturation.verdict === "overloaded"
        ? [
            `Service ${name} is overloaded: at the last arrival a request waits ${formatQuantity(saturation.backlogEndS, "s")}, ` +
              `${formatNumber(saturation.growth)} s more for every second of traffic. Its latencies say how long the run is, not how the service does.`,
          ]
        : []),
    ];
  });
}

interface Setting {
  readonly run: OperatedRun;
  readonly fromS: number;
  readonly cost: CostResult | undefined;
}

function rowsFrom({ outcome }: ServedService, fromS: number): readonly number[] {
  const { arrivalS, count } = outcome.ledger;
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (arrivalS[row]! >= fromS) rows.push(row);
  return rows;
}

function serviceResult(one: Chosen, setting: Setting): ServiceResult {
  const { service, classes, outcome } = one.served;
  const { itlS, endS } = outcome.run;
  const figures = requestFigures([one]);
  const saturation = saturationOf(one, setting.fromS);
  const firstS = outcome.ledger.arrivalS[one.rows[0] ?? 0] ?? 0;
  const cold = coldLives(one, setting.fromS);
  return {
    name: service.name,
    model: service.summary.model,
    hardware: service.summary.hardware,
    cacheTokens: service.summary.cacheTokens,
    ...figures,
    itlS: { mean: itlS.mean, p50: itlS.p50, p95: itlS.p95, p99: itlS.p99, max: itlS.max },
    verdict: saturation.verdict,
    backlogMaxS: saturation.backlogMaxS,
    outputTokensPerS: endS > firstS ? figures.outputTokens / (endS - firstS) : 0,
    ...replicaFigures([one], setting),
    coldStartS: latency(Float64Array.from(cold, ({ wantedS, readyS }) => readyS - wantedS)),
    coldStartPhases: phasesOf(cold),
    ...stagesResult(one.served, one.rows),
    classes: classes.map(({ name }, index) => ({
      name,
      ...requestFigures([
        { ...one, rows: one.rows.filter((row) => classOf(one.served, row) === index) },
      ]),
    })),
  };
}

function classOf({ outcome }: ServedService, row: number): number {
  return outcome.ledger.traits?.classIndex[row] ?? 0;
}

function requestFigures(chosen: readonly Chosen[]): RequestFigures {
  const values = { ttftS: [] as number[], tpotS: [] as number[], e2eS: [] as number[] };
  const counts = { requests: 0, finished: 0, open: 0, promptTokens: 0, outputTokens: 0 };
  let promised = 0;
  let good = 0;
  let firstS = Infinity;
  let lastS = -Infinity;
  for (const { served, rows } of chosen) {
    const { ledger, run } = served.outcome;
    for (const row of rows) {
      counts.requests++;
      firstS = Math.min(firstS, ledger.arrivalS[row]!);
      lastS = Math.max(lastS, ledger.arrivalS[row]!);
      const promise = served.classes[classOf(served, row)]!;
      if (hasPromise(promise)) promised++;
      if (run.outcome[row] === OPEN) counts.open++;
      if (run.outcome[row] !== ANSWERED) continue;
      counts.finished++;
      counts.promptTokens += ledger.promptTokens[row]!;
      counts.outputTokens += ledger.outputTokens[row]!;
      const ttftS = run.ttftS[row]!;
      const tpotS = run.tpotS[row]!;
      const e2eS = run.e2eS[row]!;
      values.ttftS.push(ttftS);
      values.e2eS.push(e2eS);
      if (!Number.isNaN(tpotS)) values.tpotS.push(tpotS);
      if (hasPromise(promise) && isKept(promise, ttftS, tpotS, e2eS)) good++;
    }
  }
  const { requests, finished, open, promptTokens, outputTokens } = counts;
  return {
    requests,
    finished,
    rejected: requests - finished - open,
    open,
    ttftS: latency(Float64Array.from(values.ttftS)),
    tpotS: latency(Float64Array.from(values.tpotS)),
    e2eS: latency(Float64Array.from(values.e2eS)),
    sloAttainment: promised === 0 ? null : good / promised,
    goodputPerS: promised === 0 || !(lastS > firstS) ? null : good / (lastS - firstS),
    promptTokens,
    outputTokens,
  };
}

function hasPromise({ ttftS, tpotS, e2eS }: RequestClass): boolean {
  return (ttftS ?? tpotS ?? e2eS) !== undefined;
}

/** An answer of one token has no time per further token. */
function isKept(promise: RequestClass, ttftS: number, tpotS: number, e2eS: number): boolean {
  const isLater = (value: number, bound = Infinity): boolean => value > bound;
  return !(
    isLater(ttftS, promise.ttftS) ||
    isLater(tpotS, promise.tpotS) ||
    isLater(e2eS, promise.e2eS)
  );
}

function latency(values: Float64Array): LatencyResult {
  return summarizeInPlace(values);
}

function countOf(codes: Uint8Array, code: number): number {
  return codes.reduce((sum, one) => sum + (one === code ? 1 : 0), 0);
}

/** Requests that were turned away, or had no answer at the end, wait for ever; those too large do not count. */
function saturationOf({ served, rows }: Chosen, fromS: number): Saturation {
  const { ledger, run } = served.outcome;
  const tolerated = Math.min(...served.classes.map(({ ttftS = Infinity }) => ttftS));
  return judgeSaturation({
    arrivalS: Float64Array.from(rows, (row) => ledger.arrivalS[row]!),
    firstTokenS: Float64Array.from(rows, (row) => {
      const code = run.outcome[row];
      if (code === TOO_LARGE) return Number.NaN;
      const firstS = ledger.firstTokenS[row]!;
      return Number.isNaN(firstS) ? Infinity : firstS;
    }),
    fromS,
    ...(tolerated === Infinity ? {} : { waitToleratedS: tolerated }),
  });
}

function replicaFigures(chosen: readonly Chosen[], { run, fromS, cost }: Setting): ReplicaFigures {
  const { endOfRunS } = run;
  const coldTtftS: number[] = [];
  let metColdStart = 0;
  let restarts = 0;
  let gpuHours = 0;
  let readyS = 0;
  let coldStarts = 0;
  const ups: (readonly [timeS: number, change: number])[] = [];
  for (const one of chosen) {
    const { outcome } = one.served;
    restarts += outcome.restarts;
    coldStarts += coldLives(one, fromS).length;
    for (const row of one.rows) {
      if (outcome.metColdStart[row] !== 1) continue;
      metColdStart++;
      const ttftS = outcome.run.ttftS[row]!;
      if (!Number.isNaN(ttftS)) coldTtftS.push(ttftS);
    }
    for (const life of outcome.lives) {
      gpuHours +=
        (life.gpus * overlap(life.placedS, life.endS, fromS, endOfRunS)) / SECONDS_PER_HOUR;
      const goneS = Number.isNaN(life.drainedS) ? life.endS : life.drainedS;
      readyS += overlap(life.readyS, goneS, fromS, endOfRunS);
      if (Number.isNaN(life.readyS)) continue;
      ups.push([life.readyS, 1]);
      if (!Number.isNaN(goneS)) ups.push([goneS, -1]);
    }
  }
  const { promptTokens, outputTokens } = requestFigures(chosen);
  const amount = cost === undefined ? null : amountOf(run, cost, gpuHours, fromS);
  const tokens = promptTokens + outputTokens;
  const spanS = endOfRunS - fromS;
  return {
    metColdStart,
    coldStartTtftS: latency(Float64Array.from(coldTtftS)),
    restarts,
    replicasMean: spanS > 0 ? readyS / spanS : 0,
    replicasMax: mostAtOnce(ups, fromS),
    coldStarts,
    gpuHours,
    cost: amount,
    costPerMillionTokens: amount === null || tokens === 0 ? null : (amount / tokens) * MILLION,
  };
}

/** The part of the cluster's cost over the run that these GPU-hours are of all that were held. */
function amountOf(
  run: OperatedRun,
  { total, periodS }: CostResult,
  gpuHours: number,
  fromS: number,
): number {
  const runS = run.endOfRunS - run.startOfTraceS;
  const heldHours = run.utilization.integrals[0]! / GPU_MILLI / SECONDS_PER_HOUR;
  if (heldHours === 0 || periodS === 0 || runS === 0) return 0;
  const watchedShare = (run.endOfRunS - Math.max(fromS, run.startOfTraceS)) / runS;
  const overRun = total * (runS / periodS) * watchedShare;
  return overRun * Math.min(1, gpuHours / (heldHours * watchedShare));
}

function overlap(beginS: number, endS: number, fromS: number, untilS: number): number {
  if (Number.isNaN(beginS)) return 0;
  const lastS = Number.isNaN(endS) ? untilS : Math.min(endS, untilS);
  return Math.max(0, lastS - Math.max(beginS, fromS));
}

/** One that goes at the instant another comes makes room for it. */
function mostAtOnce(
  ups: readonly (readonly [timeS: number, change: number])[],
  fromS: number,
): number {
  const sorted = [...ups].sort((left, right) => left[0] - right[0] || left[1] - right[1]);
  let now = 0;
  let most = 0;
  sorted.forEach(([timeS, change], index) => {
    now += change;
    const isLastOfInstant = sorted[index + 1]?.[0] !== timeS;
    const lasts = (sorted[index + 1]?.[0] ?? Infinity) > fromS;
    if (isLastOfInstant && lasts) most = Math.max(most, now);
  });
  return most;
}

function coldLives({ served }: Chosen, fromS: number): readonly ReplicaLife[] {
  return served.outcome.lives.filter(({ phases, readyS }) => phases.length > 0 && readyS >= fromS);
}

function phasesOf(lives: readonly ReplicaLife[]): readonly ColdStartPhaseResult[] {
  const [first] = lives;
  if (first === undefined) return [];
  const mean = (of: (life: ReplicaLife) => number): number =>
    lives.reduce((sum, life) => sum + of(life), 0) / lives.length;
  return [
    { name: "place on nodes", seconds: mean(({ wantedS, placedS }) => placedS - wantedS) },
    ...first.phases.map(({ name }, index) => ({
      name,
      seconds: mean(({ phases }) => phases[index]!.seconds),
    })),
  ];
}
