import type { StepBatch } from "../../../performance/llm/step-time.js";
import type { EngineContext } from "./engine.js";
import type { PipelineSpec } from "./feature-specs.js";
import { createPlan, type Plan } from "./plan.js";
import type { Scheduler } from "./scheduler.js";
import type { StepDriver } from "./step-driver.js";

/** A batch on its way through the stages. */
interface Flight {
  readonly plan: Plan;
  readonly startS: number;
  readonly endS: number;
}

/**
 * Batches in a pipeline, as vLLM v1 fills it: while fewer batches are under way than there are stages, one more
 * is planned of the requests that are in none; otherwise the engine waits for the oldest. Each stage takes an
 * equal part of a step, and a batch enters it when it has arrived there and the batch before has left it.
 */
export function createPipelineDriver(
  scheduler: Scheduler,
  pipeline: PipelineSpec,
  context: EngineContext,
): StepDriver {
  return new PipelineDriver(scheduler, pipeline, context);
}

class PipelineDriver implements StepDriver {
  nowS = 0;
  endS = 0;
  steps = 0;
  decisions = 0;
  private isBlocked = false;
  private readonly flights: Flight[] = [];
  /** When the last batch left each stage. */
  private readonly freeS: Float64Array;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly pipeline: PipelineSpec,
    private readonly context: EngineContext,
  ) {
    this.freeS = new Float64Array(pipeline.stages);
  }

  get nextS(): number {
    if (this.scheduler.outstanding === 0) return Infinity;
    return this.isBlocked ? Math.max(this.nowS, this.scheduler.changesAtS(this.nowS)) : this.nowS;
  }

  wake(timeS: number): void {
    const isIdle = this.isBlocked || this.scheduler.outstanding === 0;
    if (isIdle && this.nowS < timeS) this.nowS = timeS;
    this.isBlocked = false;
  }

  runUntil(limitS: number): void {
    const { scheduler, flights, pipeline } = this;
    while (this.nowS < limitS && scheduler.outstanding > 0 && !this.context.hasSent) {
      if (this.isBlocked) {
        const changesS = this.nextS;
        if (!(changesS < limitS)) return;
        this.nowS = changesS;
        this.isBlocked = false;
      }
      this.decisions++;
      if (flights.length < pipeline.stages && this.launch()) continue;
      const oldest = flights.shift();
      if (oldest === undefined) this.isBlocked = true;
      else this.land(oldest);
    }
  }

  /** Plans one more batch. @returns false when nobody can compute */
  private launch(): boolean {
    const plan = createPlan();
    this.scheduler.plan(this.nowS, plan);
    if (plan.tokens === 0) return false;
    const endS = this.passS(plan.batch, plan.tokens, plan.loadS);
    this.flights.push({ plan, startS: this.nowS, endS });
    return true;
  }

  private land({ plan, startS, endS }: Flight): void {
    this.nowS = Math.max(this.nowS, endS);
    this.endS = endS;
    this.steps++;
    this.scheduler.settle(plan, startS, endS, undefined);
  }

  /** Sends a batch through the stages. @returns when it leaves the last */
  private passS(batch: StepBatch, tokens: number, loadS: number): number {
    const { freeS, pipeline } = this;
    const stageS = this.scheduler.spec.stepTime.stepS(batch) / pipeline.stages;
    const hopS = pipeline.latencyS + (tokens * pipeline.bytesPerToken) / pipeline.bytesPerS;
    let timeS = this.nowS + loadS;
    for (let stage = 0; stage < pipeline.stages; stage++) {
      if (stage > 0) timeS += hopS;
      timeS = Math.max(timeS, freeS[stage]!) + stageS;
      freeS[stage] = timeS;
    }
    return timeS;
  }
}

export type { PipelineSpec };
