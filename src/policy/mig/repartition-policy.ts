import {
  acceptanceOf,
  nodeKindOf,
  type NodeKind,
} from "../../cluster/partitions/gpu-acceptance.js";
import type { Repartitioning } from "../../cluster/partitions/partitioning.js";
import type { ClusterView } from "../../cluster/view.js";
import type { MigPlacement } from "../../hardware/mig/mig-geometry.js";
import type { PodRequest } from "../../workload/job-table.js";
import { addInstance, fillLayout, type OpenLayout } from "./fill-layout.js";

/** Pods of one shape that wait because nothing is free for them, in the order of the queue. */
export interface WaitingPods {
  readonly request: PodRequest;
  readonly pods: number;
  /** Seconds the first of them has waited. */
  readonly waitedS: number;
}

/** A change the policy asks for. */
export type RepartitionStep =
  | {
      readonly kind: "repartition";
      readonly node: number;
      readonly gpu: number;
      readonly layout: readonly MigPlacement[];
      readonly durationS: number;
    }
  | { readonly kind: "drain"; readonly node: number; readonly gpu: number }
  | { readonly kind: "undrain"; readonly node: number; readonly gpu: number };

/** Decides when idle MIG GPUs get another layout. */
export interface RepartitionPolicy {
  /**
   * What to change now; the caller does it at once, in order.
   *
   * @param waiting what found no room in the decision just made
   */
  steps(waiting: readonly WaitingPods[]): readonly RepartitionStep[];
}

/** A dynamic MIG node. */
interface DynamicNode {
  readonly node: number;
  readonly kind: NodeKind;
  readonly gpus: number;
  readonly rules: Repartitioning;
}

/**
 * Changes layouts towards what waits.
 *
 * For every waiting shape in the order of the queue, as many instances as its pods need and nothing that
 * is being cut already gives: first from GPUs without a busy instance (draining ones before others, then by
 * node and index), each cut so that the waiting shapes get their instances and the rest follows the expected
 * mix. A GPU is cut only when the new layout has more instances for the shape than its present one. When no
 * GPU is idle and the first pod has waited `drainAfterS`, the GPU with the fewest busy instances is
 * drained, if another layout would have more instances for the shape: no pod is placed on it until it is
 * empty. A GPU that drains for nobody any more goes back into
 * service. Never touches a GPU with a busy instance.
 *
 * @param weights expected mix by node: instance-seconds by profile
 */
export function createRepartitionPolicy(
  view: ClusterView,
  weights: (node: number) => readonly number[],
): RepartitionPolicy {
  const nodes = view.spec.nodes.flatMap((spec, node): DynamicNode[] =>
    spec.partitioning?.mode === "mig" && spec.partitioning.repartitioning !== undefined
      ? [
          {
            node,
            kind: nodeKindOf(spec),
            gpus: spec.gpuCount,
            rules: spec.partitioning.repartitioning,
          },
        ]
      : [],
  );
  return {
    steps(waiting) {
      const planned = new Plan(view, nodes, weights, waiting);
      for (let index = 0; index < waiting.length; index += 1) planned.serve(index);
      planned.undrain();
      return planned.steps;
    },
  };
}

/** One round of decisions. */
class Plan {
  readonly steps: RepartitionStep[] = [];
  /** Pods of each waiting shape that nothing is planned for yet. */
  private readonly open: number[];
  /** GPUs a step names already. */
  private readonly named = new Set<number>();
  private readonly changingOn = new Map<number, number>();

  constructor(
    private readonly view: ClusterView,
    private readonly nodes: readonly DynamicNode[],
    private readonly weights: (node: number) => readonly number[],
    private readonly waiting: readonly WaitingPods[],
  ) {
    this.open = waiting.map(({ request, pods }) => pods * request.gpuCount);
    for (const { node, gpus } of nodes) {
      let changing = 0;
      for (let gpu = 0; gpu < gpus; gpu += 1)
        if (view.partitions.serviceOf(node, gpu) !== "in-service") changing += 1;
      this.changingOn.set(node, changing);
    }
    this.countComing();
  }

  serve(index: number): void {
    const { request } = this.waiting[index]!;
    for (const isDraining of [true, false]) {
      for (const node of this.nodes) {
        if (!this.couldHost(node, request)) continue;
        for (let gpu = 0; gpu < node.gpus && this.open[index]! > 0; gpu += 1)
          if (this.isIdle(node, gpu, isDraining)) this.cut(node, gpu, index);
      }
    }
    if (this.open[index]! > 0) this.drainFor(index);
  }

  /** Puts GPUs back into service that drain and that nobody waits for any more. */
  undrain(): void {
    const isWantedOn = (node: DynamicNode): boolean =>
      this.waiting.some(
        ({ request }, index) => this.open[index]! > 0 && this.couldHost(node, request),
      );
    for (const node of this.nodes) {
      for (let gpu = 0; gpu < node.gpus; gpu += 1) {
        const isDraining = this.view.partitions.serviceOf(node.node, gpu) === "draining";
        if (!isDraining || this.named.has(key(node.node, gpu)) || isWantedOn(node)) continue;
        this.steps.push({ kind: "undrain", node: node.node, gpu });
      }
    }
  }

  /** Takes off what the GPUs being cut now will give. */
  private countComing(): void {
    for (const { node, kind, gpus } of this.nodes) {
      for (let gpu = 0; gpu < gpus; gpu += 1) {
        if (this.view.partitions.serviceOf(node, gpu) !== "repartitioning") continue;
        const coming = this.view.partitions.nextLayoutOf(node, gpu);
        this.takeOff(kind, coming);
      }
    }
  }

  /** Takes the instances of a layout off what waits, in order of the queue. */
  private takeOff(kind: NodeKind, layout: readonly MigPlacement[]): void {
    const { profiles } = kind.table!.geometry;
    const left = layout.map(({ profile }) => profiles.findIndex(({ name }) => name === profile));
    this.waiting.forEach(({ request }, index) => {
      const accepted = acceptanceOf(request, kind).profiles;
      for (let at = left.length - 1; at >= 0 && this.open[index]! > 0; at -= 1) {
        if (!accepted.includes(left[at]!)) continue;
        left.splice(at, 1);
        this.open[index]! -= 1;
      }
    });
  }

  private couldHost({ node, kind }: DynamicNode, request: PodRequest): boolean {
    const { view } = this;
    if (
      request.gpuModels.length > 0 &&
      !request.gpuModels.includes(view.spec.nodes[node]!.gpuModel)
    )
      return false;
    return (
      view.podsFree[node]! >= 1 &&
      view.cpuMilliFree[node]! >= request.cpuMilli &&
      view.memoryBytesFree[node]! >= request.memoryBytes &&
      acceptanceOf(request, kind).profiles.length > 0
    );
  }

  private isIdle({ node, rules }: DynamicNode, gpu: number, isDraining: boolean): boolean {
    const { partitions } = this.view;
    if (this.named.has(key(node, gpu)) || partitions.busyPartsOf(node, gpu) > 0) return false;
    if (this.isClosed(node, gpu)) return false;
    const service = partitions.serviceOf(node, gpu);
    if (isDraining) return service === "draining";
    return service === "in-service" && this.changingOn.get(node)! < rules.gpusAtOnceMax;
  }

  private cut(dynamic: DynamicNode, gpu: number, index: number): void {
    const { node, kind, rules } = dynamic;
    const layout = this.layoutFor(node, kind, index);
    if (this.gain(dynamic, gpu, index, layout) > 0) {
      this.name(node, gpu);
      this.steps.push({ kind: "repartition", node, gpu, layout, durationS: rules.durationS });
      this.takeOff(kind, layout);
    } else if (this.view.partitions.serviceOf(node, gpu) === "draining") {
      // It has what waits by now: as it is, it serves at once.
      this.name(node, gpu);
      this.steps.push({ kind: "undrain", node, gpu });
      this.takeOff(kind, this.view.partitions.instancesOf(node, gpu));
    }
    // Else an idle GPU that has the instances already lacks something else; cutting it anew would not help.
  }

  /** How many more instances that will do for a waiting shape a GPU would have, busy ones counted. */
  private gain(
    { node, kind }: DynamicNode,
    gpu: number,
    index: number,
    layout: readonly MigPlacement[],
  ): number {
    const { profiles } = kind.table!.geometry;
    const names = acceptanceOf(this.waiting[index]!.request, kind).profiles.map(
      (profile) => profiles[profile]!.name,
    );
    const usable = (placements: readonly { readonly profile: string }[]): number =>
      placements.filter(({ profile }) => names.includes(profile)).length;
    return usable(layout) - usable(this.view.partitions.instancesOf(node, gpu));
  }

  /** Instances for what waits, from `index` on in queue order, and the expected mix for the rest. */
  private layoutFor(node: number, kind: NodeKind, index: number): readonly MigPlacement[] {
    const table = kind.table!;
    const layout: OpenLayout = { placements: [], occupancy: 0 };
    this.waiting.slice(index).forEach(({ request }, offset) => {
      const [preferred, ...others] = acceptanceOf(request, kind).profiles;
      if (preferred === undefined) return;
      let wanted = this.open[index + offset]!;
      while (wanted > 0 && addInstance(table, layout, preferred)) wanted -= 1;
      for (const profile of others)
        while (wanted > 0 && addInstance(table, layout, profile)) wanted -= 1;
    });
    const weights = this.weights(node);
    const counts = table.geometry.profiles.map(
      ({ name }) => layout.placements.filter(({ profile }) => profile === name).length,
    );
    fillLayout(table, layout, weights, counts);
    return layout.placements;
  }

  /** Instances a shape may hope for from GPUs that drain already. */
  private hopedFor(request: PodRequest): number {
    let instances = 0;
    for (const dynamic of this.nodes) {
      const { node, gpus, kind } = dynamic;
      if (!this.couldHost(dynamic, request)) continue;
      const preferred = acceptanceOf(request, kind).profiles[0]!;
      for (let gpu = 0; gpu < gpus; gpu += 1)
        if (this.view.partitions.serviceOf(node, gpu) === "draining")
          instances += kind.table!.geometry.profiles[preferred]!.instancesMax;
    }
    return instances;
  }

  private drainFor(index: number): void {
    const { request, waitedS } = this.waiting[index]!;
    if (this.hopedFor(request) >= this.open[index]!) return;
    let best: { readonly node: number; readonly gpu: number; readonly busy: number } | undefined;
    for (const dynamic of this.nodes) {
      const { node, gpus, rules } = dynamic;
      const { drainAfterS, gpusAtOnceMax } = rules;
      if (drainAfterS === undefined || waitedS < drainAfterS) continue;
      if (this.changingOn.get(node)! >= gpusAtOnceMax || !this.couldHost(dynamic, request))
        continue;
      const layout = this.layoutFor(node, dynamic.kind, index);
      for (let gpu = 0; gpu < gpus; gpu += 1) {
        const busy = this.view.partitions.busyPartsOf(node, gpu);
        const isInService = this.view.partitions.serviceOf(node, gpu) === "in-service";
        if (!isInService || busy === 0 || this.named.has(key(node, gpu))) continue;
        if (this.isClosed(node, gpu)) continue;
        if (this.gain(dynamic, gpu, index, layout) <= 0) continue;
        if (best === undefined || busy < best.busy) best = { node, gpu, busy };
      }
    }
    if (best === undefined) return;
    this.name(best.node, best.gpu);
    this.steps.push({ kind: "drain", node: best.node, gpu: best.gpu });
  }

  /** Broken, or taken out of service by something else. */
  private isClosed(node: number, gpu: number): boolean {
    const { nodeClosed, gpuClosed, gpuOffset } = this.view;
    return nodeClosed[node] === 1 || gpuClosed[gpuOffset[node]! + gpu] === 1;
  }

  private name(node: number, gpu: number): void {
    this.named.add(key(node, gpu));
    if (this.view.partitions.serviceOf(node, gpu) === "in-service")
      this.changingOn.set(node, this.changingOn.get(node)! + 1);
  }
}

/** One number per GPU; nodes have far fewer than 1,024. */
function key(node: number, gpu: number): number {
  return node * 1024 + gpu;
}
