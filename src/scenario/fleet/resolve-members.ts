import { formatDuration } from "../../base/units.js";
import { createGpuNames } from "../../hardware/gpu-names.js";
import type { MemberPoolSpec, MemberSpec } from "../../simulation/fleet/clusters/clusters-spec.js";
import type { Assume } from "./assume.js";
import { poolNameOf } from "./pools-of-upgrade.js";
import { placesOf } from "./resolve-places.js";
import { CLUSTER_DEFAULTS, type ClusterInput, type PoolInput } from "./schema/clusters-schema.js";
import type { FleetDocument } from "./schema/fleet-schema.js";

/** Builds the named clusters of a fleet. */
export function resolveMembers(spec: FleetDocument, assume: Assume): readonly MemberSpec[] {
  const places = placesOf(spec);
  return (spec.fleet.clusters ?? []).map((cluster, index) => {
    const { name, region, taints = [], properties = {}, queue } = cluster;
    return {
      name,
      region,
      labels: places[index]!.labels,
      taints: taints.map(({ key, value }) => ({ key, ...(value === undefined ? {} : { value }) })),
      properties,
      pools: cluster.nodes.map((pool) => resolvePool(cluster, pool, assume)),
      queue: {
        order: (queue?.order ?? CLUSTER_DEFAULTS.order) as "skip" | "strict",
        preemption: (queue?.preemption ?? CLUSTER_DEFAULTS.preemption) as
          "never" | "lower-priority",
        graceS: queue?.grace ?? CLUSTER_DEFAULTS.graceS,
        quotaGpus: queue?.quotas ?? {},
      },
      disconnected: (cluster.disconnected ?? []).map(windowOf),
      outages: (cluster.outages ?? []).map(windowOf),
      ...(cluster.linkFaults === undefined
        ? {}
        : { disconnectedAtRandom: randomOf(cluster.linkFaults) }),
      ...(cluster.outageFaults === undefined
        ? {}
        : { outagesAtRandom: randomOf(cluster.outageFaults) }),
    };
  });
}

function resolvePool(cluster: ClusterInput, pool: PoolInput, assume: Assume): MemberPoolSpec {
  const { elastic, spot, failures } = pool;
  const gpusPerNode = pool.gpusPerNode ?? CLUSTER_DEFAULTS.gpusPerNode;
  const id = `fleet.clusters[${cluster.name}].nodes[${poolNameOf(pool)}]`;
  notePool(id, pool, assume);
  const max = Math.min(
    elastic?.max ?? 0,
    elastic?.quotaGpus === undefined ? Infinity : Math.floor(elastic.quotaGpus / gpusPerNode),
  );
  return {
    name: poolNameOf(pool),
    gpuModel: gpuModelOf(id, pool.gpu, assume),
    gpusPerNode,
    count: (pool.count ?? elastic?.min ?? 0) + (pool.spares ?? 0),
    hosting: (pool.hosting ?? (elastic === undefined ? "bare-metal" : "vm")) as "bare-metal" | "vm",
    ...(pool.cpu === undefined ? {} : { cpuCoresPerNode: pool.cpu / 1000 }),
    ...(pool.memory === undefined ? {} : { memoryBytesPerNode: pool.memory }),
    ...(pool.sku === undefined ? {} : { sku: pool.sku }),
    speed: pool.speed ?? 1,
    pricePerNodeHour: pool.pricePerHour ?? 0,
    ...(elastic === undefined
      ? {}
      : {
          elastic: {
            min: Math.min(elastic.min ?? 0, max),
            max,
            provisionS: elastic.provision ?? CLUSTER_DEFAULTS.provisionS,
            idleTimeoutS: elastic.idleTimeout ?? CLUSTER_DEFAULTS.idleTimeoutS,
          },
        }),
    ...(spot === undefined ? {} : { loss: { meanLifeS: spot.meanLife } }),
    ...(failures === undefined
      ? {}
      : { loss: { meanLifeS: failures.mtbf, repairS: failures.repair } }),
  };
}

/** The model a GPU name stands for; noted where the name leaves its form open. */
export function gpuModelOf(id: string, name: string, assume: Assume): string {
  const found = createGpuNames([]).resolve(name);
  if (found.kind !== "catalogue")
    throw new Error(`fleet: GPU ${name} passed the checks and is not known`);
  if (found.assumed)
    assume({
      id: `${id}.gpu`,
      what: `Which ${name} is meant`,
      value: found.name,
      provenance: "assumed",
      source: "the usual form of the model",
    });
  return found.name;
}

function windowOf(window: { readonly from: number; readonly for: number }) {
  return { fromS: window.from, toS: window.from + window.for };
}

function randomOf({ mtbf, repair }: { readonly mtbf: number; readonly repair: number }) {
  return { meanBetweenS: mtbf, meanLengthS: repair };
}

function notePool(id: string, pool: PoolInput, assume: Assume): void {
  const { elastic } = pool;
  const note = (field: string, what: string, value: string, source: string): void =>
    assume({ id: `${id}.${field}`, what, value, provenance: "assumed", source });
  if (elastic !== undefined && elastic.provision === undefined)
    note(
      "elastic.provision",
      "Time until a new node takes jobs",
      formatDuration(CLUSTER_DEFAULTS.provisionS),
      "default; measure yours",
    );
  if (elastic !== undefined && elastic.idleTimeout === undefined)
    note(
      "elastic.idleTimeout",
      "Time a node may be idle",
      formatDuration(CLUSTER_DEFAULTS.idleTimeoutS),
      "default: the cluster autoscaler's",
    );
  if (pool.pricePerHour === undefined)
    note(
      "pricePerHour",
      "Price of a node and hour",
      "0",
      "no price is given: costs leave this pool out",
    );
  if (pool.speed !== undefined)
    assume({
      id: `${id}.speed`,
      what: "Speed of a GPU, over that of the GPU durations were written for",
      value: String(pool.speed),
      provenance: "given",
      source: "the file of the fleet",
    });
  if (pool.spot !== undefined)
    assume({
      id: `${id}.spot`,
      what: "How long a spot node lasts",
      value: `${formatDuration(pool.spot.meanLife)} on average, exponential`,
      provenance: "given",
      source: "the file of the fleet",
    });
}
