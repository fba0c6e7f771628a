import type { DecoderModel } from "../../performance/llm/decoder-model.js";
import { planReplica, tensorDegrees } from "../../performance/llm/plan-replica.js";
import type { ReplicaHost } from "../../performance/llm/replica-host.js";
import type {
  PlannedReplica,
  RefusedReplica,
  ReplicaParallel,
  ReplicaQuestion,
} from "../../performance/llm/replica-plan.js";
import { TOKENS_PER_BLOCK } from "../../performance/llm/cache-blocks.js";
import { type LatencyGoal, meetsGoals } from "./goals.js";
import { type SteadyQuestion, type SteadyState, steadyState } from "./steady-state.js";

/** What is asked of a model on machines. */
export interface FitQuestion {
  readonly model: DecoderModel;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly goals: readonly LatencyGoal[];
  /** `max_num_batched_tokens` and `max_num_seqs`. */
  readonly batchTokensMax: number;
  readonly requestsMax: number;
  /** Machines at most for one copy of the model. */
  readonly nodesMax: number;
  /** What else the user said of replicas. */
  readonly replica: Pick<
    ReplicaQuestion,
    "stepModel" | "cacheRule" | "cacheBlocks" | "memoryUtilization" | "cacheFormat" | "link"
  >;
  /** A parallelism the user insists on. */
  readonly parallel?: Partial<ReplicaParallel>;
  /** False where only the size of the model is known, so that there is no speed to tell. */
  readonly hasSpeed: boolean;
}

/** One way to put copies of a model on the fewest machines that hold one. */
export interface Layout {
  readonly plan: PlannedReplica;
  readonly nodes: number;
  /** Copies on these machines. */
  readonly replicas: number;
  /** Engines of one copy with a cache of their own: ranks that share experts, else one. */
  readonly enginesPerReplica: number;
  /** Requests of the asked size that fit into the caches of all engines at once, within `max_num_seqs`. */
  readonly concurrencyMax: number;
  readonly cacheTokens: number;
  /** Requests in flight in one engine at which the goals hold, with what it does then; absent without speed or where they never hold. */
  readonly served?: { readonly concurrency: number; readonly state: SteadyState };
  /** Why there is no speed on this machine; absent where there is. */
  readonly noSpeedReason?: string;
  /** One request alone: where goals cannot be met at all this says by how much. */
  readonly alone?: SteadyState;
}

/** What came of looking for layouts on one kind of machine. */
export type LayoutSearch =
  | { readonly kind: "fits"; readonly best: Layout; readonly others: readonly Layout[] }
  | {
      readonly kind: "does-not-fit";
      readonly refusals: readonly RefusedReplica[];
      readonly short: boolean;
    };

/**
 * The best layout on the fewest machines that hold a copy with room for one request of the asked size.
 *
 * Tried are tensor-parallel degrees that divide the heads inside a machine, pipelines over machines, and for models with
 * experts ranks that share them; of those that fit on as few machines the one that serves most requests
 * within the goals is taken.
 */
export function findLayouts(question: FitQuestion, host: ReplicaHost): LayoutSearch {
  const found = searchLayouts(question, host);
  if (found.kind === "fits" || !question.hasSpeed) return found;
  const missing = found.refusals.find(({ rule }) => rule === "missing-figure");
  if (missing === undefined) return found;
  // What speed needs is not known of this GPU; memory is.
  const inMemory = searchLayouts({ ...question, hasSpeed: false }, host);
  if (inMemory.kind === "does-not-fit") return inMemory;
  const { best, others } = inMemory;
  return {
    kind: "fits",
    best: { ...best, noSpeedReason: `${missing.message}: ${missing.help}` },
    others,
  };
}

function searchLayouts(question: FitQuestion, host: ReplicaHost): LayoutSearch {
  const refusals: RefusedReplica[] = [];
  let short = false;
  for (let nodes = 1; nodes <= question.nodesMax; nodes++) {
    const layouts: Layout[] = [];
    for (const parallel of parallelsOn(question, host, nodes)) {
      const plan = planReplica({
        ...question.replica,
        model: question.model,
        host,
        parallel,
        ...(question.hasSpeed ? {} : { needsSpeed: false as const }),
      });
      if (plan.kind === "refused") {
        refusals.push(plan);
        continue;
      }
      const layout = layoutOf(question, host, plan, nodes);
      if (layout.concurrencyMax === 0) short = true;
      else layouts.push(layout);
    }
    layouts.sort((a, b) => compareLayouts(question, a, b));
    const [best, ...others] = layouts;
    if (best !== undefined) return { kind: "fits", best, others };
    if (refusals.some(({ rule }) => rule === "missing-figure")) break;
  }
  return { kind: "does-not-fit", refusals, short };
}

/** Ways to spread one copy over exactly so many machines. */
function parallelsOn(
  { model, parallel: given }: FitQuestion,
  { gpusPerNode, migProfile }: ReplicaHost,
  nodes: number,
): readonly ReplicaParallel[] {
  if (given !== undefined) {
    const whole = { tensor: 1, pipeline: 1, expertRanks: 1, ...given };
    const gpus = whole.tensor * whole.pipeline * whole.expertRanks;
    return Math.ceil(gpus / gpusPerNode) === nodes ? [whole] : [];
  }
  if (migProfile !== undefined)
    return nodes === 1 ? [{ tensor: 1, pipeline: 1, expertRanks: 1 }] : [];
  const degrees = tensorDegrees(model, gpusPerNode);
  const ways: ReplicaParallel[] = [];
  if (nodes === 1) {
    for (const tensor of degrees) ways.push({ tensor, pipeline: 1, expertRanks: 1 });
    // Machines whose GPUs cannot all be one tensor-parallel group hold stages beside each other.
    const widest = degrees.at(-1)!;
    const stages = Math.floor(gpusPerNode / widest);
    if (stages > 1) ways.push({ tensor: widest, pipeline: stages, expertRanks: 1 });
  } else {
    const widest = degrees.at(-1)!;
    const stages = nodes * Math.floor(gpusPerNode / widest);
    ways.push({ tensor: widest, pipeline: stages, expertRanks: 1 });
  }
  if (model.experts !== undefined) {
    const gpus = gpusPerNode * nodes;
    for (const tensor of degrees.slice(0, -1))
      if (gpus % tensor === 0 && gpus > tensor)
        ways.push({ tensor, pipeline: 1, expertRanks: gpus / tensor });
  }
  return ways.filter(({ pipeline }) => pipeline <= model.layers);
}

function layoutOf(
  question: FitQuestion,
  { gpusPerNode }: ReplicaHost,
  plan: PlannedReplica,
  nodes: number,
): Layout {
  const { promptTokens, outputTokens, requestsMax, hasSpeed } = question;
  const enginesPerReplica = plan.parallel.expertRanks;
  const replicas = nodes > 1 ? 1 : Math.floor(gpusPerNode / plan.gpus);
  const perRequest = Math.ceil((promptTokens + outputTokens) / TOKENS_PER_BLOCK);
  const inEngine = Math.min(requestsMax, Math.floor(plan.cacheBlocks / perRequest));
  const engines = replicas * enginesPerReplica;
  const layout: Layout = {
    plan,
    nodes,
    replicas,
    enginesPerReplica,
    concurrencyMax: inEngine * engines,
    cacheTokens: plan.cacheBlocks * TOKENS_PER_BLOCK * engines,
  };
  if (!hasSpeed || inEngine === 0) return layout;
  const served = searchConcurrency(question, plan, inEngine);
  return {
    ...layout,
    alone: stateAt(question, plan, 1, "when-others-end"),
    ...(served === undefined ? {} : { served }),
  };
}

/** What one engine does with so many requests in flight. */
export function stateAt(
  question: Pick<FitQuestion, "promptTokens" | "outputTokens" | "batchTokensMax">,
  { stepTime }: PlannedReplica,
  concurrency: number,
  arrivals: SteadyQuestion["arrivals"],
): SteadyState {
  const { promptTokens, outputTokens, batchTokensMax } = question;
  return steadyState({
    stepTime,
    promptTokens,
    outputTokens,
    batchTokensMax,
    concurrency,
    arrivals,
  });
}

/**
 * The most requests in flight at which the goals hold, by halving: latencies grow with them. Arrivals at random
 * make the number in flight vary as a Poisson variable does (M/G/∞), so with goals its 95 % point has to
 * fit into the cache and to meet them; without goals the cache is kept full.
 */
function searchConcurrency(
  question: FitQuestion,
  plan: PlannedReplica,
  inEngine: number,
): Layout["served"] {
  const { goals } = question;
  if (goals.length === 0)
    return {
      concurrency: inEngine,
      state: stateAt(question, plan, inEngine, "when-others-end"),
    };
  const at = (concurrency: number): SteadyState =>
    stateAt(question, plan, concurrency, "at-random");
  const holds = (concurrency: number): boolean => {
    const crowded = Math.ceil(concurrency + 1.645 * Math.sqrt(concurrency));
    return crowded <= inEngine && meetsGoals(at(crowded), goals);
  };
  if (!holds(1)) {
    if (!meetsGoals(at(1), goals)) return undefined;
    return { concurrency: 1, state: at(1) };
  }
  let low = 1;
  let high = inEngine + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return { concurrency: low, state: at(low) };
}

/** Requests per second of all engines of a layout; 0 where goals never hold. */
export function requestsPerSOf({ served, replicas, enginesPerReplica }: Layout): number {
  return served === undefined ? 0 : served.state.requestsPerS * replicas * enginesPerReplica;
}

/** More requests within the goals first; without speed more room first. */
function compareLayouts({ hasSpeed }: FitQuestion, a: Layout, b: Layout): number {
  const rate = requestsPerSOf(b) - requestsPerSOf(a);
  if (hasSpeed && rate !== 0) return rate;
  return b.concurrencyMax - a.concurrencyMax || a.plan.gpus - b.plan.gpus;
}
