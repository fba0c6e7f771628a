import { z } from "zod";

import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { cores, duration, size } from "../../schema/quantities.js";
import { FLEET_LIMITS } from "../fleet-limits.js";
import { labelsSchema } from "./region-schema.js";

/** What holds where a member cluster says nothing. */
export const CLUSTER_DEFAULTS = {
  gpusPerNode: 8,
  provision: "5m",
  provisionS: 300,
  idleTimeout: "10m",
  idleTimeoutS: 600,
  order: "skip",
  preemption: "never",
  grace: "30s",
  graceS: 30,
  heartbeat: "5m",
  heartbeatS: 300,
  sync: "1s",
  syncS: 1,
  workerLost: "15m",
  workerLostS: 900,
  gateTimeout: "5m",
  gateTimeoutS: 300,
} as const;

const PRICE_MAX = 1e9;
const CLUSTERS_MAX = 1_000;
const NODES_MAX = 10_000;

/** An amount of money. */
export function money() {
  return z.number().min(0, "must be at least 0").max(PRICE_MAX);
}

/** Most GPUs by tenant. */
function quotasSchema(description: string) {
  return field(z.record(plainName(), wholeNumber(0, 1_000_000)), { description, example: { vision: 16 } });
}

function elasticSchema() {
  return z.strictObject({
    min: field(wholeNumber(0, NODES_MAX), {
      description: "Nodes that are always there.",
      default: 0,
      example: 1,
    }).optional(),
    max: field(wholeNumber(1, NODES_MAX), { description: "Most nodes.", example: 8 }),
    quotaGpus: field(wholeNumber(1, 1_000_000), {
      description: "GPUs the subscription may have in this region: fewer nodes come when it is smaller than `max` of them.",
      example: 32,
    }).optional(),
    provision: field(duration("zero-or-more"), {
      description: "From asking for a node to jobs on it.",
      default: CLUSTER_DEFAULTS.provision,
      example: "7m",
    }).optional(),
    idleTimeout: field(duration("zero-or-more"), {
      description: "A node above `min` without work for so long is given back.",
      default: CLUSTER_DEFAULTS.idleTimeout,
      example: "10m",
    }).optional(),
  });
}

function poolSchema() {
  return z.strictObject({
    name: field(plainName(), {
      description: "Name of the pool within its cluster. Left out, its GPU.",
      example: "training",
    }).optional(),
    gpu: field(lineOfText(100), { description: "GPU model of the nodes, from the catalogue.", example: "H100" }),
    gpusPerNode: field(wholeNumber(1, FLEET_LIMITS.gpusPerNodeMax), {
      description: "GPUs of one node.",
      default: CLUSTER_DEFAULTS.gpusPerNode,
      example: 8,
    }).optional(),
    count: field(wholeNumber(0, NODES_MAX), {
      description: "Nodes at the start. Left out for a pool that grows, its `min`.",
      example: 4,
    }).optional(),
    spares: field(wholeNumber(0, NODES_MAX), {
      description: "Nodes beside `count` that are there for upgrades and failures. Jobs use them like the others; not with `elastic`.",
      default: 0,
      example: 1,
    }).optional(),
    cpu: field(cores(), { description: "Cores of one node, for properties that placements ask for.", example: 96 }).optional(),
    memory: field(size(), { description: "Memory of one node, for the same.", example: "1900GiB" }).optional(),
    sku: field(plainName(), {
      description: "What the provider calls the machine: counted in the property `kubernetes.azure.com/vm-sizes/<sku>/count`.",
      example: "Standard_ND96isr_H100_v5",
    }).optional(),
    hosting: field(oneOf(["bare-metal", "vm"]), {
      description: "A label, and the default: bare metal, or virtual machines where the pool grows.",
      example: "vm",
      valueTexts: ["Machines that are there.", "Machines that come and go."],
    }).optional(),
    speed: field(z.number().positive("must be above 0").max(1_000), {
      description: "Work of one GPU in a second, over that of the GPU that durations were written for. Measured.",
      default: 1,
      example: 1.4,
    }).optional(),
    pricePerHour: field(money(), {
      description: "Money for one node and hour, whoever uses it. Left out, the pool costs nothing.",
      example: 55.2,
    }).optional(),
    elastic: field(elasticSchema(), {
      description: "The pool grows for what waits, and shrinks.",
      example: { max: 8, provision: "7m" },
    }).optional(),
    spot: field(
      z.strictObject({
        meanLife: field(duration("above-zero"), {
          description: "Mean time until a node is taken back, exponential. What ran on it goes on from its last checkpoint.",
          example: "12h",
        }),
      }),
      { description: "Nodes may be taken back at any time. Needs `elastic`.", example: { meanLife: "12h" } },
    ).optional(),
    failures: field(
      z.strictObject({
        mtbf: field(duration("above-zero"), {
          description: "Mean time from a node's coming to its failing, exponential.",
          example: "90d",
        }),
        repair: field(duration("above-zero"), { description: "Time until it is back.", example: "1d" }),
      }),
      { description: "Nodes fail and are repaired. Not with `spot`.", example: { mtbf: "90d", repair: "1d" } },
    ).optional(),
  });
}

function queueSchema() {
  return z.strictObject({
    order: field(oneOf(["skip", "strict"]), {
      description: "Who goes next, among those of highest priority that came first.",
      default: CLUSTER_DEFAULTS.order,
      example: "strict",
      valueTexts: [
        "The first that fits (Kueue: BestEffortFIFO).",
        "The first, and nobody passes while it does not fit (Kueue: StrictFIFO).",
      ],
    }).optional(),
    preemption: field(oneOf(["never", "lower-priority"]), {
      description: "Whether a waiting job may stop running ones.",
      default: CLUSTER_DEFAULTS.preemption,
      example: "lower-priority",
      valueTexts: ["It may not.", "Those of lower priority, the lowest and latest first."],
    }).optional(),
    grace: field(duration("zero-or-more"), {
      description: "Time a stopped job takes to end, in which its GPUs wait for who stopped it.",
      default: CLUSTER_DEFAULTS.grace,
      example: "2m",
    }).optional(),
    quotas: quotasSchema(
      "Most GPUs that jobs of a tenant hold at once on this cluster. A tenant that is not named has no limit; nobody borrows.",
    ).optional(),
  });
}

function windowsSchema(description: string) {
  const window = z.strictObject({
    from: field(duration("zero-or-more"), { description: "When it begins, from the start of the run.", example: "1d" }),
    for: field(duration("above-zero"), { description: "How long it lasts.", example: "6h" }),
  });
  return field(z.array(window).min(1).max(FLEET_LIMITS.windowsMax), {
    description,
    example: [{ from: "1d", for: "6h" }],
  });
}

function randomSchema(description: string) {
  return field(
    z.strictObject({
      mtbf: field(duration("above-zero"), {
        description: "Mean time from the end of one to the start of the next, exponential.",
        example: "30d",
      }),
      repair: field(duration("above-zero"), { description: "Mean length, exponential.", example: "1h" }),
    }),
    { description, example: { mtbf: "30d", repair: "1h" } },
  );
}

/** Named clusters: `fleet.clusters`. */
export function clustersSchema() {
  const taint = z.strictObject({
    key: field(lineOfText(253), { description: "Key of the taint.", example: "site-type" }),
    value: field(lineOfText(63), { description: "Its value.", example: "edge" }).optional(),
  });
  const cluster = z.strictObject({
    name: field(plainName(), { description: "Name of the cluster, used once.", example: "berlin" }),
    region: field(plainName(), { description: "Region it stands in.", example: "germany" }),
    labels: labelsSchema("Labels of the cluster, beside those of its region, `region` and `cluster`.").optional(),
    taints: field(z.array(taint).max(100), {
      description: "Only placements that tolerate them pick the cluster (PickAll and PickN; effect NoSchedule).",
      example: [{ key: "site-type", value: "edge" }],
    }).optional(),
    properties: field(z.record(lineOfText(253), z.number()), {
      description:
        "Properties it reports, such as `kubernetes.azure.com/per-cpu-core-cost`. Node counts, CPU, memory, `headroom/total-gpus`, `headroom/available-gpus` and `headroom/waiting-jobs` are counted.",
      example: { "kubernetes.azure.com/per-cpu-core-cost": 0.042 },
    }).optional(),
    nodes: field(z.array(poolSchema()).min(1).max(100), {
      description: "Pools of equal nodes. A gang stays within one; earlier pools are tried first.",
      example: [{ gpu: "H100", count: 4, pricePerHour: 40 }],
    }),
    queue: field(queueSchema(), {
      description: "How jobs wait on this cluster.",
      example: { order: "skip", preemption: "lower-priority" },
    }).optional(),
    cache: field(size(), {
      description: "Copies of datasets the cluster keeps when nobody uses them, the least recently used go first. Left out, all.",
      example: "20TB",
    }).optional(),
    disconnected: windowsSchema("Times without a link to the hub and to other places. What runs goes on.").optional(),
    linkFaults: randomSchema("Losses of the link at random, beside those written down.").optional(),
    outages: windowsSchema("Times in which all nodes are down, and the link with them.").optional(),
    outageFaults: randomSchema("Outages at random, beside those written down.").optional(),
  });
  return field(z.array(cluster).min(1).max(CLUSTERS_MAX), {
    description: "Clusters with a name, a place and nodes, which run jobs, services and Ray clusters.",
    example: [{ name: "berlin", region: "germany", nodes: [{ gpu: "H100", count: 4 }] }],
  });
}

/** How the hub sends jobs out: `fleet.dispatch`. */
export function dispatchSchema() {
  return field(
    z.strictObject({
      heartbeatMax: field(duration("zero-or-more"), {
        description: "Oldest heartbeat of a cluster that is still picked.",
        default: CLUSTER_DEFAULTS.heartbeat,
        example: "5m",
      }).optional(),
      sync: field(duration("zero-or-more"), {
        description: "Time until clusters that lost a race for a job hear of it.",
        default: CLUSTER_DEFAULTS.sync,
        example: "2s",
      }).optional(),
      workerLostTimeout: field(duration("zero-or-more"), {
        description: "Time a cluster without a link keeps the jobs it won; then they are sent out again. Not for picked placements.",
        default: CLUSTER_DEFAULTS.workerLost,
        example: "15m",
      }).optional(),
      orchestratedPreemption: field(z.boolean(), {
        description: "Let one cluster at a time preempt for a job that is offered to several (KEP 8303, off in Kueue).",
        default: false,
        example: true,
      }).optional(),
      preemptionTimeout: field(duration("zero-or-more"), {
        description: "Time before the next cluster may preempt for it.",
        default: CLUSTER_DEFAULTS.gateTimeout,
        example: "5m",
      }).optional(),
      quotas: quotasSchema(
        "Most GPUs of a tenant's jobs that are sent out and not done, over all clusters. The manager's own quota in MultiKueue.",
      ).optional(),
    }),
    {
      description: "How the hub sends jobs to clusters and hears of them.",
      example: { orchestratedPreemption: true },
    },
  );
}

/** A cluster as written, checked. */
export type ClusterInput = z.output<ReturnType<typeof clustersSchema>>[number];

/** A pool as written, checked. */
export type PoolInput = ClusterInput["nodes"][number];

/** How the hub sends jobs out, as written, checked. */
export type DispatchInput = z.output<ReturnType<typeof dispatchSchema>>;
