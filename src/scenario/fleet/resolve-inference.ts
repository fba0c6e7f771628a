import { formatDuration } from "../../base/units.js";
import type { FleetServiceSpec } from "../../simulation/fleet/clusters/service-spec.js";
import type { DisruptionBudget } from "../../policy/fleet/eviction.js";
import { amountOf } from "./amount.js";
import type { Assume } from "./assume.js";
import type { FleetNames } from "./resolve-fleet-jobs.js";
import { gpuModelOf } from "./resolve-members.js";
import { forbiddenBy, type LabelledPlace } from "./resolve-places.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import { INFERENCE_DEFAULTS, type InferenceInput } from "./schema/inference-schema.js";
import { findLink } from "./wan-links.js";

/** Builds the models that clusters serve. Round trips of pairs that nobody knows are not a number. */
export function resolveInference(
  spec: FleetDocument,
  places: readonly LabelledPlace[],
  names: FleetNames,
  assume: Assume,
): readonly FleetServiceSpec[] {
  const clusters = places.filter(({ member }) => member !== undefined);
  return (spec.workload?.inference ?? []).map((service) => {
    const id = `workload.inference[${service.name}]`;
    const { model, latencyGoal } = service;
    assume({
      id: `${id}.compute`,
      what: `Mean compute time of a request of ${service.name} in its slot`,
      value: `${formatDuration(service.compute)}, ${service.computeTimes ?? "exponential"}`,
      provenance: "given",
      source: "the file of the fleet",
    });
    return {
      name: service.name,
      ...(model === undefined ? {} : { model: names.datasets.indexOf(model) }),
      replicas: Object.entries(service.replicas).map(([cluster, count]) => ({
        member: names.clusters.indexOf(cluster),
        count,
      })),
      gpusPerReplica: service.gpusPerReplica ?? 1,
      ...(service.gpu === undefined ? {} : { gpuModel: gpuModelOf(id, service.gpu, assume) }),
      slotsPerReplica: service.slots ?? INFERENCE_DEFAULTS.slots,
      computeS: service.compute,
      compute: (service.computeTimes ?? "exponential") as "exponential" | "fixed",
      startS: service.start ?? INFERENCE_DEFAULTS.startS,
      waitingPerSlotMax: service.waitingPerSlot ?? INFERENCE_DEFAULTS.waitingPerSlot,
      firstRequestS: service.firstRequest ?? 0,
      users: service.users.map(({ region, requestsPerSecond, residency }) => ({
        region,
        requestsPerS: requestsPerSecond,
        allowed: clusters.map((place) => forbiddenBy(residency, place) === undefined),
        rttS: clusters.map(
          (place) => findLink(spec.fleet.wan, region, place.region)?.link.rttS ?? Number.NaN,
        ),
      })),
      ...(service.budget === undefined ? {} : { budget: budgetOf(service.budget) }),
      ...(service.need === undefined ? {} : { need: amountOf(service.need) }),
      graceS: service.grace ?? INFERENCE_DEFAULTS.graceS,
      ...(latencyGoal === undefined ? {} : { latencyGoalS: latencyGoal }),
    };
  });
}

/** The checks have seen to it that one of the two is there. */
function budgetOf(budget: NonNullable<InferenceInput["budget"]>): DisruptionBudget {
  return budget.maxUnavailable === undefined
    ? { minAvailable: amountOf(budget.minAvailable!) }
    : { maxUnavailable: amountOf(budget.maxUnavailable) };
}
