import { createCluster } from "../../cluster/cluster.js";
import { createFragmentation, type Fragmentation } from "../../cluster/fragmentation.js";
import type { TypicalPod } from "../../cluster/idle-classes.js";
import type { ClusterView } from "../../cluster/view.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { PlacementContext, PlacementPolicy, PlacementRandom } from "./policy.js";
import { preparePolicyScores, type PolicyScores } from "./policy-scores.js";
import { INFEASIBLE, ShapeScores } from "./shape-scores.js";
import type { PlacementRefusal, Placer } from "./types.js";

/** What `createPlacer` needs besides policy, cluster and shapes. */
export interface PlacerOptions {
  /** Stream of random draws; only policies that draw need it. */
  readonly random?: PlacementRandom;
  /** Typical pods of the workload; only policies that look at fragmentation need them. */
  readonly typicalPods?: readonly TypicalPod[];
  /** Fragmentation already watched for this view, shared instead of watched twice. */
  readonly fragmentation?: Fragmentation;
  /** Only nodes of this partition are candidates; all nodes when absent. */
  readonly partition?: string;
  /** Scores kept over all shapes before the shape used longest ago is dropped; 32 Mi (256 MiB) when absent. */
  readonly scoresMax?: number;
}
const SCORES_MAX = 32 * 1024 * 1024;

/**
 * Compiles a policy for one cluster and one list of pod shapes.
 *
 * Feasibility and scores are kept per shape and node and asked again only for nodes that changed
 * since the shape was last placed.
 *
 * @throws RangeError when the policy draws or looks at fragmentation and the options lack what it needs
 */
export function createPlacer(
  policy: PlacementPolicy,
  view: ClusterView,
  shapes: readonly PodRequest[],
  options: PlacerOptions = {},
): Placer {
  return new CachingPlacer(policy, view, shapes, options);
}

class CachingPlacer implements Placer {
  readonly name: string;
  readonly gpus: Int32Array;
  readonly #policy: PlacementPolicy;
  readonly #view: ClusterView;
  readonly #context: PlacementContext;
  /** Candidate nodes in node order. */
  readonly #nodes: Int32Array;
  /** Position of each node among the candidates; -1 for the others. */
  readonly #positionOf: Int32Array;
  readonly #scores: PolicyScores;
  readonly #caches: (ShapeScores | undefined)[];
  readonly #changed: Int32Array;
  readonly #selectDevices: (node: number, shape: number, out: Int32Array) => void;
  readonly #tests: ((node: number, shape: number) => boolean)[];
  readonly #scoresMax: number;
  #uses = 0;
  #testsOnEmpty: ((node: number, shape: number) => boolean)[] | undefined;
  readonly #neverFits: (boolean | undefined)[];

  constructor(
    policy: PlacementPolicy,
    view: ClusterView,
    shapes: readonly PodRequest[],
    options: PlacerOptions,
  ) {
    this.name = policy.name;
    this.#policy = policy;
    this.#view = view;
    this.gpus = new Int32Array(shapes.reduce((most, { gpuCount }) => Math.max(most, gpuCount), 1));
    this.#context = createContext(policy, view, shapes, options);
    const { partition, scoresMax = SCORES_MAX } = options;
    this.#scoresMax = scoresMax;
    const isCandidate = (node: number): boolean =>
      partition === undefined || (view.spec.nodes[node]!.partition ?? "") === partition;
    this.#nodes = Int32Array.from(view.spec.nodes.map((_node, n) => n).filter(isCandidate));
    this.#positionOf = new Int32Array(view.nodeCount).fill(-1);
    this.#nodes.forEach((node, position) => {
      this.#positionOf[node] = position;
    });
    this.#tests = policy.filters.map((filter) => filter.prepare(this.#context));
    this.#scores = preparePolicyScores(policy, this.#context, this.#nodes);
    this.#selectDevices = policy.deviceSelector.prepare(this.#context);
    this.#caches = new Array<ShapeScores | undefined>(shapes.length);
    this.#neverFits = new Array<boolean | undefined>(shapes.length);
    this.#changed = new Int32Array(view.nodeCount);
  }

  choose(shape: number): number {
    const scores = this.#upToDate(shape);
    if (scores.feasibleCount === 0) return -1;
    // A single feasible node is taken without scoring, as kube does: no random number is drawn for it.
    const position = scores.feasibleCount === 1 ? scores.best() : this.#scores.best(scores, shape);
    const node = this.#nodes[position]!;
    this.#selectDevices(node, shape, this.gpus);
    return node;
  }

  explain(shape: number): PlacementRefusal {
    const { filters } = this.#policy;
    const nodesByFilter: Record<string, number> = {};
    let most = 0;
    let reason = "no node belongs to the partition";
    for (const node of this.#nodes) {
      const refusing = this.#tests.findIndex((test) => !test(node, shape));
      if (refusing < 0) return { reason: "a node can take it now", nodesByFilter: {} };
      const { name } = filters[refusing]!;
      nodesByFilter[name] = (nodesByFilter[name] ?? 0) + 1;
    }
    for (const filter of filters) {
      const refused = nodesByFilter[filter.name] ?? 0;
      if (refused > most) {
        most = refused;
        ({ reason } = filter);
      }
    }
    return { reason, nodesByFilter };
  }

  neverFits(shape: number): boolean {
    const known = this.#neverFits[shape];
    if (known !== undefined) return known;
    if (this.#testsOnEmpty === undefined) {
      const empty: PlacementContext = {
        ...this.#context,
        view: createCluster(this.#view.spec, { anyLayout: true }),
      };
      this.#testsOnEmpty = this.#policy.filters.map((filter) => filter.prepare(empty));
    }
    const tests = this.#testsOnEmpty;
    const fitsSomewhere = this.#nodes.some((node) => tests.every((test) => test(node, shape)));
    this.#neverFits[shape] = !fitsSomewhere;
    return !fitsSomewhere;
  }

  #upToDate(shape: number): ShapeScores {
    const view = this.#view;
    this.#scores.beforePod();
    const scores = this.#caches[shape] ?? this.#openCache(shape);
    this.#uses += 1;
    scores.lastUse = this.#uses;
    if (scores.revision === view.revision) return scores;
    const changed = this.#changed;
    const count = scores.revision < 0 ? -1 : view.changedSince(scores.revision, changed);
    if (count < 0) {
      for (let position = 0; position < this.#nodes.length; position += 1)
        this.#refresh(scores, shape, position);
    } else {
      for (let i = 0; i < count; i += 1) {
        const position = this.#positionOf[changed[i]!]!;
        if (position >= 0) this.#refresh(scores, shape, position);
      }
    }
    scores.revision = view.revision;
    return scores;
  }

  #refresh(scores: ShapeScores, shape: number, position: number): void {
    const node = this.#nodes[position]!;
    for (const test of this.#tests) {
      if (!test(node, shape)) {
        scores.set(position, INFEASIBLE);
        return;
      }
    }
    scores.set(position, this.#scores.cached(node, shape));
  }

  #openCache(shape: number): ShapeScores {
    const kept = this.#caches.filter((cache) => cache !== undefined);
    if (kept.length > 0 && (kept.length + 1) * this.#nodes.length > this.#scoresMax) {
      const oldest = kept.reduce((a, b) => (b.lastUse < a.lastUse ? b : a));
      this.#caches[this.#caches.indexOf(oldest)] = undefined;
    }
    const cache = new ShapeScores(this.#nodes.length);
    this.#caches[shape] = cache;
    return cache;
  }
}

function createContext(
  policy: PlacementPolicy,
  view: ClusterView,
  shapes: readonly PodRequest[],
  options: PlacerOptions,
): PlacementContext {
  let { fragmentation } = options;
  return {
    view,
    shapes,
    random: options.random ?? {
      integerBelow: () => {
        throw new RangeError(
          `placement: policy "${policy.name}" draws random numbers, give it a stream`,
        );
      },
    },
    fragmentation() {
      if (fragmentation === undefined) {
        if (options.typicalPods === undefined) {
          throw new RangeError(
            `placement: policy "${policy.name}" needs the typical pods of the workload`,
          );
        }
        fragmentation = createFragmentation(view, options.typicalPods);
      }
      return fragmentation;
    },
  };
}
