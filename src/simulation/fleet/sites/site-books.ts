import { createLatencyHistogram, type LatencyHistogram } from "./latency-histogram.js";
import { computeFloorS } from "./site-queue.js";
import { DOWN_CAUSES } from "./site-machine.js";
import type { SitesSpec } from "./sites-spec.js";

/** Requests of one service at every site; one entry per site. */
export interface ServiceBook {
  readonly requests: Float64Array;
  readonly elsewhere: Float64Array;
  readonly unserved: Float64Array;
  /** Served later than the goal, or not at all. */
  readonly missed: Float64Array;
  readonly latency: LatencyHistogram;
}

/** Sums over sites for each step of the run. */
export interface StepBook {
  /** Seconds that sites were up. */
  readonly upS: Float64Array;
  readonly awayS: Float64Array;
  /** Seconds of slots that could serve, and of all there are. */
  readonly readySlotS: Float64Array;
  readonly allSlotS: Float64Array;
  /** Seconds that sites were being updated. */
  readonly updatingS: Float64Array;
}

/** Everything that is counted of sites. Seconds and requests; one entry per site unless it says otherwise. */
export interface SiteBooks {
  readonly durationS: number;
  readonly stepS: number;
  readonly upS: Float64Array;
  /** By cause, in the order of `DOWN_CAUSES`. */
  readonly downS: readonly Float64Array[];
  readonly awayS: Float64Array;
  readonly outages: Int32Array;
  /** By rollout: outages that began while it updated the site. */
  readonly outagesInUpdate: readonly Int32Array[];
  readonly nodeFailures: Int32Array;
  readonly expired: Uint8Array;
  readonly telemetryLostS: Float64Array;
  readonly readySlotS: Float64Array;
  readonly allSlotS: Float64Array;
  readonly services: readonly ServiceBook[];
  /** By template. */
  readonly steps: readonly StepBook[];
}

/** Empty books for so many sites. */
export function createSiteBooks(
  spec: SitesSpec,
  count: number,
  run: { readonly durationS: number; readonly stepS: number },
): SiteBooks {
  const doubles = (): Float64Array => new Float64Array(count);
  const whole = (): Int32Array => new Int32Array(count);
  const steps = Math.ceil(run.durationS / run.stepS);
  const perStep = (): Float64Array => new Float64Array(steps);
  return {
    ...run,
    upS: doubles(),
    downS: DOWN_CAUSES.map(doubles),
    awayS: doubles(),
    outages: whole(),
    outagesInUpdate: spec.rollouts.map(whole),
    nodeFailures: whole(),
    expired: new Uint8Array(count),
    telemetryLostS: doubles(),
    readySlotS: doubles(),
    allSlotS: doubles(),
    services: spec.services.map((_, service) => ({
      requests: doubles(),
      elsewhere: doubles(),
      unserved: doubles(),
      missed: doubles(),
      latency: createLatencyHistogram(...latencyRange(spec, service)),
    })),
    steps: spec.templates.map(() => ({
      upS: perStep(),
      awayS: perStep(),
      readySlotS: perStep(),
      allSlotS: perStep(),
      updatingS: perStep(),
    })),
  };
}

/** From the shortest latency there can be to one nobody waits for. */
function latencyRange(spec: SitesSpec, service: number): readonly [number, number] {
  const { variation, elsewhereComputeS, latencyGoalS } = spec.services[service]!;
  const computes = spec.templates.flatMap(({ serves }) =>
    serves.flatMap((one) => (one.service === service ? [one.computeS] : [])),
  );
  const all = [...computes, ...(elsewhereComputeS === undefined ? [] : [elsewhereComputeS])];
  const shortest = all.length === 0 ? latencyGoalS : Math.min(...all);
  const longest = all.length === 0 ? latencyGoalS : Math.max(...all, latencyGoalS);
  const trips = Math.max(
    ...spec.templates.flatMap(({ links }) => links.map((link) => link.roundTripS)),
  );
  // Half of all exponential times are above 0.69 of their mean, one in a thousand below 0.001 of it.
  const floorS = Math.max(computeFloorS(shortest, variation), shortest / 1_000);
  return [floorS, (longest + trips) * 100];
}

/** Adds a stretch to the steps it lies in. */
export function addStretch(
  sums: Float64Array,
  stretch: { readonly fromS: number; readonly toS: number; readonly stepS: number },
  amount: number,
): void {
  if (amount === 0) return;
  const { fromS, toS, stepS } = stretch;
  let step = Math.floor(fromS / stepS);
  let hereS = fromS;
  while (hereS < toS && step < sums.length) {
    const endS = Math.min(toS, (step + 1) * stepS);
    sums[step]! += (endS - hereS) * amount;
    hereS = endS;
    step++;
  }
}
