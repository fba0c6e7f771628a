import { nodesOf, type SurgePlan } from "./plan-surge.js";
import type { CourseNode, CourseWorld } from "./course-world.js";
import type { RollingStrategy } from "./upgrade-spec.js";
import type { UpgradeEnd } from "./upgrade-result.js";

/** What a course tells when it is over. */
export type CourseEnded = (end: UpgradeEnd, why: string) => void;

/** Nodes of a course that are done, and those it left alone. */
export interface CourseState {
  readonly changed: number;
  readonly blocked: readonly string[];
  /** Nodes that were added, replacements included. */
  readonly added: number;
}

/** How a rolling upgrade goes about it, once that is settled. */
export type RollingPlan = Exclude<SurgePlan, { course: "none" }>;

/**
 * Takes the nodes of a pool through a change, so many at once: surge nodes first, then batch by batch cordon and
 * drain, soak, change; a changed node is the buffer of the next batch. Surge nodes go at the end.
 *
 * @see MicrosoftDocs/azure-aks-docs articles/aks/upgrade-aks-node-pools-rolling.md
 */
export function startRolling(
  world: CourseWorld,
  strategy: RollingStrategy,
  plan: RollingPlan,
  ended: CourseEnded,
): CourseState {
  const course = new RollingCourse(world, strategy, plan, ended);
  course.start();
  return course;
}

class RollingCourse implements CourseState {
  readonly blocked: string[] = [];
  changed = 0;
  added = 0;
  private isStopped = false;
  private readonly queue: CourseNode[];
  private readonly blockedMax: number;
  private readonly spec: CourseWorld["spec"];

  constructor(
    private readonly world: CourseWorld,
    private readonly strategy: RollingStrategy,
    private readonly plan: RollingPlan,
    private readonly ended: CourseEnded,
  ) {
    this.spec = world.spec;
    this.queue = [...world.nodes];
    const tolerated = strategy.maxBlockedNodes ?? { count: Math.max(1, plan.surge) };
    this.blockedMax = nodesOf(tolerated, this.spec.pool.nodes);
  }

  start(): void {
    let starting = this.plan.surge;
    if (starting === 0) this.nextBatch();
    for (let index = 0; index < this.plan.surge; index += 1)
      this.addNode(() => {
        starting -= 1;
        if (starting === 0) this.nextBatch();
      });
  }

  private nextBatch(): void {
    const batch = this.queue.splice(0, this.plan.atOnce);
    if (batch.length === 0) {
      this.removeSurge();
      return;
    }
    let left = batch.length;
    for (const node of batch)
      this.take(node, () => {
        left -= 1;
        if (left === 0) this.nextBatch();
      });
  }

  private take(node: CourseNode, nodeDone: () => void): void {
    const { world, strategy } = this;
    world.log(`${node.name} is cordoned and drained`);
    world.drain(node, strategy.drainTimeoutS, (end) => {
      if (end.kind === "timeout") this.leaveOrReplace(node, end.holdouts, nodeDone);
      else if (end.kind === "gone") this.passBy(node, nodeDone);
      else
        world.agenda.after(strategy.soakS, "release", () => {
          this.change(node, nodeDone);
        });
    });
  }

  private change(node: CourseNode, nodeDone: () => void): void {
    const { world } = this;
    if (this.isStopped) return;
    world.setState(node, "changing");
    world.agenda.after(this.spec.times.changeS, "release", () => {
      this.changed += 1;
      world.renew(node);
      if (!this.isStopped) nodeDone();
    });
  }

  /** What replaces a machine that is no more comes with the new version. */
  private passBy(node: CourseNode, nodeDone: () => void): void {
    if (this.isStopped) return;
    this.world.log(`${node.name} is no more and needs no change`);
    this.changed += 1;
    nodeDone();
  }

  private leaveOrReplace(node: CourseNode, holdouts: string, nodeDone: () => void): void {
    const { world, strategy, blocked } = this;
    if (this.isStopped) return;
    if (strategy.undrainable === "stop" || blocked.length >= this.blockedMax) {
      this.stop(node, holdouts);
      return;
    }
    blocked.push(node.name);
    if (strategy.undrainable === "cordon") {
      world.log(`${node.name} is left alone (quarantined): ${holdouts}`);
      world.setState(node, "blocked");
      nodeDone();
      return;
    }
    world.log(`${node.name} is deleted with its pods and replaced: ${holdouts}`);
    world.discard(node);
    this.addNode(() => {
      this.changed += 1;
      if (!this.isStopped) nodeDone();
    });
  }

  private addNode(opened: () => void): void {
    const { world } = this;
    const node = world.addNode(`${this.spec.pool.name}-surge-${this.added}`, "starting", true);
    this.added += 1;
    world.agenda.after(this.spec.times.bootS, "release", () => {
      world.setState(node, "open");
      opened();
    });
  }

  private removeSurge(): void {
    const { world, strategy } = this;
    // A node that is left alone takes no pods: its buffer stays in its place.
    const stays = strategy.undrainable === "cordon" ? this.blocked.length : 0;
    const leaving = world.nodes
      .filter(({ state, isNew }) => state === "open" && isNew)
      .map((node, index) => ({ node, index }))
      .sort((left, right) => left.node.pods.size - right.node.pods.size || right.index - left.index)
      .slice(0, Math.max(0, this.plan.surge - stays));
    let left = leaving.length;
    if (left === 0) this.finish();
    for (const { node } of leaving) {
      world.drain(node, strategy.drainTimeoutS, (end) => {
        if (this.isStopped) return;
        if (end.kind === "timeout") {
          this.stop(node, end.holdouts);
          return;
        }
        world.setState(node, "gone");
        left -= 1;
        if (left === 0) this.finish();
      });
    }
  }

  private finish(): void {
    const { nodes } = this.spec.pool;
    const names = this.blocked.join(", ");
    if (this.blocked.length > 0 && this.strategy.undrainable === "cordon")
      this.ended(
        "done-with-blocked-nodes",
        `${this.changed} of ${nodes} nodes were changed; ${names} could not be drained and keep the old version`,
      );
    else this.ended("done", `all ${nodes} nodes were changed`);
  }

  private stop(node: CourseNode, holdouts: string): void {
    this.isStopped = true;
    this.world.giveUpDrains();
    const time = minutes(this.strategy.drainTimeoutS);
    this.ended(
      "stopped",
      `${node.name} was not empty after ${time} of draining: ${holdouts}${withoutPlace(this.world)}`,
    );
  }
}

/** For a sentence: "30 min". */
export function minutes(seconds: number): string {
  return `${Number((seconds / 60).toPrecision(3))} min`;
}

/** For the end of a sentence: who has no place, which is mostly why the others may not go. */
export function withoutPlace(world: CourseWorld): string {
  const names = world.withoutPlace();
  if (names.length === 0) return "";
  return `. No node that takes pods has room for what was evicted before: ${names.join(", ")}`;
}
