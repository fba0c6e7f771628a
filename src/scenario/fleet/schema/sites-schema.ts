import { z } from "zod";

import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { duration, proportion } from "../../schema/quantities.js";
import { FLEET_LIMITS } from "../fleet-limits.js";
import { bitrate } from "./fleet-quantities.js";
import { labelsSchema } from "./region-schema.js";
import { siteFaultsSchema, windowSchema } from "./site-faults-schema.js";

/** What holds where a template of sites says nothing. */
export const SITE_DEFAULTS = {
  gpusPerNode: 1,
  boot: "10m",
  bootS: 600,
  storage: "pool",
  rebuild: "30m",
  rebuildS: 1_800,
  offlineLimit: "30d",
  offlineLimitS: 2_592_000,
  horizon: "48h",
  horizonS: 172_800,
  backfill: 4,
} as const;

function nodesSchema() {
  return field(
    z.strictObject({
      count: field(wholeNumber(1, FLEET_LIMITS.nodesPerSiteMax), {
        description: "Nodes of one site. A site without nodes is no site.",
        example: 2,
      }),
      gpu: field(lineOfText(100), {
        description: "GPU model of its nodes, a name of the catalogue.",
        example: "L4",
      }),
      gpusPerNode: field(wholeNumber(1, FLEET_LIMITS.gpusPerNodeMax), {
        description: "GPUs in each of them.",
        default: SITE_DEFAULTS.gpusPerNode,
        example: 1,
      }).optional(),
      boot: field(duration("zero-or-more"), {
        description: "From power to a node that is a member of its cluster again. Services start after it.",
        default: SITE_DEFAULTS.boot,
        example: "10m",
      }).optional(),
    }),
    { description: "The machines of one site.", example: { count: 2, gpu: "L4" } },
  );
}

function clusterSchema() {
  return {
    witness: field(oneOf(["none", "cloud", "local"]), {
      description: "What votes beside the nodes when some of them are gone.",
      default: "cloud with two or four nodes, else none",
      example: "cloud",
      valueTexts: [
        "Nothing: two nodes do not survive the loss of one.",
        "A witness in the cloud. While the link is down its vote is lost.",
        "A share or a small machine at the site, which fails with the power of the site only.",
      ],
    }).optional(),
    storage: field(oneOf(["pool", "none"]), {
      description: "Whether the nodes mirror their data to each other.",
      default: SITE_DEFAULTS.storage,
      example: "pool",
      valueTexts: [
        "A mirrored pool: it stays up while more than half of all votes it ever had are there, and while a node with current data is.",
        "Every node has its own disks: only the votes of the cluster count.",
      ],
    }).optional(),
    rebuild: field(
      z.strictObject({
        base: field(duration("zero-or-more"), {
          description: "Time to copy to a node what it missed, however short it was away.",
          default: SITE_DEFAULTS.rebuild,
          example: "30m",
        }).optional(),
        perHourAway: field(duration("zero-or-more"), {
          description: "More of it for each hour the node was away.",
          default: "0s",
          example: "10m",
        }).optional(),
      }),
      {
        description: "How long the data of a node that comes back are not current. A second failure in this time takes the site down.",
        example: { base: "30m", perHourAway: "5m" },
      },
    ).optional(),
  };
}

function linkSchema() {
  return z.strictObject({
    weight: field(z.number().positive().max(1e6), {
      description: "How many sites have this link, in proportion to the other weights.",
      default: 1,
      example: 3,
    }).optional(),
    bandwidth: field(bitrate(), {
      description: "What the site can fetch over its link.",
      example: "100Mbit/s",
    }),
    roundTrip: field(duration("zero-or-more"), {
      description: "Round trip from the site to where requests go that it cannot serve itself.",
      example: "30ms",
    }),
  });
}

function telemetrySchema() {
  return z.strictObject({
    horizon: field(duration("above-zero"), {
      description: "What is older than this and was not sent yet is dropped. The default is that of the Azure Monitor pipeline.",
      default: SITE_DEFAULTS.horizon,
      example: "48h",
    }).optional(),
    backfill: field(z.number().min(1, "must be at least 1").max(10_000), {
      description: "Hours of telemetry that the link carries in an hour, the oldest first. At 1 what was missed is never caught up.",
      default: SITE_DEFAULTS.backfill,
      example: 4,
    }).optional(),
  });
}

function disconnectedFields() {
  return {
    disconnected: field(z.array(windowSchema()).min(1).max(FLEET_LIMITS.windowsMax), {
      description: "Planned times without a link to the control plane, beside failures of the link.",
      example: [{ from: "2d", for: "36h", share: "5%" }],
    }).optional(),
    offlineLimit: field(duration("above-zero"), {
      description: "A site that was without its control plane for so long can no longer be managed: what stops does not start again until the link is back.",
      default: SITE_DEFAULTS.offlineLimit,
      example: "30d",
    }).optional(),
    afterLimit: field(oneOf(["reconnect", "redeploy"]), {
      description: "What a site needs that was offline beyond the limit.",
      default: "reconnect",
      example: "redeploy",
      valueTexts: [
        "Its certificates are renewed when the link is back.",
        "It is set up again when the link is back, and serves nothing for `redeploy`.",
      ],
    }).optional(),
    redeploy: field(duration("above-zero"), {
      description: "How long it takes to set a site up again. Needed with `afterLimit: redeploy`.",
      example: "2d",
    }).optional(),
    telemetry: field(telemetrySchema(), {
      description: "What a site keeps to send later, and for how long.",
      example: { horizon: "48h" },
    }).optional(),
  };
}

function randomFields() {
  return {
    regions: field(
      z.record(plainName(), z.number()),
      {
        description: "Regions of the sites with their weights; each site draws one. A single region needs the weight 1.",
        example: { north: 3, south: 1 },
      },
    ).optional(),
    demand: field(
      z.strictObject({
        median: field(z.number().positive().max(1e6), {
          description: "Factor on the demand of the services of half of the sites, or less.",
          default: 1,
          example: 1,
        }).optional(),
        spread: field(z.number().min(0, "must be at least 0").max(3), {
          description: "Standard deviation of the logarithm of the factor, which is log-normal over sites.",
          default: 0,
          example: 0.4,
        }).optional(),
      }),
      {
        description: "How much busier one site is than another.",
        example: { spread: 0.4 },
      },
    ).optional(),
    startOffset: field(duration("zero-or-more"), {
      description: "Days of sites begin up to so much later than local midnight, drawn evenly.",
      default: "0s",
      example: "2h",
    }).optional(),
    links: field(z.array(linkSchema()).min(1).max(100), {
      description: "Links that sites of the template have; each site draws one by weight.",
      example: [{ bandwidth: "100Mbit/s", roundTrip: "30ms" }],
    }),
    labelShares: field(
      z.record(plainName(), z.record(lineOfText(63), proportion())),
      {
        description: "Labels that a share of the sites has, given out exactly and at random; shares of one label sum to 1. Rings of a rollout are made so.",
        example: { ring: { canary: "1%", early: "9%", rest: "90%" } },
      },
    ).optional(),
  };
}

/** Small sites by template: `fleet.sites`. */
export function sitesSchema() {
  const template = z.strictObject({
    name: field(plainName(), {
      description: "Name of the template, used once. Its sites are called by it and a number: `store-0001`.",
      example: "store",
    }),
    count: field(wholeNumber(1, FLEET_LIMITS.sitesMax), {
      description: "Sites of the template.",
      example: 1_000,
    }),
    labels: labelsSchema("Labels of all its sites.").optional(),
    nodes: nodesSchema(),
    ...clusterSchema(),
    ...randomFields(),
    faults: siteFaultsSchema().optional(),
    ...disconnectedFields(),
  });
  return field(z.array(template).min(1).max(FLEET_LIMITS.templatesMax), {
    description: "Small sites, written as templates with a count: each site draws what tells it from the others.",
    example: [
      {
        name: "store",
        count: 1_000,
        nodes: { count: 2, gpu: "L4" },
        links: [{ bandwidth: "100Mbit/s", roundTrip: "30ms" }],
      },
    ],
  });
}

/** A template of sites as written, checked. */
export type SiteTemplateInput = z.output<ReturnType<typeof sitesSchema>>[number];
