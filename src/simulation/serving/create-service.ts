import { InvariantError } from "../../base/assert.js";
import { createRandomStreams } from "../../engine/streams.js";
import { createRouter } from "../../policy/routing/create-router.js";
import { createEngine } from "./engine/create-engine.js";
import type { EngineContext } from "./engine/engine.js";
import { addCounters, NOTHING_COUNTED } from "./engine/engine-counts.js";
import { createTokenGaps, type TokenGaps } from "./engine/token-gaps.js";
import { checkReplicaSpec, checkServiceSpec } from "./check-spec.js";
import { createMomentQueue } from "./moment-queue.js";
import { PoolSide, type RoutingQuestion } from "./pool-side.js";
import { REQUEST_OUTCOMES, RequestLedger, type ServiceRequest } from "./request-ledger.js";
import type { EngineTotals, Service, ServiceCounters, ServiceGauges } from "./service.js";
import { ServiceMember } from "./service-member.js";
import { gaugesOf } from "./service-gauges.js";
import type { ReplicaSpec, ServiceSpec } from "./serving-spec.js";

/** For tests. */
export interface ServingObservation {
  /** Take every step by itself: slow, and the same result. */
  readonly isStepwise?: boolean;
  /** Check the books of every replica after every arrival. */
  readonly checkInvariants?: boolean;
}

const TOO_LARGE = REQUEST_OUTCOMES.indexOf("too-large");
const REFUSED = REQUEST_OUTCOMES.indexOf("refused");
const GAVE_UP = REQUEST_OUTCOMES.indexOf("gave-up");

/**
 * Makes a service without replicas at time 0.
 *
 * @throws SpecificationError when the specification contradicts itself
 */
export function createService(spec: ServiceSpec, observe: ServingObservation = {}): Service {
  checkServiceSpec(spec);
  return new LazyService(spec, observe);
}

/** What a service does by itself at a time: a prompt is computed, or a refused request comes again. */
interface Moment {
  readonly request: number;
  readonly kind: "computed" | "again";
  /** Void when the request had to begin again since. */
  readonly restarts: number;
}

class LazyService implements Service {
  nowS = 0;
  readonly ledger: RequestLedger;
  readonly gaps: TokenGaps;
  private readonly context: EngineContext;
  private readonly priorities: readonly number[];
  /** In order of their numbers. */
  private members: readonly ServiceMember[] = [];
  /** Where requests come in, and where computed prompts go on when replicas have roles. */
  private readonly front: PoolSide;
  private readonly back: PoolSide;
  private hasRoles = false;
  /** Requests for which no replica is ready: those that come, and those whose prompt is computed. */
  private held: number[] = [];
  private heldComputed: number[] = [];
  private readonly moments = createMomentQueue<Moment>();
  private readonly attempts = new Map<number, number>();
  /** Where the cache of a computed prompt is that waits to be fetched. */
  private readonly cacheAt = new Map<number, ServiceMember>();
  private nextReplica = 0;
  /** Of the replicas that are no more. */
  private past: ServiceCounters = NOTHING_COUNTED;
  private pastTotals: EngineTotals = { steps: 0, decisions: 0, endS: 0 };

  constructor(
    private readonly spec: ServiceSpec,
    private readonly observe: ServingObservation,
  ) {
    this.ledger = new RequestLedger(spec.requestsExpected ?? 1024);
    const classes = spec.classes ?? [];
    this.priorities = classes.length === 0 ? [0] : classes.map(({ priority = 0 }) => priority);
    this.gaps = createTokenGaps(this.priorities.length);
    const stream = createRandomStreams(spec.seed ?? 1).stream("router");
    const { admission = {} } = spec;
    this.front = new PoolSide(createRouter(spec.router, stream), admission);
    // What was let in is not turned away half-way.
    this.back = new PoolSide(createRouter(spec.router, stream.fork("decode")), {});
    this.context = {
      ledger: this.ledger,
      gaps: this.gaps,
      waitMaxS: admission.waitMaxS,
      priorities: this.priorities,
      isStepwise: observe.isStepwise === true,
      hasSent: false,
      prefilled: (request, timeS) => {
        const restarts = this.ledger.restarts[request]!;
        this.moments.push(timeS, { request, kind: "computed", restarts });
        this.context.hasSent = true;
      },
      fetched: (request, timeS) => {
        this.dropCache(request, timeS);
        this.context.hasSent = true;
      },
    };
  }

  addReplica(spec: ReplicaSpec, nowS: number): number {
    checkReplicaSpec(spec);
    this.advance(nowS);
    const replica = this.nextReplica++;
    const engine = createEngine(spec, this.context);
    const member = new ServiceMember(replica, spec, engine, this.front.isSeenLate);
    this.members = [...this.members, member];
    this.hasRoles ||= spec.role !== undefined;
    this.listReady();
    this.routeHeld(nowS);
    return replica;
  }

  drainReplica(replica: number, nowS: number): void {
    const member = this.memberAt(replica, nowS);
    member.isDraining = true;
    member.drainedS = nowS;
    this.listReady();
  }

  removeReplica(replica: number, nowS: number): void {
    const member = this.memberAt(replica, nowS);
    const { outstanding } = member.engine;
    if (!member.isDraining || outstanding > 0)
      throw new InvariantError("serving: only an empty drained replica can be removed", {
        ...{ replica, nowS, outstanding },
      });
    this.forget(member);
  }

  loseReplica(replica: number, nowS: number): number {
    const member = this.memberAt(replica, nowS);
    const requests = member.engine.evacuate(nowS).sort((left, right) => left - right);
    this.forget(member);
    for (const request of requests) {
      // Whoever waits for its cache waits in vain, and a cache that waits for it is not needed.
      for (const { engine } of this.members) if (engine.withdraw(request)) break;
      this.heldComputed = this.heldComputed.filter((one) => one !== request);
      this.dropCache(request, nowS);
      this.ledger.restart(request);
    }
    for (const request of requests) this.route(request, nowS);
    return requests.length;
  }

  arrive(request: ServiceRequest): number {
    this.advance(request.arrivalS);
    const index = this.ledger.add(request);
    this.route(index, request.arrivalS);
    return index;
  }

  runUntil(timeS: number): void {
    this.advance(timeS);
    for (const { engine } of this.members) engine.runUntil(timeS);
  }

  gauges(timeS: number): ServiceGauges {
    this.runUntil(timeS);
    const held = this.held.length + this.heldComputed.length;
    return gaugesOf({ timeS, held, members: this.members, past: this.past });
  }

  engineTotals(): EngineTotals {
    return this.members.reduce((sum, { engine }) => addTotals(sum, engine), this.pastTotals);
  }

  /** Goes forward to a time, with all that happens by itself on the way. */
  private advance(timeS: number): void {
    if (!(timeS >= this.nowS))
      throw new InvariantError("serving: time goes backwards", { timeS, nowS: this.nowS });
    for (;;) {
      if (this.hasRoles) this.runTogether(Math.min(timeS, this.moments.nextS));
      const { nextS } = this.moments;
      if (nextS === Infinity || nextS > timeS) break;
      this.nowS = nextS;
      this.happen(this.moments.pop()!, nextS);
    }
    this.nowS = timeS;
    this.expireHeld(timeS);
  }

  /**
   * Runs replicas that hand requests to each other in the order of their steps: each only as far as none of the
   * others can still send it something from before, and not beyond what it sends itself.
   */
  private runTogether(limitS: number): void {
    for (;;) {
      const boundS = Math.min(limitS, this.moments.nextS);
      let first: ServiceMember | undefined;
      let firstS = boundS;
      let secondS = boundS;
      for (const member of this.members) {
        const { nextS } = member.engine;
        if (nextS < firstS) {
          secondS = firstS;
          firstS = nextS;
          first = member;
        } else if (nextS < secondS) secondS = nextS;
      }
      if (first === undefined) return;
      // Of several at the same time the first goes first, by one step.
      first.engine.runUntil(Math.max(secondS, justAfter(firstS)));
      this.context.hasSent = false;
    }
  }

  private happen({ request, kind, restarts }: Moment, nowS: number): void {
    if (this.ledger.restarts[request] !== restarts) return;
    if (kind === "again") this.route(request, nowS);
    else this.handOver(request, nowS);
  }

  private route(request: number, nowS: number): void {
    const { ledger } = this;
    if (this.hasRoles && this.back.ready.length === 0 && this.front.hasRole) {
      this.held.push(request);
      return;
    }
    const routed = this.front.route(this.question(request), nowS);
    if (routed === "none-ready") this.held.push(request);
    else if (routed === "too-large") ledger.outcome[request] = TOO_LARGE;
    else if (routed === "refused") this.refuse(request, nowS);
    else {
      ledger.replicaOf[request] = routed.replica;
      if (routed.spec.role === "prefill") this.cacheAt.set(request, routed);
      routed.engine.add(request, nowS);
      this.check();
    }
  }

  /** A computed prompt goes on to a replica that decodes. */
  private handOver(request: number, nowS: number): void {
    const routed = this.back.route(this.question(request), nowS);
    if (routed === "none-ready") this.heldComputed.push(request);
    else if (typeof routed === "string") {
      this.ledger.outcome[request] = TOO_LARGE;
      this.dropCache(request, nowS);
    } else {
      this.ledger.replicaOf[request] = routed.replica;
      routed.engine.add(request, nowS);
      this.check();
    }
  }

  private refuse(request: number, nowS: number): void {
    const attempt = this.attempts.get(request) ?? 0;
    const afterS = this.spec.admission?.retryAfterS?.[attempt];
    if (afterS === undefined) {
      this.ledger.outcome[request] = REFUSED;
      return;
    }
    this.attempts.set(request, attempt + 1);
    const restarts = this.ledger.restarts[request]!;
    this.moments.push(nowS + afterS, { request, kind: "again", restarts });
  }

  private routeHeld(nowS: number): void {
    const { held, heldComputed } = this;
    this.held = [];
    this.heldComputed = [];
    for (const request of heldComputed) this.handOver(request, nowS);
    for (const request of held) this.route(request, nowS);
  }

  /** Those at the gateway that have waited too long. */
  private expireHeld(nowS: number): void {
    const waitMaxS = this.spec.admission?.waitMaxS;
    if (waitMaxS === undefined || this.held.length === 0) return;
    const { arrivalS, outcome, startedS } = this.ledger;
    this.held = this.held.filter((request) => {
      if (!Number.isNaN(startedS[request]!) || nowS < arrivalS[request]! + waitMaxS) return true;
      outcome[request] = GAVE_UP;
      return false;
    });
  }

  private dropCache(request: number, nowS: number): void {
    this.cacheAt.get(request)?.engine.unparkAt(request, nowS);
    this.cacheAt.delete(request);
  }

  private memberAt(replica: number, nowS: number): ServiceMember {
    this.advance(nowS);
    const found = this.members.find((one) => one.replica === replica);
    if (found === undefined) throw new InvariantError("serving: no such replica", { replica });
    found.engine.runUntil(nowS);
    return found;
  }

  private forget(member: ServiceMember): void {
    this.past = addCounters(this.past, member.engine.counters);
    this.pastTotals = addTotals(this.pastTotals, member.engine);
    this.members = this.members.filter((one) => one !== member);
    this.listReady();
  }

  private listReady(): void {
    const ready = this.members.filter(({ isDraining }) => !isDraining);
    this.front.setReady(ready.filter(({ spec }) => spec.role !== "decode"));
    this.back.setReady(ready.filter(({ spec }) => spec.role === "decode"));
  }

  private question(request: number): RoutingQuestion {
    const { traits, promptTokens, outputTokens } = this.ledger;
    const prompt = promptTokens[request]!;
    return {
      request: {
        promptTokens: prompt,
        adapter: traits?.adapter[request] ?? -1,
        prefixGroup: traits?.prefixGroup[request] ?? -1,
        prefixTokens: traits?.prefixTokens[request] ?? 0,
        conversation: traits?.conversation[request] ?? -1,
      },
      tokens: prompt + outputTokens[request]! - 1,
      priority: this.priorities[traits?.classIndex[request] ?? 0] ?? 0,
    };
  }

  private check(): void {
    if (this.observe.checkInvariants !== true) return;
    for (const { engine } of this.members) engine.checkInvariants();
  }
}

function addTotals(sum: EngineTotals, { steps, decisions, endS }: EngineTotals): EngineTotals {
  return {
    steps: sum.steps + steps,
    decisions: sum.decisions + decisions,
    endS: Math.max(sum.endS, endS),
  };
}

/** A time behind this one and before any other that matters. */
function justAfter(timeS: number): number {
  return timeS + Math.max(timeS, 1) * Number.EPSILON;
}
