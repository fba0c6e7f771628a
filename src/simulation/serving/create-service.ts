import { InvariantError } from "../../base/assert.js";
import { TOKENS_PER_BLOCK } from "../../performance/llm/cache-blocks.js";
import { createLeastOutstanding, createRoundRobin } from "../../policy/routing/simple-routers.js";
import type { Endpoint, RoutedRequest, Router } from "../../policy/routing/router.js";
import { Replica } from "./replica.js";
import { REQUEST_OUTCOMES, RequestLedger, type ServiceRequest } from "./request-ledger.js";
import type {
  EngineTotals,
  ReplicaGauges,
  Service,
  ServiceCounters,
  ServiceGauges,
} from "./service.js";
import type { ReplicaSpec, RouterName, ServiceSpec } from "./serving-spec.js";

/** For tests. */
export interface ServingObservation {
  /** Take every step by itself: slow, and the same result. */
  readonly isStepwise?: boolean;
  /** Check the books of every replica after every arrival. */
  readonly checkInvariants?: boolean;
}

const OPEN = REQUEST_OUTCOMES.indexOf("open");
const TOO_LARGE = REQUEST_OUTCOMES.indexOf("too-large");

/** Makes a service without replicas at time 0. */
export function createService(spec: ServiceSpec, observe: ServingObservation = {}): Service {
  return new LazyService(spec, observe);
}

/** A replica as the service and its router see it. */
class Member implements Endpoint {
  isDraining = false;
  drainedS = 0;

  constructor(
    readonly replica: number,
    readonly spec: ReplicaSpec,
    readonly engine: Replica,
  ) {}

  get waiting(): number {
    return this.engine.waitingCount;
  }
  get running(): number {
    return this.engine.runningCount;
  }
  get outstanding(): number {
    return this.engine.outstanding;
  }
  get cacheShare(): number {
    return 1 - this.engine.freeBlocks / this.spec.cacheBlocks;
  }
  get requestsMax(): number {
    return this.spec.requestsMax;
  }

  gauges(): ReplicaGauges {
    const { replica, isDraining, waiting, running, outstanding, cacheShare, engine } = this;
    const idleSinceS = outstanding > 0 ? undefined : Math.max(engine.nowS, this.drainedS);
    const { counters } = engine;
    return {
      ...{ replica, isDraining, waiting, running, outstanding, cacheShare, idleSinceS, counters },
    };
  }
}

class LazyService implements Service {
  nowS = 0;
  readonly ledger: RequestLedger;
  private readonly router: Router;
  /** In order of their numbers. */
  private members: Member[] = [];
  private ready: Member[] = [];
  private held: number[] = [];
  private nextReplica = 0;
  /** Counters of the replicas that are no more. */
  private past: ServiceCounters = NOTHING_COUNTED;
  private pastTotals: EngineTotals = { steps: 0, decisions: 0, endS: 0 };

  constructor(
    spec: ServiceSpec,
    private readonly observe: ServingObservation,
  ) {
    this.ledger = new RequestLedger(spec.requestsExpected ?? 1024);
    this.router = createRouter(spec.router);
  }

  addReplica(spec: ReplicaSpec, nowS: number): number {
    this.advance(nowS);
    const replica = this.nextReplica++;
    const engine = new Replica(spec, this.ledger, this.observe.isStepwise === true);
    this.members.push(new Member(replica, spec, engine));
    this.listReady();
    const { held } = this;
    this.held = [];
    for (const request of held) this.route(request, nowS);
    return replica;
  }

  drainReplica(replica: number, nowS: number): void {
    this.advance(nowS);
    const member = this.member(replica);
    member.engine.runUntil(nowS);
    member.isDraining = true;
    member.drainedS = nowS;
    this.listReady();
  }

  removeReplica(replica: number, nowS: number): void {
    this.advance(nowS);
    const member = this.member(replica);
    member.engine.runUntil(nowS);
    if (!member.isDraining || member.outstanding > 0)
      throw new InvariantError("serving: only an empty drained replica can be removed", {
        ...{ replica, nowS, outstanding: member.outstanding },
      });
    this.forget(member);
  }

  loseReplica(replica: number, nowS: number): number {
    this.advance(nowS);
    const member = this.member(replica);
    member.engine.runUntil(nowS);
    const requests = member.engine.evacuate(nowS).sort((a, b) => a - b);
    this.forget(member);
    for (const request of requests) {
      this.ledger.restart(request);
      this.route(request, nowS);
    }
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
    const replicas = this.members.map((member) => member.gauges());
    const sum = (of: (one: ReplicaGauges) => number): number =>
      replicas.reduce((total, one) => total + of(one), 0);
    const ready = replicas.filter(({ isDraining }) => !isDraining);
    return {
      timeS,
      held: this.held.length,
      waiting: sum((one) => one.waiting),
      running: sum((one) => one.running),
      cacheShare:
        ready.reduce((total, one) => total + one.cacheShare, 0) / Math.max(1, ready.length),
      ready: ready.length,
      replicas,
      counters: replicas.reduce((total, one) => add(total, one.counters), this.past),
    };
  }

  engineTotals(): EngineTotals {
    let { steps, decisions, endS } = this.pastTotals;
    for (const { engine } of this.members) {
      steps += engine.steps;
      decisions += engine.decisions;
      endS = Math.max(endS, engine.nowS);
    }
    return { steps, decisions, endS };
  }

  private advance(timeS: number): void {
    if (!(timeS >= this.nowS))
      throw new InvariantError("serving: time goes backwards", { timeS, nowS: this.nowS });
    this.nowS = timeS;
  }

  private member(replica: number): Member {
    const found = this.members.find((one) => one.replica === replica);
    if (found === undefined) throw new InvariantError("serving: no such replica", { replica });
    return found;
  }

  private forget(member: Member): void {
    const { steps, decisions, nowS } = member.engine;
    const past = this.pastTotals;
    this.pastTotals = {
      steps: past.steps + steps,
      decisions: past.decisions + decisions,
      endS: Math.max(past.endS, nowS),
    };
    this.past = add(this.past, member.engine.counters);
    this.members = this.members.filter((one) => one !== member);
    this.listReady();
  }

  private listReady(): void {
    this.ready = this.members.filter(({ isDraining }) => !isDraining);
  }

  private route(request: number, nowS: number): void {
    const { ready, router, ledger } = this;
    if (ready.length === 0) {
      this.held.push(request);
      return;
    }
    const tokens = ledger.promptTokens[request]! + ledger.outputTokens[request]! - 1;
    const blocks = Math.ceil(tokens / TOKENS_PER_BLOCK);
    const fits = ready.every(({ spec }) => blocks <= spec.cacheBlocks)
      ? ready
      : ready.filter(({ spec }) => blocks <= spec.cacheBlocks);
    if (fits.length === 0) {
      ledger.outcome[request] = TOO_LARGE;
      return;
    }
    if (router.readsState) for (const { engine } of fits) engine.runUntil(nowS);
    const { replica, engine } = fits[router.choose(this.view(request), fits)]!;
    engine.runUntil(nowS);
    engine.add(request, nowS);
    ledger.outcome[request] = OPEN;
    ledger.replicaOf[request] = replica;
    if (this.observe.checkInvariants === true)
      for (const member of this.members) member.engine.checkInvariants();
  }

  private view(request: number): RoutedRequest {
    const { traits, promptTokens } = this.ledger;
    return {
      promptTokens: promptTokens[request]!,
      adapter: traits?.adapter[request] ?? -1,
      prefixGroup: traits?.prefixGroup[request] ?? -1,
      prefixTokens: traits?.prefixTokens[request] ?? 0,
      conversation: traits?.conversation[request] ?? -1,
    };
  }
}

const NOTHING_COUNTED: ServiceCounters = {
  finished: 0,
  promptTokens: 0,
  outputTokens: 0,
  preemptions: 0,
  ttftSumS: 0,
  e2eSumS: 0,
  steps: 0,
};

function add(left: ServiceCounters, right: ServiceCounters): ServiceCounters {
  const sum: Record<string, number> = {};
  for (const key of Object.keys(NOTHING_COUNTED) as (keyof ServiceCounters)[])
    sum[key] = left[key] + right[key];
  return sum as unknown as ServiceCounters;
}

function createRouter(name: RouterName): Router {
  return name === "round-robin" ? createRoundRobin() : createLeastOutstanding();
}
