import { InvariantError } from "../../base/assert.js";
import {
  SCORE_MAX,
  type PlacementContext,
  type PlacementPolicy,
  type PreparedScorer,
} from "./policy.js";
import type { ShapeScores } from "./shape-scores.js";

/** The scorers of a policy, prepared and weighted. */
export interface PolicyScores {
  /** Lets the scorers catch up with the cluster. */
  beforePod(): void;
  /** Weighted sum of the scores that may be kept until the node changes. */
  cached(node: number, shape: number): number;
  /** Position of the best of at least two feasible candidates. */
  best(scores: ShapeScores, shape: number): number;
}

interface Part {
  readonly name: string;
  readonly weight: number;
  readonly normalize: "min-max" | undefined;
  readonly isCacheable: boolean;
  readonly prepared: PreparedScorer;
}

/**
 * Prepares the scorers of a policy for candidate nodes given in node order.
 *
 * Scores that depend on the node alone are summed once and kept with the shape; random and min-max
 * scores are added for every pod over the feasible nodes.
 *
 * @throws RangeError when a weight is not a finite number > 0
 */
export function preparePolicyScores(
  policy: PlacementPolicy,
  context: PlacementContext,
  nodes: Int32Array,
): PolicyScores {
  const parts = policy.scorers.map(({ weight, scorer }): Part => {
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new RangeError(
        `placement: weight of ${scorer.name} must be a number > 0, got ${weight}`,
      );
    }
    return {
      name: scorer.name,
      weight,
      normalize: scorer.normalize,
      isCacheable: scorer.cacheable ?? true,
      prepared: scorer.prepare(context),
    };
  });
  // Stretching whole-number scores of one scorer keeps their order: it can be left out.
  const isAlone = parts.length === 1;
  const kept = parts.filter(
    (part) => part.isCacheable && (part.normalize === undefined || isAlone),
  );
  const perPod = parts.filter((part) => !kept.includes(part));
  const hooks = parts.flatMap(({ prepared }) =>
    prepared.beforePod === undefined ? [] : [prepared],
  );
  const total = perPodTotals(perPod, context, nodes, isAlone);
  return {
    beforePod() {
      for (const hook of hooks) hook.beforePod!();
    },
    cached(node, shape) {
      let sum = 0;
      for (const part of kept) sum += part.weight * checkedScore(part, node, shape, context);
      return sum;
    },
    best: perPod.length === 0 ? (scores) => scores.best() : total,
  };
}

function perPodTotals(
  parts: readonly Part[],
  context: PlacementContext,
  nodes: Int32Array,
  isAlone: boolean,
): (scores: ShapeScores, shape: number) => number {
  const positions = new Int32Array(nodes.length);
  const feasible = new Int32Array(nodes.length);
  const sums = new Float64Array(nodes.length);
  const own = new Float64Array(nodes.length);
  return (scores, shape) => {
    const count = scores.feasibleCount;
    scores.feasible(positions);
    for (let i = 0; i < count; i += 1) feasible[i] = nodes[positions[i]!]!;
    for (const part of parts) {
      const first = part.prepared.seeFeasible?.(feasible, count);
      if (isAlone && first !== undefined) return positions[first]!;
    }
    for (let i = 0; i < count; i += 1) sums[i] = scores.at(positions[i]!);
    for (const part of parts) {
      for (let i = 0; i < count; i += 1) own[i] = checkedScore(part, feasible[i]!, shape, context);
      if (part.normalize === "min-max") stretch(own, count);
      for (let i = 0; i < count; i += 1) sums[i]! += part.weight * own[i]!;
    }
    let best = 0;
    for (let i = 1; i < count; i += 1) if (sums[i]! > sums[best]!) best = i;
    return positions[best]!;
  };
}

function stretch(scores: Float64Array, count: number): void {
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = 0; i < count; i += 1) {
    lowest = Math.min(lowest, scores[i]!);
    highest = Math.max(highest, scores[i]!);
  }
  const range = highest - lowest;
  for (let i = 0; i < count; i += 1) {
    scores[i] = range === 0 ? 0 : Math.floor(((scores[i]! - lowest) * SCORE_MAX) / range);
  }
}

/** @throws InvariantError when a scorer leaves its range: a bug in the scorer, named here */
function checkedScore(part: Part, node: number, shape: number, { view }: PlacementContext): number {
  const score = part.prepared.score(node, shape);
  const isInRange = score >= 0 && score <= SCORE_MAX;
  if (!isInRange || (part.normalize === "min-max" && !Number.isInteger(score))) {
    const rule = part.normalize === "min-max" ? "a whole number 0..100" : "a number 0..100";
    throw new InvariantError(
      `placement: scorer "${part.name}" gave ${score} for node ${node} "${view.spec.nodes[node]!.name}", must be ${rule}`,
    );
  }
  return score;
}
