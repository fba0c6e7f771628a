import { z } from "zod";

import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { duration } from "../../schema/quantities.js";

/** What holds where a Ray cluster says nothing. */
export const RAY_DEFAULTS = {
  tick: "5s",
  tickS: 5,
  boot: "90s",
  bootS: 90,
  idleTimeout: "60s",
  idleTimeoutS: 60,
  upscaling: "default",
  concurrentLaunches: 1_000,
  monitor: "60s",
  monitorS: 60,
  restart: "60s",
  restartS: 60,
  checkpoint: "10m",
  checkpointS: 600,
} as const;

/** Amounts by resource. */
function resources(description: string) {
  return field(z.record(plainName(), z.number().min(0, "must be at least 0").max(1e15)), {
    description,
    example: { CPU: 8, GPU: 1 },
  });
}

function tasksSchema() {
  return z.strictObject({
    count: field(wholeNumber(1, 100_000), { description: "Tasks.", example: 200 }),
    resources: resources("What one needs."),
    duration: field(duration("above-zero"), { description: "Time of one.", example: "3m" }),
    durations: field(oneOf(["fixed", "exponential"]), {
      description: "Whether all take as long, or `duration` on average.",
      default: "fixed",
      example: "exponential",
      valueTexts: ["All alike.", "Exponential."],
    }).optional(),
  });
}

function groupSchema() {
  return z.strictObject({
    strategy: field(oneOf(["PACK", "SPREAD", "STRICT_PACK", "STRICT_SPREAD"]), {
      description: "How bundles are spread over nodes.",
      default: "PACK",
      example: "STRICT_SPREAD",
      valueTexts: [
        "On few nodes, as far as that goes.",
        "On different nodes, as far as that goes.",
        "All on one node, or not at all.",
        "Each on a node of its own, or not at all.",
      ],
    }).optional(),
    bundles: field(z.array(resources("One bundle.")).min(1).max(1_000), {
      description: "Bundles, placed all together.",
      example: [{ CPU: 1, GPU: 1 }],
    }),
    duration: field(duration("above-zero"), { description: "Time it is used once it is there.", example: "1h" }),
  });
}

function trainSchema() {
  return z.strictObject({
    workers: field(
      z.strictObject({
        min: field(wholeNumber(1, 10_000), { description: "It waits until there is room for so many.", example: 2 }),
        max: field(wholeNumber(1, 10_000), { description: "It takes as many as there is room for, up to this.", example: 8 }),
      }),
      { description: "Workers; the same number twice for a fixed group.", example: { min: 2, max: 8 } },
    ),
    perWorker: resources("What one worker needs."),
    duration: field(duration("above-zero"), {
      description: "Time of the whole with all `max` workers and no restart. Workers share the work evenly.",
      example: "6h",
    }),
    monitor: field(duration("above-zero"), {
      description: "How often it looks whether there could be more or fewer workers.",
      default: RAY_DEFAULTS.monitor,
      example: "60s",
    }).optional(),
    restart: field(duration("zero-or-more"), {
      description: "Time the workers stand still when the group is formed anew.",
      default: RAY_DEFAULTS.restart,
      example: "2m",
    }).optional(),
    checkpoint: field(duration("above-zero"), {
      description: "Time between checkpoints; a restart falls back to the last one.",
      default: RAY_DEFAULTS.checkpoint,
      example: "10m",
    }).optional(),
  });
}

function workSchema() {
  return z.strictObject({
    name: field(plainName(), { description: "Name of the work, used once in its cluster.", example: "tuning" }),
    at: field(duration("zero-or-more"), { description: "When it is submitted.", default: "0s", example: "1h" }).optional(),
    tasks: field(tasksSchema(), { description: "Tasks that do not depend on each other.", example: { count: 200, resources: { CPU: 1 }, duration: "3m" } }).optional(),
    group: field(groupSchema(), { description: "A placement group.", example: { bundles: [{ GPU: 1 }], duration: "1h" } }).optional(),
    train: field(trainSchema(), { description: "Ray Train.", example: { workers: { min: 2, max: 8 }, perWorker: { GPU: 1 }, duration: "6h" } }).optional(),
  });
}

/** Ray clusters on member clusters: `workload.ray`. */
export function raySchema() {
  const worker = z.strictObject({
    name: field(plainName(), { description: "Name of the worker group.", example: "gpu" }),
    resources: resources("What one Ray node has. `GPU` are GPUs of the cluster's nodes."),
    min: field(wholeNumber(0, 10_000), { description: "Nodes of the group that are always there.", default: 0, example: 1 }).optional(),
    max: field(wholeNumber(1, 10_000), { description: "Most nodes of the group.", example: 8 }),
  });
  const cluster = z.strictObject({
    name: field(plainName(), { description: "Name of the Ray cluster, used once.", example: "research" }),
    cluster: field(plainName(), { description: "Cluster it runs on.", example: "berlin" }),
    tenant: field(plainName(), { description: "Whose quota it uses.", default: "default", example: "research" }).optional(),
    admission: field(oneOf(["whole", "none"]), {
      description: "Whether it waits for quota (Kueue's suspended RayJob).",
      default: "whole",
      example: "none",
      valueTexts: [
        "It waits until its tenant's quota has room for all the GPUs it may grow to, and keeps that until its work is done.",
        "It asks for no quota.",
      ],
    }).optional(),
    gpu: field(lineOfText(100), { description: "GPU model of its nodes. Left out, any.", example: "H100" }).optional(),
    workers: field(z.array(worker).min(1).max(100), {
      description: "Worker groups. Each Ray node is a pod on one node of the cluster.",
      example: [{ name: "gpu", resources: { CPU: 16, GPU: 4 }, max: 8 }],
    }),
    nodesMax: field(wholeNumber(1, 100_000), { description: "Most nodes of all groups. Left out, the sum of theirs.", example: 10 }).optional(),
    idleTimeout: field(duration("zero-or-more"), {
      description: "A node without work for longer is given back.",
      default: RAY_DEFAULTS.idleTimeout,
      example: "60s",
    }).optional(),
    upscaling: field(oneOf(["default", "conservative"]), {
      description: "How many nodes are asked for at once.",
      default: RAY_DEFAULTS.upscaling,
      example: "conservative",
      valueTexts: ["A thousand for each that is there.", "As many as are there, and at least one."],
    }).optional(),
    concurrentLaunches: field(wholeNumber(1, 100_000), {
      description: "Most nodes of a group that are being launched at once.",
      default: RAY_DEFAULTS.concurrentLaunches,
      example: 10,
    }).optional(),
    boot: field(duration("zero-or-more"), {
      description: "From a pod that has its place to a Ray node that takes work.",
      default: RAY_DEFAULTS.boot,
      example: "2m",
    }).optional(),
    tick: field(duration("above-zero"), {
      description: "How often the autoscaler looks.",
      default: RAY_DEFAULTS.tick,
      example: "5s",
    }).optional(),
    work: field(z.array(workSchema()).min(1).max(1_000), {
      description: "What is submitted to it: each one of `tasks`, `group` and `train`.",
      example: [{ name: "tuning", tasks: { count: 200, resources: { CPU: 1 }, duration: "3m" } }],
    }),
  });
  return field(z.array(cluster).min(1).max(100), {
    description: "Ray clusters that grow and shrink on a cluster of the fleet.",
    example: [
      {
        name: "research",
        cluster: "berlin",
        workers: [{ name: "gpu", resources: { CPU: 16, GPU: 4 }, max: 8 }],
        work: [{ name: "tuning", tasks: { count: 200, resources: { GPU: 1 }, duration: "3m" } }],
      },
    ],
  });
}

/** A Ray cluster as written, checked. */
export type RayInput = z.output<ReturnType<typeof raySchema>>[number];
