import { z } from "zod";

import { FAILURE_PRESETS } from "../../performance/reliability/failure-presets.js";
import { LIMITS } from "../defaults.js";
import { repairTime, weibullShape } from "./failure-fields.js";
import { field, lineOfText, oneOf, plainName, wholeNumber } from "./field.js";
import { duration } from "./quantities.js";

/** Seconds a stopped job needs to work again, where the scenario does not say. */
export const RESTART_DEFAULT_S = 300;

function repairSchema(description: string) {
  const fixed = field(duration("zero-or-more"), {
    description: "Every repair takes this long; `0s` only stops the jobs.",
    example: "4h",
  });
  return repairTime(fixed, description).optional();
}

function groupNames(description: string) {
  return field(
    z.array(field(plainName(), { description: "Name of a node group.", example: "h100" })).min(1).max(LIMITS.nodeGroupsMax),
    { description, example: ["h100"] },
  ).optional();
}

function componentSchema() {
  return z.strictObject({
    name: field(plainName(), {
      description: "Name in results and of its random stream, used once.",
      example: "switch",
    }),
    scope: field(oneOf(["gpu", "node", "nodes"]), {
      description: "What one instance is.",
      example: "node",
      valueTexts: [
        "One for every GPU.",
        "One for every node.",
        "One for several nodes, which all stop working with it: a switch, a rack, a power feed. Needs `nodesEach` or `level`.",
      ],
    }),
    takes: field(oneOf(["gpu", "node"]), {
      description:
        "What is out of service until a GPU is repaired. A GPU of a host with eight is seldom changed while the host runs.",
      default: "node",
      example: "gpu",
      valueTexts: [
        "Only the GPU; jobs on the others go on.",
        "The node: all jobs on it are stopped.",
      ],
    }).optional(),
    nodesEach: field(wholeNumber(1, LIMITS.nodesMax), {
      description: "For `scope: nodes`: consecutive nodes of a group that share one instance.",
      example: 8,
    }).optional(),
    level: field(plainName(), {
      description: "For `scope: nodes`: a level of the cluster's topology; one instance for each of its domains.",
      example: "rack",
    }).optional(),
    nodes: groupNames("Node groups that have it. Left out, all; for GPUs, all that have GPUs."),
    mtbf: field(duration("above-zero"), {
      description:
        "Mean time from being put into service to the failure, for one instance. Give either this or `perThousandNodeDays`.",
      example: "5y",
    }).optional(),
    perThousandNodeDays: field(z.number().positive().max(1e6), {
      description:
        "Failures of one node in 1,000 days, all its instances together. Give either this or `mtbf`.",
      example: 6.5,
    }).optional(),
    shape: weibullShape().optional(),
    repair: repairSchema("How long its repairs take. Left out, `faults.repair`."),
  });
}

function maintenanceSchema() {
  return z.strictObject({
    name: field(plainName(), {
      description: "Name in results, used once.",
      example: "kernel-update",
    }),
    nodes: groupNames("Node groups it is done on. Left out, all."),
    first: field(duration("zero-or-more"), {
      description: "When the first nodes go down, counted from the start of the scenario.",
      example: "7d",
    }),
    every: field(duration("above-zero"), {
      description: "It comes again after this time. Left out, it comes once.",
      example: "30d",
    }).optional(),
    duration: field(duration("above-zero"), {
      description: "How long a node is down.",
      example: "2h",
    }),
    drain: field(duration("zero-or-more"), {
      description:
        "For so long before it goes down nothing starts on a node. Jobs that are still on it then are stopped.",
      default: "0s",
      example: "4h",
    }).optional(),
    nodesAtOnce: field(wholeNumber(1, LIMITS.nodesMax), {
      description:
        "Nodes that go down together; when they are back, the next ones go. Left out, all at once.",
      example: 2,
    }).optional(),
    saves: field(oneOf(["at-preemption", "at-checkpoints"]), {
      description: "What a job keeps that planned work stops.",
      default: "at-preemption",
      example: "at-checkpoints",
      valueTexts: [
        "All its work: it is told in time and writes a checkpoint.",
        "The work up to its last checkpoint.",
      ],
    }).optional(),
  });
}

/** What fails, and what is planned against it: `faults`. */
export function faultsSchema() {
  const spare = z.strictObject({
    name: field(plainName(), { description: "Name of a node group.", example: "h100" }),
    count: field(wholeNumber(0, LIMITS.nodesMax), {
      description: "So many of its nodes stand by; they are part of its `count`.",
      example: 2,
    }),
  });
  return field(
    z.strictObject({
      preset: field(oneOf(FAILURE_PRESETS.map((preset) => preset.name)), {
        description:
          "Published failure rates, cause by cause. They count per GPU and per node, so they fit nodes with any number of GPUs.",
        example: "llama3",
        valueTexts: FAILURE_PRESETS.map(({ what, source, validity }) => `${what}. ${source}. ${validity}`),
      }).optional(),
      rateFactor: field(z.number().min(0).max(1_000), {
        description: "Factor on all rates of the preset: 2 is twice as many failures.",
        default: 1,
        example: 2,
      }).optional(),
      components: field(z.array(componentSchema()).max(100), {
        description: "Things that fail, besides those of the preset.",
        example: [{ name: "switch", scope: "nodes", nodesEach: 8, mtbf: "10y", repair: { mean: "6h" } }],
      }).optional(),
      repair: repairSchema(
        "How long repairs take. Nobody published this with the rates of a preset, so it has to be given.",
      ),
      restart: field(duration("zero-or-more"), {
        description:
          "From a stopped job's next start until it works again: loading its checkpoint, starting its processes. The GPUs are occupied.",
        default: "5m",
        example: "10m",
      }).optional(),
      maintenance: field(z.array(maintenanceSchema()).max(100), {
        description: "Planned work on nodes.",
        example: [{ name: "kernel-update", first: "7d", every: "30d", duration: "2h", nodesAtOnce: 2 }],
      }).optional(),
      spares: field(z.array(spare).max(LIMITS.nodeGroupsMax), {
        description:
          "Nodes that stand by, running, until another of their group is out of service; then one takes its place at once. The repaired node becomes the spare.",
        example: [{ name: "h100", count: 1 }],
      }).optional(),
      stream: field(lineOfText(100), {
        description:
          "Name of the random streams of failures. The same seed and name give the same failures whatever the policies do; another name gives others.",
        default: "faults",
        example: "second-year",
      }).optional(),
    }),
    {
      description:
        "What fails, how long repairs take, planned work, and spare nodes. Every instance fails by the clock, independently of the others and of what runs on it.",
      example: { preset: "llama3", repair: { median: "4h", p95: "3d" } },
    },
  );
}
