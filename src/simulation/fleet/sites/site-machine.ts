import type { RandomStream } from "../../../engine/streams.js";
import { canForm, poolIsUp, votesAfterLoss } from "./site-votes.js";
import type { Site } from "./site-set.js";
import type { SiteChange } from "./site-timeline.js";

/** Why a site is down. */
export const DOWN_CAUSES = ["power", "nodes", "data", "redeploy", "starting"] as const;

/** One of them. */
export type DownCause = (typeof DOWN_CAUSES)[number];

/** The nodes of one site: who is up, who votes, whose data are current, and so whether the site is up. */
export interface SiteMachine {
  readonly isUp: boolean;
  /** Why not; meaningless while it is up. */
  readonly downCause: DownCause;
  readonly hasLink: boolean;
  /** True from the limit of offline time on until the link is back. */
  readonly isExpired: boolean;
  /** All nodes up and their data current. */
  readonly isWhole: boolean;
  isRunning(node: number): boolean;
  /** Since when a node and its site have both been up; Infinity while one of them is not. */
  upSinceS(node: number): number;
  /** True when what runs on a node began after the limit of offline time, and so may not start. */
  isBarred(node: number): boolean;
  /** When something happens by itself: a node has booted, data are current, a limit is reached. */
  readonly nextS: number;
  /** Lets pass what happens by itself at this moment. */
  settle(nowS: number): void;
  /** Something from outside. */
  change(change: SiteChange): void;
  /** Takes a node out for planned work until then. */
  takeNode(node: number, nowS: number, untilS: number): void;
}

/** The states of the nodes of one site; 1 is true. */
interface NodeStates {
  readonly failed: Uint8Array;
  /** Planned work until then; 0 without any. */
  readonly takenUntilS: Float64Array;
  /** Boots until then; 0 when it is not booting. */
  readonly bootsUntilS: Float64Array;
  readonly running: Uint8Array;
  readonly stale: Uint8Array;
  readonly leftS: Float64Array;
  /** Rebuilding still to be done, seconds. */
  readonly rebuildS: Float64Array;
  readonly upSinceS: Float64Array;
  readonly barred: Uint8Array;
}

/** Starts with every node up, data current and the link there. */
export function createSiteMachine(site: Site, coin: RandomStream): SiteMachine {
  return new Machine(site, coin);
}

class Machine implements SiteMachine {
  isUp = true;
  downCause: DownCause = "nodes";
  hasLink = true;
  isExpired = false;
  private readonly nodes: number;
  private readonly states: NodeStates;
  private hasPower = true;
  private formed = true;
  private members: number;
  private linkAwaySinceS = Infinity;
  private redeployUntilS = 0;
  private rebuildAtS = 0;

  constructor(
    private readonly site: Site,
    private readonly coin: RandomStream,
  ) {
    this.nodes = site.template.nodes;
    this.members = this.nodes;
    const bytes = (value: number): Uint8Array => new Uint8Array(this.nodes).fill(value);
    const doubles = (): Float64Array => new Float64Array(this.nodes);
    this.states = {
      failed: bytes(0),
      takenUntilS: doubles(),
      bootsUntilS: doubles(),
      running: bytes(1),
      stale: bytes(0),
      leftS: doubles(),
      rebuildS: doubles(),
      upSinceS: doubles(),
      barred: bytes(0),
    };
  }

  isRunning(node: number): boolean {
    return this.states.running[node] === 1;
  }

  upSinceS(node: number): number {
    return this.isUp && this.isRunning(node) ? this.states.upSinceS[node]! : Infinity;
  }

  isBarred(node: number): boolean {
    return this.states.barred[node] === 1;
  }

  get isWhole(): boolean {
    const { running, stale } = this.states;
    for (let node = 0; node < this.nodes; node++)
      if (running[node] === 0 || stale[node] === 1) return false;
    return this.isUp;
  }

  get nextS(): number {
    const { takenUntilS, bootsUntilS, running, stale, rebuildS } = this.states;
    let nextS = Infinity;
    const consider = (timeS: number): void => {
      if (timeS < nextS) nextS = timeS;
    };
    for (let node = 0; node < this.nodes; node++) {
      if (takenUntilS[node]! > 0) consider(takenUntilS[node]!);
      if (bootsUntilS[node]! > 0) consider(bootsUntilS[node]!);
      if (this.isUp && running[node] === 1 && stale[node] === 1)
        consider(this.rebuildAtS + rebuildS[node]!);
    }
    if (this.redeployUntilS > 0) consider(this.redeployUntilS);
    if (!this.hasLink && !this.isExpired)
      consider(this.linkAwaySinceS + this.site.template.offlineLimitS);
    return nextS;
  }

  settle(nowS: number): void {
    this.passRebuilding(nowS);
    const { takenUntilS, bootsUntilS } = this.states;
    for (let node = 0; node < this.nodes; node++) {
      // Planned work ends with a node that is up: its restart is part of the work.
      if (takenUntilS[node]! > 0 && takenUntilS[node]! <= nowS) takenUntilS[node] = 0;
      if (bootsUntilS[node]! > 0 && bootsUntilS[node]! <= nowS) bootsUntilS[node] = 0;
    }
    if (this.redeployUntilS > 0 && this.redeployUntilS <= nowS) this.redeployUntilS = 0;
    if (!this.hasLink && this.linkAwaySinceS + this.site.template.offlineLimitS <= nowS)
      this.isExpired = true;
    this.update(nowS);
  }

  change({ timeS, kind, node }: SiteChange): void {
    this.passRebuilding(timeS);
    const { failed } = this.states;
    if (kind === "node-fails") {
      failed[node] = 1;
      this.states.bootsUntilS[node] = 0;
    } else if (kind === "node-repaired") {
      failed[node] = 0;
      this.boot(node, timeS);
    } else if (kind === "power-off") {
      this.hasPower = false;
      this.states.bootsUntilS.fill(0);
    } else if (kind === "power-on") {
      this.hasPower = true;
      for (let each = 0; each < this.nodes; each++) this.boot(each, timeS);
    } else this.changeLink(kind === "link-on", timeS);
    this.update(timeS);
  }

  takeNode(node: number, nowS: number, untilS: number): void {
    this.passRebuilding(nowS);
    this.states.takenUntilS[node] = untilS;
    this.update(nowS);
  }

  private boot(node: number, nowS: number): void {
    if (this.states.failed[node] === 1 || !this.hasPower) return;
    // 0 would mean that it is not booting at all.
    if (this.site.template.bootS > 0)
      this.states.bootsUntilS[node] = nowS + this.site.template.bootS;
  }

  private changeLink(isBack: boolean, nowS: number): void {
    this.hasLink = isBack;
    this.linkAwaySinceS = isBack ? Infinity : nowS;
    if (!isBack) return;
    const { redeployS } = this.site.template;
    if (this.isExpired && redeployS !== undefined) this.redeployUntilS = nowS + redeployS;
    this.isExpired = false;
    const { barred, upSinceS } = this.states;
    for (let node = 0; node < this.nodes; node++) {
      if (barred[node] === 1) upSinceS[node] = nowS;
      barred[node] = 0;
    }
  }

  private passRebuilding(nowS: number): void {
    const { running, stale, rebuildS } = this.states;
    const passedS = nowS - this.rebuildAtS;
    if (this.isUp) {
      for (let node = 0; node < this.nodes; node++) {
        if (running[node] === 0 || stale[node] === 0) continue;
        // The end was asked for as a sum: a rest far below any clock is none.
        rebuildS[node] = Math.max(0, rebuildS[node]! - passedS);
        if (rebuildS[node]! < 1e-6) stale[node] = 0;
      }
    }
    this.rebuildAtS = nowS;
  }

  /** Who runs now, who votes, and so whether the site is up. */
  private update(nowS: number): void {
    const { failed, takenUntilS, bootsUntilS, running } = this.states;
    let lost = 0;
    let up = 0;
    let willBoot = 0;
    let left = 0;
    let joined = 0;
    for (let node = 0; node < this.nodes; node++) {
      const powered = this.hasPower && failed[node] === 0 && takenUntilS[node] === 0;
      const runs = powered && bootsUntilS[node] === 0;
      if (powered && !runs) willBoot++;
      if (runs) up++;
      if (running[node] === 1 && !runs) {
        lost++;
        left |= 1 << node;
      } else if (running[node] === 0 && runs) joined |= 1 << node;
    }
    this.count(lost, up);
    const wasUp = this.isUp;
    for (let node = 0; node < this.nodes; node++) {
      if ((left >> node) & 1) running[node] = 0;
      if ((joined >> node) & 1) this.join(node, nowS);
    }
    this.isUp = this.judge(up, willBoot);
    this.markData(nowS, wasUp, left);
  }

  /** Counts votes after a loss, and after nodes came. */
  private count(lost: number, up: number): void {
    const witnessAnswers = this.witnessAnswers;
    const hasWitness = this.site.template.witness !== "none";
    if (this.formed && lost > 0) {
      const outcome = votesAfterLoss({ members: this.members, hasWitness, witnessAnswers }, lost);
      this.formed = outcome === "up" || (outcome === "even" && this.coin.uniform() < 0.5);
    }
    if (!this.formed) this.formed = canForm({ nodes: this.nodes, hasWitness }, up, witnessAnswers);
    if (up === 0) this.formed = false;
    this.members = up;
  }

  private get witnessAnswers(): boolean {
    const { witness } = this.site.template;
    if (witness === "none") return false;
    return this.hasPower && (witness === "local" || this.hasLink);
  }

  private join(node: number, nowS: number): void {
    const { running, stale, leftS, rebuildS, upSinceS, barred } = this.states;
    const { rebuildBaseS, rebuildPerSAway, hasPool } = this.site.template;
    running[node] = 1;
    upSinceS[node] = nowS;
    barred[node] = this.isExpired ? 1 : 0;
    if (stale[node] === 1)
      rebuildS[node] = rebuildBaseS + rebuildPerSAway * Math.max(0, nowS - leftS[node]!);
    if (!hasPool) stale[node] = 0;
  }

  private judge(up: number, willBoot: number): boolean {
    const { running, stale } = this.states;
    const { hasPool, witness } = this.site.template;
    const shape = { nodes: this.nodes, hasWitness: witness !== "none" };
    let hasData = !hasPool;
    for (let node = 0; node < this.nodes; node++)
      if (running[node] === 1 && stale[node] === 0) hasData = true;
    const hasVotes = this.formed && (!hasPool || poolIsUp(shape, up, this.witnessAnswers));
    if (hasVotes && hasData && this.redeployUntilS === 0) return true;
    if (this.redeployUntilS > 0) this.downCause = "redeploy";
    else if (!this.hasPower) this.downCause = "power";
    else if (hasVotes) this.downCause = "data";
    else this.downCause = canForm(shape, up + willBoot, this.witnessAnswers) ? "starting" : "nodes";
    return false;
  }

  /** While a site is up, what is written does not reach nodes that are away. */
  private markData(nowS: number, wasUp: boolean, left: number): void {
    const { running, stale, leftS, upSinceS, barred } = this.states;
    if (!this.isUp) return;
    for (let node = 0; node < this.nodes; node++) {
      const isNew = !wasUp || ((left >> node) & 1) === 1;
      if (running[node] === 0 && isNew && stale[node] === 0) {
        stale[node] = 1;
        leftS[node] = nowS;
      }
      if (wasUp) continue;
      upSinceS[node] = nowS;
      barred[node] = this.isExpired ? 1 : 0;
    }
  }
}
