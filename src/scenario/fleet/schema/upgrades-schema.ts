import { z } from "zod";

import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { duration } from "../../schema/quantities.js";
import { FLEET_LIMITS } from "../fleet-limits.js";
import { layoutAfterSchema, POOL_LIMITS } from "./pools-schema.js";

/** What holds where an upgrade says nothing: the settings of AKS, and times nobody published. */
export const UPGRADE_DEFAULTS = {
  maxSurge: 1,
  maxUnavailable: 0,
  maxUnavailableInPlace: 1,
  drainTimeout: "30m",
  drainTimeoutS: 1_800,
  soak: "0s",
  soakS: 0,
  undrainable: "stop",
  drainBatch: "10%",
  batchSoak: "15m",
  batchSoakS: 900,
  finalSoak: "1h",
  finalSoakS: 3_600,
  kubernetes: "1.34",
  boot: "10m",
  bootS: 600,
  /** Of a drained node, by what is changed. */
  changeS: { kubernetes: 600, image: 600, driver: 300, mig: 60 },
  poll: "1h",
  pollS: 3_600,
  sparesMax: 8,
  groupConcurrency: 1,
  stageConcurrency: 50,
  failuresMax: 0,
} as const;

function amount(description: string, fallback: number | string, example: number | string = "33%") {
  return field(
    z.union([
      wholeNumber(0, POOL_LIMITS.nodesMax),
      z.string().regex(/^\d{1,3}(\.\d{1,3})?%$/, "must be a whole number or a percentage such as 33%"),
    ]),
    { description, default: fallback, example, type: "whole number or percentage" },
  ).optional();
}

function between(low: number, high: number, text: string) {
  return duration("zero-or-more").pipe(
    z.number().min(low, `must be ${text}`).max(high, `must be ${text}`),
  );
}

function drainTimeout(low: number, text: string) {
  return field(between(low, 86_400, text), {
    description: "How long a node is drained before it counts as undrainable.",
    default: UPGRADE_DEFAULTS.drainTimeout,
    example: "1h",
  }).optional();
}

function undrainableFields() {
  return {
    undrainable: field(oneOf(["stop", "schedule", "cordon"]), {
      description: "What becomes of a node that is not empty when its time is over.",
      default: UPGRADE_DEFAULTS.undrainable,
      example: "cordon",
      valueTexts: [
        "The upgrade stops, which is what AKS does where nothing is set.",
        "It is deleted with its pods, whatever their budget, and replaced.",
        "It keeps its pods and the old version (quarantined), and the upgrade goes on.",
      ],
    }).optional(),
    maxBlockedNodes: amount(
      "Undrainable nodes that `schedule` and `cordon` bear; one more stops the upgrade. A percentage is rounded up.",
      "as many as surge nodes, at least 1",
      2,
    ),
  };
}

function surgeAvailable() {
  return field(wholeNumber(0, POOL_LIMITS.nodesMax), {
    description: "Nodes that can be had beside each pool while it is upgraded: quota and machines. GPU pools often have none.",
    example: 0,
  });
}

function strategyFields() {
  return {
    rolling: field(
      z.strictObject({
        maxSurge: amount("Surge nodes; a percentage is rounded up.", UPGRADE_DEFAULTS.maxSurge),
        maxUnavailable: amount("Nodes taken in place where no surge node can be had; a percentage is rounded up.", UPGRADE_DEFAULTS.maxUnavailable, 1),
        surgeAvailable: surgeAvailable(),
        drainTimeout: drainTimeout(300, "from 5 minutes to 24 hours"),
        soak: field(between(0, 1_800, "at most 30 minutes"), {
          description: "Pause between draining a node and changing it.",
          default: UPGRADE_DEFAULTS.soak,
          example: "5m",
        }).optional(),
        ...undrainableFields(),
      }),
      { description: "Surge nodes first, then batch by batch, as AKS does.", example: { maxSurge: "33%", surgeAvailable: 2 } },
    ).optional(),
    blueGreen: field(
      z.strictObject({
        surgeAvailable: surgeAvailable(),
        drainBatch: amount("Nodes drained together; a percentage is rounded up.", UPGRADE_DEFAULTS.drainBatch, "50%"),
        drainTimeout: drainTimeout(60, "from 1 minute to 24 hours"),
        batchSoak: field(between(0, 86_400, "at most 24 hours"), {
          description: "Pause between batches.",
          default: UPGRADE_DEFAULTS.batchSoak,
          example: "5m",
        }).optional(),
        finalSoak: field(between(0, 604_800, "at most 7 days"), {
          description: "Pause between the last batch and the removal of the old nodes.",
          default: UPGRADE_DEFAULTS.finalSoak,
          example: "3h",
        }).optional(),
      }),
      { description: "As many new nodes as there are old ones, then the old ones are drained.", example: { surgeAvailable: 8 } },
    ).optional(),
    inPlace: field(
      z.strictObject({
        maxUnavailable: amount("Nodes taken at once; a percentage is rounded up.", UPGRADE_DEFAULTS.maxUnavailableInPlace, 1),
        drainTimeout: drainTimeout(300, "from 5 minutes to 24 hours"),
        ...undrainableFields(),
      }),
      { description: "Nodes are changed where they are: bare metal, drivers, MIG layouts.", example: { maxUnavailable: 1 } },
    ).optional(),
  };
}

function stageSchema() {
  const group = z.strictObject({
    name: field(plainName(), { description: "Name of the group, used once in its stage.", example: "europe" }),
    pools: field(z.array(plainName()).min(1).max(POOL_LIMITS.poolsMax), {
      description: "Pools whose clusters it takes. Left out, all that have the labels.",
      example: ["h100-eu"],
    }).optional(),
    clusters: field(z.array(plainName()).min(1).max(POOL_LIMITS.poolsMax), {
      description: "For an upgrade of `clusters`: those the group takes. Left out, all that have the labels.",
      example: ["berlin"],
    }).optional(),
    labels: field(z.record(plainName(), lineOfText(63)), {
      description: "Pools whose labels have all of these; `pool`, `cluster` and `region` are labels too. For an upgrade of `clusters`, the labels of these.",
      example: { ring: "canary" },
    }).optional(),
    maxConcurrency: amount("Clusters of the group at once; a percentage of them, rounded down, at least one.", UPGRADE_DEFAULTS.groupConcurrency),
  });
  return z.strictObject({
    name: field(plainName(), { description: "Name of the stage, used once.", example: "canary" }),
    groups: field(z.array(group).min(1).max(FLEET_LIMITS.groupsPerStageMax), {
      description: "Groups of the stage, which go side by side.",
      example: [{ name: "canary", labels: { ring: "canary" } }],
    }),
    maxConcurrency: amount("Clusters of the stage at once, over all its groups; a percentage of them, rounded down, at least one; never more than 50.", UPGRADE_DEFAULTS.stageConcurrency),
    failuresMax: amount("Failed clusters that the stage bears; one more ends the run, and those on their way finish. A percentage is rounded up.", UPGRADE_DEFAULTS.failuresMax, 1),
    approvalBefore: field(duration("zero-or-more"), { description: "How long a person takes to approve the stage before it begins. Left out, nobody is asked.", example: "4h" }).optional(),
    wait: field(duration("zero-or-more"), { description: "Time from the last cluster of the stage to its end.", default: "0s", example: "24h" }).optional(),
    approvalAfter: field(duration("zero-or-more"), { description: "How long a person takes to approve the stage after its last cluster; runs beside the wait.", example: "8h" }).optional(),
  });
}

function timesSchema() {
  return z.strictObject({
    boot: field(duration("zero-or-more"), {
      description: "From ordering a node until pods can be placed on it, GPU driver included.",
      default: UPGRADE_DEFAULTS.boot,
      example: "15m",
    }).optional(),
    change: field(duration("zero-or-more"), {
      description: "From an empty old node until pods can be placed on it with the new version. Left out: 10 min for `kubernetes` and `image`, 5 min for `driver`, 1 min for `mig`, all assumed.",
      example: "20m",
    }).optional(),
  });
}

/** Upgrades of node pools: `upgrades`. */
export function upgradesSchema() {
  const upgrade = z.strictObject({
    name: field(plainName(), { description: "Name of the upgrade, used once.", example: "k8s-1.36" }),
    what: field(oneOf(["kubernetes", "image", "driver", "mig"]), {
      description: "What is changed on every node.",
      default: "kubernetes",
      example: "driver",
      valueTexts: [
        "The version of Kubernetes.",
        "The image of the nodes.",
        "The GPU driver, on nodes that stay: needs `inPlace`.",
        "The MIG layout, on nodes that stay: needs `inPlace` and `layout`.",
      ],
    }).optional(),
    start: field(duration("zero-or-more"), { description: "When it begins.", default: "0s", example: "1d" }).optional(),
    clusters: field(z.array(plainName()).min(1).max(POOL_LIMITS.poolsMax), {
      description: "Clusters of `fleet.clusters` whose nodes it takes, with the jobs, replicas and Ray nodes that are on them then. Left out, it takes `fleet.pools`.",
      example: ["berlin"],
    }).optional(),
    pools: field(z.array(plainName()).min(1).max(POOL_LIMITS.poolsMax), {
      description: "Pools it takes; of `clusters`, their pools of these names. Left out, all.",
      example: ["h100"],
    }).optional(),
    kubernetes: field(z.string().regex(/^1\.\d{1,3}$/, "must be a version such as 1.35"), {
      description: "Version the pools run before it. From 1.35 on, one surge node is tried where all cannot be had.",
      default: UPGRADE_DEFAULTS.kubernetes,
      example: "1.35",
    }).optional(),
    ...strategyFields(),
    layout: layoutAfterSchema().optional(),
    times: field(timesSchema(), {
      description: "How long machines take. Nobody publishes these: measure yours.",
      example: { boot: "12m", change: "18m" },
    }).optional(),
    stages: field(z.array(stageSchema()).min(1).max(FLEET_LIMITS.stagesMax), {
      description: "Stages of an update run over clusters, one after the other. Left out, one cluster at a time in the order of the pools.",
      example: [{ name: "canary", groups: [{ name: "canary", labels: { ring: "canary" } }], wait: "24h" }],
    }).optional(),
    window: field(
      z.strictObject({
        fromHour: field(z.number().min(0).max(23.99), { description: "Hour of the local day at which clusters may begin.", example: 22 }),
        for: field(duration("above-zero"), { description: "How long they may begin; what has begun goes on.", example: "4h" }),
      }),
      { description: "Maintenance window of the clusters. Left out, always open.", example: { fromHour: 22, for: "4h" } },
    ).optional(),
    poll: field(duration("above-zero"), {
      description: "How often windows are looked at.",
      default: UPGRADE_DEFAULTS.poll,
      example: "15m",
    }).optional(),
    sparesMax: field(wholeNumber(0, 64), {
      description: "Spare nodes that are tried for each pool of `fleet.pools` to find how many make the upgrade painless. 0: none are. Of `clusters`, ask `headroom plan`.",
      default: UPGRADE_DEFAULTS.sparesMax,
      example: 4,
    }).optional(),
  });
  return field(z.array(upgrade).min(1).max(100), {
    description: "Upgrades of the nodes of `fleet.pools`, or of those of named clusters.",
    example: [{ name: "k8s-1.36", rolling: { maxSurge: 1, surgeAvailable: 0 } }],
  });
}

/** An upgrade as written, checked. */
export type UpgradeInput = z.output<ReturnType<typeof upgradesSchema>>[number];
