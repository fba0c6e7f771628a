import type { ServingRun, TokenGapSummary } from "../../simulation/serving/serving-spec.js";
import {
  type LatencySummary,
  type ServingSummary,
  summarizeServing,
} from "../../simulation/serving/summary.js";
import type { Saturation } from "../../simulation/serving/judge-saturation.js";
import { summarizeInPlace } from "../../stats/quantile.js";
import type { MeasuredSummary } from "../../workload/requests/measured-summary.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { RequestsRead } from "../../workload/requests/read-requests.js";
import { assessRun, isGood, type LatencyTargets } from "./assess-run.js";
import { createServer, type ServiceSetting } from "./server.js";
import { hourlyCost, type SettledReplica } from "./settle-replica.js";
import type { ServeAssumption, Traffic } from "./traffic.js";

/** What `headroom serve --json` prints. */
export interface ServeDocument extends Omit<ServingSummary, "classes" | "itlS"> {
  readonly schema: "headroom/serve/v1";
  readonly model: string;
  readonly gpu: string;
  /** Of all replicas. */
  readonly gpus: number;
  readonly replicas: number;
  readonly tensorParallel: number;
  readonly router: string;
  /** Of one replica. */
  readonly cacheBlocks: number;
  /** Null where requests were drawn. */
  readonly trace: {
    readonly file: string;
    readonly format: string;
    readonly brokenRows: number;
    readonly unanswered: number;
    readonly failed: number;
    readonly outOfOrder: number;
  } | null;
  readonly traffic: {
    readonly name: string;
    readonly isDrawn: boolean;
    readonly seed: number | null;
  };
  /** Time between one token and the next; its longest gaps are what readers notice. */
  readonly itlS: TokenGapSummary;
  /** Turned away with 429, and left because they waited too long. */
  readonly refused: number;
  readonly gaveUp: number;
  /** One entry per class, where requests have several. */
  readonly classes: readonly ClassResult[];
  /** Replicas that only decode, of `replicas`; 0 where none does. */
  readonly decodeReplicas: number;
  /** Whether the service keeps up, with what the verdict rests on; verdict null for too few requests. */
  readonly saturation: Saturation;
  /** Null without targets. */
  readonly goodput: {
    readonly targets: LatencyTargets;
    /** Of all requests, and requests per second until the last arrival. */
    readonly share: number;
    readonly requestsPerS: number;
  } | null;
  /** Null without a price. */
  readonly cost: ServeCost | null;
  /** What a real service took; null where nobody said. */
  readonly measured: MeasuredSummary | null;
  readonly assumptions: readonly ServeAssumption[];
  readonly warnings: readonly string[];
}

/** What users of one class see. */
export interface ClassResult {
  readonly name: string;
  readonly requests: number;
  readonly answered: number;
  readonly ttftS: LatencySummary;
  readonly tpotS: LatencySummary;
  readonly e2eS: LatencySummary;
  /** Share of its requests that met what the class was promised; null where nothing was. */
  readonly goodShare: number | null;
}

/** What serving costs. */
export interface ServeCost {
  readonly usdPerHour: number;
  readonly usdPerMillionOutputTokens: number;
  /** Prompts and answers. */
  readonly usdPerMillionTokens: number;
  readonly source: string;
}

/** Everything a run of a service is made of. */
export interface ServeQuestion {
  readonly replica: SettledReplica;
  readonly replicas: number;
  readonly service: ServiceSetting;
  readonly assumptions: readonly ServeAssumption[];
  readonly routerName: string;
  readonly traffic: Traffic;
  readonly seed: number;
  readonly trace: { readonly file: string; readonly read: RequestsRead } | undefined;
  /** Only the percentile when nothing is promised. */
  readonly targets: LatencyTargets;
  readonly measured: MeasuredSummary | undefined;
}

/** Simulates a service and says what its users would see. */
export function runServe(question: ServeQuestion): ServeDocument {
  const { replica, replicas, service, routerName, traffic, seed, trace, targets } = question;
  const requests = traffic.demand(seed);
  const run = createServer(replica, service).run(requests, replicas);
  const all = replicas + (service.decoding?.replicas ?? 0);
  const summary = summarizeServing(requests, run);
  const untilS = requests.arrivalS[requests.count - 1] ?? 0;
  const judged = assessRun(requests, run, targets, { fromS: 0, untilS });
  const { setting, plan } = replica;
  const hasTargets = Object.keys(targets).length > 1;
  const promptTokens = answeredPrompts(requests.promptTokens, run.e2eS);
  return {
    schema: "headroom/serve/v1",
    model: setting.model.name,
    gpu: setting.host.gpu.name,
    gpus: all * plan.gpus,
    replicas: all,
    decodeReplicas: service.decoding?.replicas ?? 0,
    tensorParallel: setting.tensorParallel,
    router: routerName,
    cacheBlocks: plan.cacheBlocks,
    trace:
      trace === undefined
        ? null
        : {
            file: trace.file,
            format: trace.read.format,
            brokenRows: trace.read.problemCount,
            unanswered: trace.read.unanswered,
            failed: trace.read.failed,
            outOfOrder: trace.read.outOfOrder,
          },
    traffic: {
      name: traffic.name,
      isDrawn: traffic.isDrawn,
      seed: traffic.isDrawn ? seed : null,
    },
    ...summary,
    itlS: run.itlS,
    refused: run.refused,
    gaveUp: run.gaveUp,
    classes: classResults(requests, run, service),
    saturation: judged.saturation,
    goodput: hasTargets
      ? { targets, share: judged.good.share, requestsPerS: judged.good.perS }
      : null,
    cost: costOf(replica, all, summary, promptTokens),
    measured: question.measured ?? null,
    assumptions: [...assumptionsOf(replica), ...question.assumptions, ...traffic.assumptions],
    warnings: [...plan.warnings, ...longPrompts(requests, question)],
  };
}

/** What a replica rests on, in the words of a list. */
export function assumptionsOf({ plan, setting }: SettledReplica): readonly ServeAssumption[] {
  const { price } = setting;
  return [
    ...plan.assumptions.map(({ what, source, provenance }) => ({ what, source, provenance })),
    ...(price === undefined
      ? []
      : [
          {
            what: `${price.usdPerHour} US dollars per hour of ${price.of === "gpu" ? "a GPU" : setting.host.name}`,
            source: price.source,
            provenance: price.provenance,
          },
        ]),
  ];
}

/** Without chunks a prompt must fit into one step. */
function longPrompts(
  { promptTokens }: RequestTable,
  { service: { prefill }, replica }: ServeQuestion,
): readonly string[] {
  const { batchTokensMax } = replica.setting;
  if (prefill === "chunked") return [];
  const tooLong = promptTokens.reduce((sum, n) => sum + (n > batchTokensMax ? 1 : 0), 0);
  if (tooLong === 0) return [];
  return [
    `${tooLong} prompts are longer than --max-batched-tokens ${batchTokensMax}: with --prefill ${prefill} they are rejected, as vLLM does`,
  ];
}

function classResults(
  requests: RequestTable,
  run: ServingRun,
  { classes: promised }: ServiceSetting,
): readonly ClassResult[] {
  const { classes } = requests;
  if (classes === undefined || classes.names.length < 2) return [];
  return classes.names.map((name, index) => {
    const of = (values: Float64Array): Float64Array =>
      values.filter((_, row) => classes.index[row] === index);
    const only = { ttftS: of(run.ttftS), tpotS: of(run.tpotS), e2eS: of(run.e2eS) };
    const promise = promised.find((one) => one.name === name);
    const targets = { percentile: 1, ...promise };
    const good = only.e2eS.reduce((sum, _, row) => sum + (isGood(only, row, targets) ? 1 : 0), 0);
    return {
      name,
      requests: only.e2eS.length,
      answered: only.e2eS.filter((value) => !Number.isNaN(value)).length,
      ttftS: latencyOf(only.ttftS),
      tpotS: latencyOf(only.tpotS),
      e2eS: latencyOf(only.e2eS),
      goodShare: promise === undefined || only.e2eS.length === 0 ? null : good / only.e2eS.length,
    };
  });
}

function latencyOf(values: Float64Array): LatencySummary {
  const { mean, p50, p95, p99 } = summarizeInPlace(values.filter((value) => !Number.isNaN(value)));
  return { mean, p50, p95, p99 };
}

function answeredPrompts(promptTokens: Int32Array, e2eS: Float64Array): number {
  return promptTokens.reduce(
    (sum, tokens, row) => sum + (Number.isNaN(e2eS[row]!) ? 0 : tokens),
    0,
  );
}

function costOf(
  replica: SettledReplica,
  replicas: number,
  summary: ServingSummary,
  promptTokens: number,
): ServeCost | null {
  const usdPerHour = hourlyCost(replicas, replica);
  const perS = summary.outputTokensPerS;
  if (usdPerHour === null || !(perS > 0)) return null;
  return {
    usdPerHour,
    ...costPerMillion(usdPerHour, { prompt: promptTokens / summary.endS, output: perS }),
    source: replica.setting.price!.source,
  };
}

/** US dollars per million tokens at a rate. @param tokensPerS > 0 */
export function costPerMillion(
  usdPerHour: number,
  tokensPerS: { readonly prompt: number; readonly output: number },
): Pick<ServeCost, "usdPerMillionOutputTokens" | "usdPerMillionTokens"> {
  const per = (rate: number): number => (usdPerHour / 3600 / rate) * 1e6;
  return {
    usdPerMillionOutputTokens: per(tokensPerS.output),
    usdPerMillionTokens: per(tokensPerS.prompt + tokensPerS.output),
  };
}
