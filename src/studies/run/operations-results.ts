import { billOf } from "../../performance/cost/hourly-cost.js";
import type { EnergyReading } from "../../performance/power/energy-meter.js";
import { OUTCOME } from "../../simulation/batch/batch-spec.js";
import type { FaultsOutcome } from "../../simulation/faults/fault-spec.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { NodeGroup } from "../../scenario/resolved.js";
import { hostingResult, nodeHoursUp, nodePoolsResult } from "./hosting.js";
import type { OperatedRun, OperationsOutcome } from "./operations.js";
import type {
  CostResult,
  EnergyResult,
  EnergyUseResult,
  FaultsResult,
  OptionalResults,
  PreemptionResult,
} from "./optional-results.js";

const SECONDS_PER_HOUR = 3600;
const GPU_MILLI = 1000;
const JOULES_PER_KWH = 3_600_000;

/** The parts of a result that come from failures, electricity and prices. */
export function operationsResults(
  run: OperatedRun,
): Pick<OptionalResults, "faults" | "energy" | "cost" | "hosting" | "nodePools"> {
  const { operated } = run;
  if (operated === undefined) return {};
  const { operations, faults, energy } = operated;
  const delivered = deliveredBy(run);
  const energyPart =
    energy === undefined || operations.power === undefined
      ? undefined
      : energyResult(energy, operations.power.pue, delivered.gpuHours);
  const costPart = operations.cost === undefined ? undefined : costResult(run, operated, delivered);
  const hosting = hostingResult(run, operations.hosting);
  const pools = nodePoolsResult(operated.pools, run.startOfTraceS, run.endOfRunS);
  return {
    ...(faults === undefined ? {} : { faults: faultsResult(faults, delivered.efficiency) }),
    ...(energyPart === undefined ? {} : { energy: energyPart }),
    ...(costPart === undefined ? {} : { cost: costPart }),
    ...(hosting === undefined ? {} : { hosting }),
    ...(pools === undefined ? {} : { nodePools: pools }),
  };
}

/**
 * The stops of jobs for other jobs: those by failures and planned work are told in `faults`. Hours lost and
 * jobs stopped stay those of all stops where both happened, because nobody can share them out.
 */
export function preemptionsOnly(
  preemption: PreemptionResult | undefined,
  run: OperatedRun,
): PreemptionResult | undefined {
  const faults = run.operated?.faults;
  if (preemption === undefined || faults === undefined) return preemption;
  const reasons = preemption.reasons.filter(({ name }) => !faults.stopReasons.includes(name));
  if (reasons.length === 0) return undefined;
  return { ...preemption, stops: reasons.reduce((sum, { stops }) => sum + stops, 0), reasons };
}

/** What completed jobs got. */
interface Delivered {
  readonly jobs: number;
  readonly gpuHours: number;
  /** GPU-hours by tenant of the job table. */
  readonly byTenant: Float64Array;
  /** Work over time from first start to end, weighted by GPUs; null when no GPU job completed. */
  readonly efficiency: number | null;
}

function deliveredBy(run: OperatedRun): Delivered {
  const byTenant = new Float64Array(run.jobs.tenantNames.length);
  let jobs = 0;
  let gpuHours = 0;
  let spentHours = 0;
  for (let job = 0; job < run.jobs.count; job++) {
    if (run.outcome[job] !== OUTCOME.completed) continue;
    const gpus = gangGpuMilli(run.jobs, job) / GPU_MILLI;
    const workHours = (gpus * run.jobs.durationS[job]!) / SECONDS_PER_HOUR;
    jobs++;
    gpuHours += workHours;
    byTenant[run.jobs.tenant[job]!]! += workHours;
    spentHours += (gpus * (run.endS[job]! - run.startS[job]!)) / SECONDS_PER_HOUR;
  }
  return { jobs, gpuHours, byTenant, efficiency: spentHours > 0 ? gpuHours / spentHours : null };
}

function faultsResult(outcome: FaultsOutcome, efficiency: number | null): FaultsResult {
  const { components, failedGpuS, drainedGpuS, reservedGpuS, totalGpuS } = outcome;
  const sum = (value: (component: (typeof components)[number]) => number): number =>
    components.reduce((total, component) => total + value(component), 0);
  const inHours = (gpuS: number): number => gpuS / SECONDS_PER_HOUR;
  return {
    failures: sum((component) => component.failures),
    repairs: sum((component) => component.repairs),
    jobsInterrupted: outcome.jobsInterrupted,
    interruptions: sum((component) => component.interruptions),
    gpuHoursLost: inHours(sum((component) => component.lostGpuS)),
    gpuHoursDown: inHours(failedGpuS + drainedGpuS),
    gpuHoursStandby: inHours(reservedGpuS),
    availability: totalGpuS === 0 ? 1 : 1 - (failedGpuS + drainedGpuS) / totalGpuS,
    takeovers: outcome.takeovers,
    maintenanceStops: outcome.maintenanceStops,
    trainingEfficiency: efficiency,
    components: components.map((component) => ({
      name: component.name,
      failures: component.failures,
      interruptions: component.interruptions,
      gpuHoursLost: inHours(component.lostGpuS),
      gpuHoursDown: inHours(component.downGpuS),
    })),
  };
}

function energyResult(reading: EnergyReading, pue: number, gpuHours: number): EnergyResult {
  const joules = (part: "busyJ" | "idleJ" | "overheadJ"): number =>
    reading.kinds.reduce((sum, kind) => sum + kind[part], 0);
  const uses: readonly EnergyUseResult[] = [
    { name: "GPUs held by jobs", kwh: joules("busyJ") / JOULES_PER_KWH },
    { name: "idle GPUs", kwh: joules("idleJ") / JOULES_PER_KWH },
    { name: "nodes besides their GPUs", kwh: joules("overheadJ") / JOULES_PER_KWH },
  ];
  const machinesKwh = uses.reduce((sum, use) => sum + use.kwh, 0);
  const totalKwh = machinesKwh * pue;
  return {
    totalKwh,
    machinesKwh,
    pue,
    powerMeanW: reading.spanS === 0 ? 0 : (machinesKwh * JOULES_PER_KWH) / reading.spanS,
    powerMaxW: reading.powerMaxW,
    uses,
    kwhPerGpuHour: gpuHours === 0 ? null : totalKwh / gpuHours,
  };
}

/**
 * Nodes are paid from the first submission to the end of the run, or for the horizon, busy or not; those of
 * elastic groups while they are up or being provisioned.
 */
function costResult(
  run: OperatedRun,
  { operations, energy, pools }: OperationsOutcome,
  delivered: Delivered,
): CostResult {
  const { cost, power, nodeGroups } = operations;
  const { currency, groups, electricityPerKwh, horizonS } = cost!;
  const runS = Math.max(0, run.endOfRunS - run.startOfTraceS);
  const periodS = horizonS ?? runS;
  const factor = runS === 0 ? 0 : periodS / runS;
  const meteredJ = groups.reduce((sum, { paysElectricity }, index) => {
    const kind = energy?.kinds[index];
    if (!paysElectricity || kind === undefined) return sum;
    return sum + kind.busyJ + kind.idleJ + kind.overheadJ;
  }, 0);
  const nodeHoursOf = (group: NodeGroup): number => {
    const pool = pools.find(({ name }) => name === group.name);
    return pool === undefined
      ? (group.count * periodS) / SECONDS_PER_HOUR
      : nodeHoursUp(pool, run.startOfTraceS, run.endOfRunS) * factor;
  };
  const bill = billOf({
    groups: groups.map(({ name, perNodeHour }, index) => ({
      name,
      nodeHours: nodeHoursOf(nodeGroups[index]!),
      perNodeHour,
    })),
    ...(electricityPerKwh === undefined
      ? {}
      : {
          electricity: {
            kilowattHours: (meteredJ / JOULES_PER_KWH) * (power?.pue ?? 1) * factor,
            perKilowattHour: electricityPerKwh,
          },
        }),
    currency,
  });
  const gpuHours = delivered.gpuHours * factor;
  const perGpuHour = gpuHours === 0 ? null : bill.total / gpuHours;
  const managedFrom = run.managed?.from ?? run.jobs.count;
  const tenants = run.jobs.tenantNames.flatMap((name, tenant) => {
    const hours = delivered.byTenant[tenant]! * factor;
    // What services cost is told with them.
    const isService =
      run.managed !== undefined && !run.jobs.tenant.subarray(0, managedFrom).includes(tenant);
    return name === "" || isService
      ? []
      : [{ name, gpuHours: hours, amount: hours * (perGpuHour ?? 0) }];
  });
  return {
    currency,
    total: bill.total,
    periodS,
    items: bill.items,
    perGpuHour,
    perJob: delivered.jobs * factor === 0 ? null : bill.total / (delivered.jobs * factor),
    ...(tenants.length === 0 ? {} : { tenants }),
  };
}
