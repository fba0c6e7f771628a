import { z } from "zod";

import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { duration } from "../../schema/quantities.js";
import { FLEET_LIMITS } from "../fleet-limits.js";
import { labelsSchema } from "./region-schema.js";

/** What holds where a node pool says nothing. */
export const POOL_DEFAULTS = {
  spares: 0,
  gpusPerNode: 8,
  placement: "pack",
  start: "5m",
  startS: 300,
  grace: "30s",
  graceS: 30,
  onDrain: "stop",
  save: "2m",
  saveS: 120,
  restart: "5m",
  restartS: 300,
} as const;

/** Nodes a pool may have. */
export const POOL_LIMITS = { poolsMax: 200, nodesMax: 1_000, workloadsMax: 50, replicasMax: 16_000 };

function countOrPercent(description: string, example: number | string) {
  return field(
    z.union([
      wholeNumber(0, POOL_LIMITS.replicasMax),
      z.string().regex(/^\d{1,3}(\.\d{1,3})?%$/, "must be a whole number or a percentage such as 25%"),
    ]),
    { description, example, type: "whole number or percentage" },
  );
}

/** GPUs of a pod: whole ones, or one MIG instance. */
function gpuFields() {
  return {
    gpus: field(wholeNumber(1, FLEET_LIMITS.gpusPerNodeMax), {
      description: "GPUs of one replica or worker. Give either this or `profile`.",
      example: 8,
    }).optional(),
    profile: field(lineOfText(40), {
      description: "MIG profile of which one replica or worker takes one instance.",
      example: "3g.40gb",
    }).optional(),
  };
}

function poolServiceSchema() {
  return z.strictObject({
    name: field(plainName(), { description: "Name of the service, used once in its pool.", example: "chat" }),
    replicas: field(wholeNumber(1, POOL_LIMITS.replicasMax), { description: "Replicas that run.", example: 8 }),
    ...gpuFields(),
    need: field(wholeNumber(0, POOL_LIMITS.replicasMax), {
      description: "Replicas that must serve for its objective to be met.",
      example: 7,
    }),
    budget: field(
      z.strictObject({
        maxUnavailable: countOrPercent("Replicas that may be away; a percentage is rounded up.", 1).optional(),
        minAvailable: countOrPercent("Replicas that must serve; a percentage is rounded up.", "80%").optional(),
      }),
      {
        description: "Its PodDisruptionBudget. Left out, every eviction is allowed.",
        example: { maxUnavailable: 1 },
      },
    ).optional(),
    start: field(duration("zero-or-more"), {
      description: "From its place on a node until a replica serves: image, weights, warm-up.",
      default: POOL_DEFAULTS.start,
      example: "8m",
    }).optional(),
    grace: field(duration("zero-or-more"), {
      description: "How long a replica that was told to end keeps its GPUs.",
      default: POOL_DEFAULTS.grace,
      example: "2m",
    }).optional(),
  });
}

function poolJobsSchema() {
  return z.strictObject({
    name: field(plainName(), { description: "Name of the jobs, used once in their pool.", example: "train" }),
    count: field(wholeNumber(1, POOL_LIMITS.replicasMax), { description: "Equal jobs that run.", example: 2 }),
    workers: field(wholeNumber(1, POOL_LIMITS.nodesMax), {
      description: "Workers of one job, which stop and start together.",
      default: 1,
      example: 4,
    }).optional(),
    ...gpuFields(),
    duration: field(duration("above-zero"), {
      description: "Time one job takes undisturbed. Left out, longer than the run.",
      example: "12h",
    }).optional(),
    checkpoint: field(duration("above-zero"), {
      description: "Time from one checkpoint to the next. Left out, all work since the start is lost when a job is stopped.",
      example: "1h",
    }).optional(),
    onDrain: field(oneOf(["stop", "save", "next-checkpoint", "finish"]), {
      description: "What a job does when one of its nodes is drained.",
      default: POOL_DEFAULTS.onDrain,
      example: "save",
      valueTexts: [
        "It ends at once; work that is in no checkpoint is lost.",
        "It writes a checkpoint first, in `save`.",
        "It goes on until its next checkpoint.",
        "It does not yield before it is done: a budget of 0, or the label that forbids disruption.",
      ],
    }).optional(),
    save: field(duration("zero-or-more"), {
      description: "Time to write the checkpoint of `onDrain: save`.",
      default: POOL_DEFAULTS.save,
      example: "2m",
    }).optional(),
    restart: field(duration("zero-or-more"), {
      description: "From its places on nodes until a stopped job does new work.",
      default: POOL_DEFAULTS.restart,
      example: "10m",
    }).optional(),
    backlog: field(z.boolean(), {
      description: "Whether another job of the kind follows one that ends.",
      default: true,
      example: false,
    }).optional(),
    grace: field(duration("zero-or-more"), {
      description: "How long a stopped job keeps its GPUs.",
      default: POOL_DEFAULTS.grace,
      example: "30s",
    }).optional(),
  });
}

function migLayout(description: string) {
  return field(
    z.array(field(lineOfText(40), { description: "A MIG profile.", example: "1g.10gb" })).min(1).max(7),
    { description, example: ["3g.40gb", "3g.40gb"] },
  );
}

/** The instances of every GPU after a change of layout: `upgrades[].layout`. */
export function layoutAfterSchema() {
  return migLayout("For `what: mig`: the instances of every GPU afterwards.");
}

/** Node pools and what runs on them: `fleet.pools`. */
export function poolsSchema() {
  const pool = z.strictObject({
    name: field(plainName(), { description: "Name of the pool, used once.", example: "h100" }),
    cluster: field(plainName(), {
      description: "Cluster the pool belongs to. Pools of one cluster are upgraded one after the other. Left out, a cluster of its own.",
      example: "prod-eu",
    }).optional(),
    region: field(plainName(), { description: "Region of `fleet.regions`; gives the local time of maintenance windows.", example: "north" }).optional(),
    labels: labelsSchema("Labels by which stages choose pools.").optional(),
    nodes: field(wholeNumber(1, POOL_LIMITS.nodesMax), {
      description: "Nodes that the workload is planned on, spare ones not included.",
      example: 8,
    }),
    spares: field(wholeNumber(0, POOL_LIMITS.nodesMax), {
      description: "Nodes beside them, which are there all the time and are upgraded too.",
      default: POOL_DEFAULTS.spares,
      example: 1,
    }).optional(),
    gpu: field(lineOfText(100), { description: "GPU model, a name of the catalogue.", example: "H100 SXM" }),
    gpusPerNode: field(wholeNumber(1, FLEET_LIMITS.gpusPerNodeMax), {
      description: "GPUs of each node.",
      default: POOL_DEFAULTS.gpusPerNode,
      example: 8,
    }).optional(),
    layout: migLayout("MIG instances of every GPU. Left out, GPUs are whole.").optional(),
    system: field(z.boolean(), {
      description: "A system pool, which cannot be upgraded in place.",
      default: false,
      example: false,
    }).optional(),
    pricePerNodeHour: field(z.number().min(0, "must be at least 0").max(1e6), {
      description: "What a node costs in an hour, in any currency; for the price of spare nodes.",
      example: 98.32,
    }).optional(),
    placement: field(oneOf(["pack", "spread"]), {
      description: "Which node with room a pod is put on.",
      default: POOL_DEFAULTS.placement,
      example: "spread",
      valueTexts: ["The fullest.", "The emptiest."],
    }).optional(),
    services: field(z.array(poolServiceSchema()).max(POOL_LIMITS.workloadsMax), {
      description: "Services on the pool. They find a place before jobs do.",
      example: [{ name: "chat", replicas: 8, gpus: 4, need: 7, budget: { maxUnavailable: 1 } }],
    }).optional(),
    jobs: field(z.array(poolJobsSchema()).max(POOL_LIMITS.workloadsMax), {
      description: "Jobs on the pool.",
      example: [{ name: "train", count: 1, workers: 4, gpus: 8, checkpoint: "1h" }],
    }).optional(),
  });
  return field(z.array(pool).min(1).max(POOL_LIMITS.poolsMax), {
    description: "Node pools of clusters, for upgrades of their nodes.",
    example: [{ name: "h100", nodes: 8, gpu: "H100 SXM" }],
  });
}

/** A pool as written, checked. */
export type PoolInput = z.output<ReturnType<typeof poolsSchema>>[number];
