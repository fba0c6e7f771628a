import { z } from "zod";

import { COMPUTE_RATIO_MAX } from "../../performance/virtualization/hosting-profile.js";
import { field, oneOf, plainName, wholeNumber } from "./field.js";
import { duration, proportion } from "./quantities.js";

function jitterSchema() {
  const length = field(proportion(), { description: "A share of a step.", example: "2%" });
  return field(
    z.strictObject({
      mean: field(proportion(), {
        description:
          "Every step of a node takes longer by an exponential time with this mean, as a share of the step. 0% is no jitter.",
        example: "0.2%",
      }).optional(),
      chance: field(proportion(), {
        description: "Chance per step that the node stands still for a `pause`.",
        example: "0.1%",
      }).optional(),
      pause: field(z.number().nonnegative().max(1_000_000), {
        description: "How long it stands still, in steps: 0.5 is half a step.",
        example: 0.5,
      }).optional(),
      quantiles: field(z.array(length).min(2).max(1_000), {
        description:
          "Measured: by how much steps took longer, as equally spaced quantiles from the least to the greatest.",
        example: ["0%", "0.1%", "0.3%", "2%"],
      }).optional(),
    }),
    {
      description:
        "By how much steps on a node take longer than undisturbed ones: a `mean`, or `chance` and `pause`, or measured `quantiles`. A gang in step waits for the node that is disturbed the most, so the same jitter costs large gangs more.",
      example: { mean: "0.2%" },
    },
  );
}

/** The phases of making a node ready. */
export function provisioningSchema() {
  const phase = z.strictObject({
    name: field(plainName(), { description: "Name of the phase, for the ledger.", example: "boot" }),
    median: field(duration("zero-or-more"), {
      description: "Half of the nodes take less.",
      example: "284s",
    }),
    sigma: field(z.number().nonnegative().max(5), {
      description:
        "Spread: standard deviation of the logarithm of a lognormal time. 0 takes the median always.",
      default: 0,
      example: 0.3,
    }).optional(),
  });
  return field(z.array(phase).max(20), {
    description:
      "Phases from the decision for one more node until it takes jobs, one after the other. Left out, those of the hosting profile.",
    example: [{ name: "boot", median: "284s", sigma: 0.3 }],
  });
}

/** How nodes are hosted: `cluster.nodes[].hosting`. */
export function hostingSchema() {
  const valueTexts = ["The node is a physical machine.", "The node is a virtual machine."];
  const ratio = z
    .number()
    .min(0.1, "must be at least 0.1")
    .max(COMPUTE_RATIO_MAX, `must be at most ${COMPUTE_RATIO_MAX}, the most that was published`);
  return field(
    z.union([
      field(oneOf(["bare-metal", "vm"]), {
        description: "What the node is, as a label without effect on any figure.",
        example: "bare-metal",
        valueTexts,
      }),
      z.strictObject({
        profile: field(oneOf(["bare-metal", "vm"]), {
          description: "Preset that gives every number not written beside it.",
          example: "vm",
          valueTexts,
        }),
        computeRatio: field(ratio, {
          description: "Speed of computing relative to bare metal, on which durations are taken to be recorded.",
          example: 0.97,
        }).optional(),
        jitter: jitterSchema().optional(),
        guestNuma: field(oneOf(["exposed", "hidden"]), {
          description: "Whether a guest sees the NUMA nodes of its host; hidden ones slow work through host memory.",
          example: "exposed",
          valueTexts: ["It sees them.", "It does not."],
        }).optional(),
        network: field(oneOf(["rdma", "tcp"]), {
          description: "How the node reaches others.",
          example: "rdma",
          valueTexts: ["By RDMA: on bare metal, or passed through (SR-IOV).", "By TCP through the host."],
        }).optional(),
        gpuPeerToPeer: field(z.boolean(), {
          description: "Whether GPUs of a node reach each other directly, by NVLink or PCIe.",
          example: true,
        }).optional(),
        provisioning: provisioningSchema().optional(),
      }),
    ]),
    {
      description:
        "Whether a node is a whole machine or a virtual one. A word is a label and changes no figure; a map with a `profile` makes jobs run at that profile's speed, with its jitter, network and time to provision. Left out, it is the label of the sku.",
      example: { profile: "vm", computeRatio: 0.97 },
      type: "name or map",
    },
  );
}

/** A group whose nodes come and go: `cluster.nodes[].elastic`. */
export function elasticSchema() {
  return field(
    z.strictObject({
      min: field(wholeNumber(0, 200_000), {
        description: "Nodes that are always up. The most is the group's `count`.",
        default: 0,
        example: 2,
      }).optional(),
      idleTimeout: field(duration("zero-or-more"), {
        description: "A node without jobs for so long is given back.",
        default: "10m",
        example: "10m",
      }).optional(),
      atOnce: field(wholeNumber(1, 200_000), {
        description: "Nodes that may be in provisioning at one time. Left out, any number.",
        example: 1,
      }).optional(),
      gpuQuota: field(wholeNumber(1, 10_000_000), {
        description:
          "GPUs that the cloud lets the group have, up or in provisioning: no further node is started beyond it. Left out, the group's `count` is the only limit.",
        example: 16,
      }).optional(),
      provisioning: provisioningSchema().optional(),
    }),
    {
      description:
        "Nodes of the group are started when jobs wait for them and given back when idle. They take jobs after the provisioning time of their hosting profile, and count as up from the start of provisioning.",
      example: { min: 2, idleTimeout: "10m" },
    },
  );
}

/** What a checked map of `hosting` holds. */
export type HostingInput = Exclude<z.output<ReturnType<typeof hostingSchema>>, string>;

/** What a checked `elastic` holds. */
export type ElasticInput = z.output<ReturnType<typeof elasticSchema>>;
