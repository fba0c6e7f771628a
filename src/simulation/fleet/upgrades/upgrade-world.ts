import type { Agenda, Appointment } from "./agenda.js";
import type { CourseWorld, DrainEnd } from "./course-world.js";
import {
  chooseNode,
  createNode,
  putOn,
  takeOff,
  type NodeState,
  type Pod,
  type PoolNode,
} from "./pool-nodes.js";
import { slotsText } from "./slots.js";
import type { Slots, UpgradeSpec } from "./upgrade-spec.js";

/** Pods that find a place together or not at all. */
export interface PodGroup {
  readonly pods: readonly Pod[];
  /** Called when all have a place. */
  placed(): void;
}

/** The pool while it is upgraded: nodes, pods, and who waits for a place. */
export interface UpgradeWorld extends CourseWorld {
  readonly spec: UpgradeSpec;
  readonly agenda: Agenda;
  readonly nodes: readonly PoolNode[];
  readonly waiting: ReadonlySet<PodGroup>;
  /** Looks for places, now and whenever there is new room. */
  seek(group: PodGroup): void;
  /** A pod is gone for good. */
  leave(pod: Pod): void;
  /** Blocked evictions may be possible now. */
  retryEvictions(): void;
  /** Something that figures show has changed. */
  touch(): void;
}

interface Drain {
  readonly ended: (end: DrainEnd) => void;
  readonly timer: Appointment;
}

/** What the world tells. */
export interface WorldEars {
  /** Once at the end of every instant in which something changed. */
  readonly changed: () => void;
  readonly stateSet: (node: PoolNode, before: NodeState) => void;
  readonly logged: (what: string) => void;
}

/** Creates the pool with its nodes, open and empty. */
export function createUpgradeWorld(
  spec: UpgradeSpec,
  agenda: Agenda,
  ears: WorldEars,
): UpgradeWorld {
  return new World(spec, agenda, ears);
}

class World implements UpgradeWorld {
  readonly nodes: PoolNode[];
  readonly waiting = new Set<PodGroup>();
  readonly touch: () => void;
  readonly retryEvictions: () => void;
  private readonly place: () => void;
  private readonly drains = new Map<PoolNode, Drain>();

  constructor(
    readonly spec: UpgradeSpec,
    readonly agenda: Agenda,
    private readonly ears: WorldEars,
  ) {
    const { nodes, name, slots } = spec.pool;
    const digits = Math.max(3, String(nodes - 1).length);
    this.nodes = Array.from({ length: nodes }, (_, index) =>
      createNode(`${name}-${String(index).padStart(digits, "0")}`, slots, "open", false),
    );
    this.touch = oncePerInstant(agenda, "sample", ears.changed);
    this.place = oncePerInstant(agenda, "decide", () => {
      placeWaiting(this.nodes, this.waiting, spec.placement);
    });
    this.retryEvictions = oncePerInstant(agenda, "decide", () => {
      for (const node of this.drains.keys()) evictAll(node);
    });
  }

  addNode(name: string, state: NodeState, isNew: boolean): PoolNode {
    const node = createNode(name, isNew ? this.newSlots() : this.spec.pool.slots, state, isNew);
    this.nodes.push(node);
    return node;
  }

  setState(node: PoolNode, state: NodeState): void {
    const before = node.state;
    node.state = state;
    this.ears.stateSet(node, before);
    this.touch();
    if (state === "open") this.place();
  }

  renew(node: PoolNode): void {
    node.isNew = true;
    node.free = { ...this.newSlots() };
    this.setState(node, "open");
  }

  seek(group: PodGroup): void {
    this.waiting.add(group);
    this.touch();
    this.place();
  }

  leave(pod: Pod): void {
    const { node } = pod;
    takeOff(pod);
    this.touch();
    if (node === undefined) return;
    if (node.state === "open") this.place();
    else this.endIfEmpty(node);
  }

  drain(node: PoolNode, timeoutS: number, ended: (end: DrainEnd) => void): void {
    this.setState(node, "draining");
    const timer = this.agenda.after(timeoutS, "sample", () => {
      this.drains.delete(node);
      ended({ kind: "timeout", holdouts: holdoutsOf(node) });
    });
    this.drains.set(node, { ended, timer });
    evictAll(node);
    // Later in this instant, so that the caller is through before it is told.
    this.agenda.after(0, "release", () => {
      this.endIfEmpty(node);
    });
  }

  giveUpDrains(): void {
    for (const { timer } of this.drains.values()) this.agenda.cancel(timer);
    this.drains.clear();
  }

  discard(node: PoolNode): void {
    const pods = [...node.pods];
    this.setState(node, "gone");
    for (const pod of pods) pod.owner.kill(pod);
  }

  withoutPlace(): readonly string[] {
    return waitingNames(this);
  }

  log(what: string): void {
    this.ears.logged(what);
  }

  private newSlots(): Slots {
    return this.spec.pool.slotsAfter ?? this.spec.pool.slots;
  }

  private endIfEmpty(node: PoolNode): void {
    const drain = this.drains.get(node);
    if (drain === undefined || node.pods.size > 0) return;
    this.drains.delete(node);
    this.agenda.cancel(drain.timer);
    drain.ended({ kind: "empty" });
  }
}

function evictAll({ pods }: PoolNode): void {
  for (const pod of [...pods]) pod.owner.evict(pod);
}

/** Runs an action at most once in an instant, in its phase. */
function oncePerInstant(
  agenda: Agenda,
  phase: "decide" | "sample",
  action: () => void,
): () => void {
  let isArranged = false;
  return () => {
    if (isArranged) return;
    isArranged = true;
    agenda.after(0, phase, () => {
      isArranged = false;
      action();
    });
  };
}

/** Gives places to groups in order of their workloads, then of when they came. A kind that finds none is not asked for again. */
export function placeWaiting(
  nodes: readonly PoolNode[],
  waiting: Set<PodGroup>,
  placement: "pack" | "spread",
): void {
  const rankOf = ({ pods }: PodGroup): number => pods[0]!.owner.rank;
  const groups = [...waiting].sort((left, right) => rankOf(left) - rankOf(right));
  const hopeless = new Set<number>();
  for (const group of groups) {
    if (hopeless.has(rankOf(group))) continue;
    if (placeGroup(nodes, group, placement)) {
      waiting.delete(group);
      group.placed();
    } else hopeless.add(rankOf(group));
  }
}

function placeGroup(
  nodes: readonly PoolNode[],
  { pods }: PodGroup,
  placement: "pack" | "spread",
): boolean {
  for (const [index, pod] of pods.entries()) {
    const node = chooseNode(nodes, pod.slots, placement);
    if (node === undefined) {
      for (const placed of pods.slice(0, index)) takeOff(placed);
      return false;
    }
    putOn(node, pod);
  }
  return true;
}

/** For a sentence: which pods are still on a node and why. */
function holdoutsOf(node: PoolNode): string {
  const reasons = new Map<string, number>();
  for (const pod of node.pods) {
    const why = pod.owner.evict(pod) ?? "has been told to end and has not";
    const reason = `${pod.owner.name} (${slotsText(pod.slots)}) ${why}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return [...reasons]
    .map(([reason, count]) => (count === 1 ? `a pod of ${reason}` : `${count} pods of ${reason}`))
    .join("; ");
}

/** Names of workloads without a place, with how many of their groups. */
export function waitingNames({ waiting }: UpgradeWorld): readonly string[] {
  const counts = new Map<string, number>();
  for (const { pods } of waiting) {
    const { name } = pods[0]!.owner;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
}
