import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { QuotaSpec } from "../../policy/fair-share/quota-spec.js";
import type { BatchRun } from "../../simulation/batch/batch-spec.js";
import { jainIndex } from "../../stats/fairness.js";
import type { FairnessResult, TenantFairnessResult } from "./optional-results.js";
import type { UsageFold } from "./replay-usage.js";

const SECONDS_PER_HOUR = 3600;
/** A tenant that waited for less than this share of the time says nothing about how it is treated. */
const WAITING_SHARE_MIN = 0.01;

/** Adds up what tenants hold, and what they hold while they wait. */
export interface FairnessFold extends UsageFold {
  /** Undefined with fewer than two tenants that ask for GPUs. */
  result(): FairnessResult | undefined;
}

/**
 * Holds what tenants got against what they are entitled to.
 *
 * Over a run in which everybody's work gets done, shares of GPU time say who asked, not who was favoured. So a
 * tenant is judged by the time in which some of its jobs waited: x = (GPUs it then held) / (GPUs it is entitled
 * to). Below 1 it waited for what is its own. Jain's index over x of the tenants that waited for at least 1 % of
 * the time: (Σx)² / (n Σx²), 1 when all are treated alike (Jain, Chiu & Hawe, DEC-TR-301, 1984).
 *
 * @param fromS start of the part of the run that figures count
 * @param quotas nominal quotas of queues named like tenants; equal shares when absent
 */
export function createFairnessFold(
  run: BatchRun,
  fromS: number,
  quotas: QuotaSpec | undefined,
): FairnessFold {
  const { jobs, gpuMilliTotal } = run;
  const count = jobs.tenantNames.length;
  const heldMilli = new Float64Array(count);
  const waiting = new Int32Array(count);
  const asks = new Uint8Array(count);
  const sinceS = new Float64Array(count).fill(fromS);
  const held = new Float64Array(count);
  const heldWhileWaiting = new Float64Array(count);
  const waitedS = new Float64Array(count);
  let spanS = 0;
  const advance = (tenant: number, timeS: number): void => {
    const elapsedS = timeS - sinceS[tenant]!;
    if (!(elapsedS > 0)) return;
    sinceS[tenant] = timeS;
    held[tenant]! += heldMilli[tenant]! * elapsedS;
    if (waiting[tenant] === 0) return;
    heldWhileWaiting[tenant]! += heldMilli[tenant]! * elapsedS;
    waitedS[tenant]! += elapsedS;
  };
  const shareOf = (milliS: number, seconds: number): number =>
    seconds > 0 && gpuMilliTotal > 0 ? milliS / (gpuMilliTotal * seconds) : 0;
  return {
    change(timeS, job, waits, runs) {
      const gpuMilli = gangGpuMilli(jobs, job);
      if (gpuMilli === 0) return;
      const tenant = jobs.tenant[job]!;
      advance(tenant, timeS);
      heldMilli[tenant]! += runs * gpuMilli;
      waiting[tenant]! += waits;
      asks[tenant] = 1;
    },
    finish(endS) {
      for (let tenant = 0; tenant < count; tenant++) advance(tenant, endS);
      spanS = Math.max(0, endS - fromS);
    },
    result() {
      const rows = jobs.tenantNames.flatMap((_, tenant) => (asks[tenant] === 1 ? [tenant] : []));
      if (rows.length < 2) return undefined;
      const nominal = quotas === undefined ? undefined : nominalShares(run, quotas);
      const tenants = rows.map((tenant): TenantFairnessResult => ({
        name: jobs.tenantNames[tenant]!,
        entitledShare: nominal?.[tenant] ?? 1 / rows.length,
        heldShare: shareOf(held[tenant]!, spanS),
        heldShareWhileWaiting:
          waitedS[tenant]! > 0 ? shareOf(heldWhileWaiting[tenant]!, waitedS[tenant]!) : null,
        waitingHours: waitedS[tenant]! / SECONDS_PER_HOUR,
      }));
      return {
        entitlement: nominal === undefined ? "equal" : "nominal-quota",
        jainIndex: indexOf(tenants, spanS),
        tenants,
      };
    },
  };
}

function indexOf(tenants: readonly TenantFairnessResult[], spanS: number): number | null {
  const shares = tenants.flatMap(({ entitledShare, heldShareWhileWaiting, waitingHours }) => {
    const isLong = waitingHours * SECONDS_PER_HOUR >= WAITING_SHARE_MIN * spanS;
    return heldShareWhileWaiting === null || entitledShare === 0 || !isLong
      ? []
      : [heldShareWhileWaiting / entitledShare];
  });
  return shares.length < 2 ? null : (jainIndex(shares) ?? null);
}

/** Share of the cluster's GPUs that each tenant's queue has as nominal quota; 0 for a tenant without a queue. */
function nominalShares({ jobs, gpuMilliTotal }: BatchRun, quotas: QuotaSpec): readonly number[] {
  const gpuResources = new Set(
    quotas.resources.flatMap(({ name, unit }) => (unit === "gpu-milli" ? [name] : [])),
  );
  const milliOf = new Map(
    quotas.queues.map((queue) => [
      queue.name,
      queue.groups
        .flatMap(({ flavors }) => flavors.flatMap(({ resources }) => resources))
        .reduce(
          (sum, { resource, nominal }) => sum + (gpuResources.has(resource) ? nominal : 0),
          0,
        ),
    ]),
  );
  return jobs.tenantNames.map((name) => {
    const milli = milliOf.get(name === "" ? "default" : name) ?? 0;
    return gpuMilliTotal > 0 ? milli / gpuMilliTotal : 0;
  });
}
