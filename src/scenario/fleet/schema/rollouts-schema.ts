import { z } from "zod";

import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { duration, proportion, size } from "../../schema/quantities.js";
import { FLEET_LIMITS } from "../fleet-limits.js";

/** What holds where a rollout says nothing. */
export const ROLLOUT_DEFAULTS = {
  /** Azure Kubernetes Fleet Manager: at once in a group, and its cap on those of a stage. */
  groupConcurrency: 1,
  stageConcurrency: 50,
  failuresMax: 0,
  failureChance: 0,
  pollS: 3_600,
  poll: "1h",
} as const;

function countOrShare(least: number, description: string, fallback: number | string) {
  const percentage = z
    .string()
    .regex(/^(100|\d{1,2}(\.\d{1,3})?)%$/, "must be a whole number or a percentage such as 25%");
  return field(z.union([wholeNumber(least, FLEET_LIMITS.sitesMax), percentage]), {
    description,
    default: fallback,
    example: "25%",
    type: "whole number or percentage",
  }).optional();
}

function groupSchema() {
  return z.strictObject({
    name: field(plainName(), { description: "Name of the group, used once in its stage.", example: "canary" }),
    sites: field(z.array(plainName()).min(1).max(FLEET_LIMITS.templatesMax), {
      description: "Templates it takes its sites from. Left out, all.",
      example: ["store"],
    }).optional(),
    labels: field(z.record(plainName(), lineOfText(63)), {
      description: "Sites whose labels have all of these. `site`, `template` and `region` are labels too. Left out, all.",
      example: { ring: "canary" },
    }).optional(),
    sortBy: field(plainName(), {
      description: "Label whose whole number orders the sites. Left out, they go by name.",
      example: "order",
    }).optional(),
    maxConcurrency: countOrShare(
      1,
      "Sites of the group at once; a percentage of its sites, rounded down, at least one.",
      ROLLOUT_DEFAULTS.groupConcurrency,
    ),
  });
}

function stageSchema() {
  return z.strictObject({
    name: field(plainName(), { description: "Name of the stage, used once.", example: "canary" }),
    after: field(z.array(plainName()).min(1).max(FLEET_LIMITS.stagesMax), {
      description: "Stages that must be complete before. Left out, the one before it in the list.",
      example: ["canary"],
    }).optional(),
    groups: field(z.array(groupSchema()).min(1).max(FLEET_LIMITS.groupsPerStageMax), {
      description: "Groups of the stage, which go side by side.",
      example: [{ name: "canary", labels: { ring: "canary" } }],
    }),
    maxConcurrency: countOrShare(
      1,
      "Sites of the stage at once, over all its groups; a percentage of its sites, rounded down, at least one; never more than 50.",
      ROLLOUT_DEFAULTS.stageConcurrency,
    ),
    failuresMax: countOrShare(
      0,
      "Failed sites that the stage bears; one more stops the rollout, and sites on their way finish. A percentage of its sites, rounded up.",
      ROLLOUT_DEFAULTS.failuresMax,
    ),
    approvalBefore: field(duration("zero-or-more"), {
      description: "How long a person takes to approve the stage before it begins. Left out, nobody is asked.",
      example: "4h",
    }).optional(),
    wait: field(duration("zero-or-more"), {
      description: "Time from the last site of the stage to its end.",
      default: "0s",
      example: "24h",
    }).optional(),
    approvalAfter: field(duration("zero-or-more"), {
      description: "How long a person takes to approve the stage after its last site; runs beside the wait.",
      example: "8h",
    }).optional(),
  });
}

function windowFields() {
  return {
    window: field(
      z.strictObject({
        fromHour: field(z.number().min(0).max(23.99), {
          description: "Hour of the local day at which sites may begin.",
          example: 22,
        }),
        for: field(duration("above-zero"), {
          description: "How long they may begin; what has begun goes on.",
          example: "6h",
        }),
      }),
      {
        description: "Maintenance window of the sites. Sites whose window is open go first, then those that open within four hours. Left out, always open.",
        example: { fromHour: 22, for: "6h" },
      },
    ).optional(),
    poll: field(duration("above-zero").pipe(z.number().min(60, "must be at least 1m")), {
      description: "How often sites that cannot be updated now are looked at again.",
      default: ROLLOUT_DEFAULTS.poll,
      example: "15m",
    }).optional(),
    disconnected: field(oneOf(["wait", "skip"]), {
      description: "What becomes of a site that cannot be reached, or is not whole, when it is its turn.",
      default: "wait",
      example: "skip",
      valueTexts: [
        "The next site goes first, and the stage is not complete without it.",
        "It is left out and keeps the old version.",
      ],
    }).optional(),
    giveUp: field(duration("above-zero"), {
      description: "With `disconnected: wait`: a site that could not begin for so long is left out after all. Left out, never.",
      example: "2d",
    }).optional(),
  };
}

/** Staged updates of sites: `rollouts`. */
export function rolloutsSchema() {
  const rollout = z.strictObject({
    name: field(plainName(), { description: "Name of the rollout, used once.", example: "model-v2" }),
    start: field(duration("zero-or-more"), { description: "When it begins.", default: "0s", example: "1d" }).optional(),
    what: field(oneOf(["model", "node"]), {
      description: "What is replaced.",
      example: "model",
      valueTexts: [
        "The model of one service: its replicas restart, node by node. Nodes stay members of their cluster.",
        "The image of the node, its driver or Kubernetes: the node leaves its cluster, restarts and comes back, and storage is rebuilt before the next one.",
      ],
    }),
    service: field(plainName(), {
      description: "The service whose model it is; for `what: model`.",
      example: "checkout",
    }).optional(),
    bytes: field(size(), {
      description: "What every site fetches over its link before it begins: the model, or the image.",
      example: "15GB",
    }),
    restart: field(duration("above-zero"), {
      description: "How long a node, or the service on it, is away while it is replaced.",
      example: "10m",
    }),
    wholeFirst: field(z.boolean(), {
      description: "A node is taken only while all others of its site are up and their data are current.",
      default: true,
      example: true,
    }).optional(),
    failureChance: field(proportion(), {
      description: "Chance that a site fails on the new version: its first node is put back, which takes `restart` again, and the site keeps the old version.",
      default: "0%",
      example: "1%",
    }).optional(),
    stages: field(z.array(stageSchema()).min(1).max(FLEET_LIMITS.stagesMax), {
      description: "Stages, one after the other. A site is in at most one of them.",
      example: [{ name: "canary", groups: [{ name: "canary", labels: { ring: "canary" } }], wait: "24h" }],
    }),
    rest: field(oneOf(["refuse", "keep"]), {
      description: "What becomes of sites that no stage has.",
      default: "refuse",
      example: "keep",
      valueTexts: ["The fleet is refused: a site was forgotten.", "They keep the old version."],
    }).optional(),
    ...windowFields(),
  });
  return field(z.array(rollout).min(1).max(FLEET_LIMITS.rolloutsMax), {
    description: "Updates that go over the sites in stages.",
    example: [
      {
        name: "model-v2",
        what: "model",
        service: "checkout",
        bytes: "15GB",
        restart: "3m",
        stages: [{ name: "all", groups: [{ name: "all", maxConcurrency: "5%" }] }],
      },
    ],
  });
}

/** A rollout as written, checked. */
export type RolloutInput = z.output<ReturnType<typeof rolloutsSchema>>[number];
