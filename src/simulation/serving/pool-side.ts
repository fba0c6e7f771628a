import type { RoutedRequest, Router } from "../../policy/routing/router.js";
import { usableBlocks } from "./engine/admission.js";
import { blocksOf } from "./engine/block-pool.js";
import type { ServiceMember } from "./service-member.js";
import type { AdmissionSpec, ReplicaSpec } from "./serving-spec.js";

/** The replica for a request, or why there is none. */
export type Routed = ServiceMember | "none-ready" | "too-large" | "refused";

/** What a request asks of a replica. */
export interface RoutingQuestion {
  readonly request: RoutedRequest;
  /** Tokens it has in the cache at its end. */
  readonly tokens: number;
  readonly priority: number;
}

/**
 * Replicas that do the same for a service, and the router before them: all of them, or those that compute
 * prompts, or those that decode.
 */
export class PoolSide {
  /** Replicas that take requests, in order of their numbers. */
  ready: readonly ServiceMember[] = [];
  private endpoints: readonly ServiceMember["endpoint"][] = [];
  private lookedS = -Infinity;

  constructor(
    private readonly router: Router,
    private readonly admission: AdmissionSpec,
  ) {}

  setReady(ready: readonly ServiceMember[]): void {
    this.ready = ready;
    this.endpoints = ready.map(({ endpoint }) => endpoint);
  }

  /** True when routers read figures of some age. */
  get isSeenLate(): boolean {
    return this.router.metricsAgeMaxS > 0;
  }

  /** True when a replica only does a part of the work. */
  get hasRole(): boolean {
    return this.ready.some(({ spec }) => spec.role !== undefined);
  }

  /** True when choosing needs all replicas up to date. */
  get readsState(): boolean {
    return this.router.readsState || this.admission.saturation !== undefined;
  }

  route({ request, tokens, priority }: RoutingQuestion, nowS: number): Routed {
    if (this.ready.length === 0) return "none-ready";
    const isFor = ({ spec }: ServiceMember): boolean =>
      fits(spec, spec.role === "prefill" ? request.promptTokens : tokens);
    const hasAll = this.ready.every(isFor);
    const members = hasAll ? this.ready : this.ready.filter(isFor);
    if (members.length === 0) return "too-large";
    if (this.readsState) this.bringUpToDate(nowS);
    if (priority < 0 && this.isSaturated()) return "refused";
    const endpoints = hasAll ? this.endpoints : members.map(({ endpoint }) => endpoint);
    const member = members[this.router.choose(request, endpoints)]!;
    member.engine.runUntil(nowS);
    if (this.isFull(member)) return "refused";
    return member;
  }

  /** Runs the replicas up to now, and on the way looks at them when that is due. */
  private bringUpToDate(nowS: number): void {
    const { metricsAgeMaxS } = this.router;
    if (metricsAgeMaxS > 0 && nowS - this.lookedS >= metricsAgeMaxS) {
      // Looks come at whole multiples, as those of a picker that looks again and again.
      this.lookedS = Math.floor(nowS / metricsAgeMaxS) * metricsAgeMaxS;
      for (const { engine, endpoint } of this.ready) {
        engine.runUntil(this.lookedS);
        endpoint.look();
      }
    }
    for (const { engine } of this.ready) engine.runUntil(nowS);
  }

  private isSaturated(): boolean {
    const { saturation } = this.admission;
    if (saturation === undefined) return false;
    let sum = 0;
    for (const { waiting, cacheShare } of this.endpoints)
      sum += Math.max(waiting / saturation.waiting, cacheShare / saturation.cacheShare);
    return sum / this.endpoints.length >= 1;
  }

  private isFull({ engine, endpoint }: ServiceMember): boolean {
    const { waitingMax } = this.admission;
    if (waitingMax === undefined) return false;
    return (
      engine.waitingCount > (waitingMax === "requests-max" ? endpoint.requestsMax : waitingMax)
    );
  }
}

function fits(spec: ReplicaSpec, tokens: number): boolean {
  // A prompt that is not cut must fit into a step, and so must all of it when it has to be computed again.
  const isCut = (spec.prefill ?? "chunked") === "chunked";
  return blocksOf(tokens) <= usableBlocks(spec) && (isCut || tokens <= spec.batchTokensMax);
}
