import { z } from "zod";

import { CLUSTER_AGENTS, RESERVATION_RULES } from "../../hardware/node-overheads.js";
import { DEFAULTS, LIMITS } from "../defaults.js";
import { fabricSchema } from "./fabric-schema.js";
import { nodeLabelsSchema } from "./node-selector-schema.js";
import { field, lineOfText, oneOf, plainName, wholeNumber } from "./field.js";
import { elasticSchema, hostingSchema } from "./hosting-schema.js";
import { partitioningSchema } from "./partitioning-schema.js";
import { cores, size } from "./quantities.js";
import { clusterTopologySchema, groupTopologySchema } from "./topology-schema.js";

function reservedSchema() {
  return field(
      z.strictObject({
        rule: field(oneOf(Object.keys(RESERVATION_RULES)), {
          description:
            "A named rule by which the kubelet keeps CPU and memory of a node. What is given beside it is kept too: system pods and daemon sets of your own, agents for monitoring and security.",
          example: "aks-1.29",
          valueTexts: Object.values(RESERVATION_RULES),
        }).optional(),
        maxPods: field(wholeNumber(1, 100_000), {
          description: "Pods that the rule counts with. Left out, `pods` of the group.",
          example: 110,
        }).optional(),
        os: field(oneOf(["linux", "windows"]), {
          description: "Operating system of the nodes, for the rule.",
          default: "linux",
          example: "windows",
          valueTexts: ["Linux.", "Windows, which keeps 2 GB more."],
        }).optional(),
        agents: field(z.array(
          field(oneOf(Object.keys(CLUSTER_AGENTS)), {
            description: "Name of an agent.",
            example: "arc",
            valueTexts: Object.values(CLUSTER_AGENTS).map(
              ({ what }) => `${what.charAt(0).toUpperCase()}${what.slice(1)}.`,
            ),
          }),
        ).max(10), {
          description:
            "Agents of the cluster that run on nodes of this group; their published needs are kept of each of its nodes, since each may host them.",
          example: ["arc", "fleet-member"],
        }).optional(),
        cpu: field(cores(), {
          description: "Cores of the operating system, the kubelet and system pods.",
          default: 0,
          example: "420m",
        }).optional(),
        memory: field(size(), {
          description: "Memory of the same.",
          default: 0,
          example: "8GiB",
        }).optional(),
        pods: field(wholeNumber(0, 100_000), {
          description: "System pods on every node, such as those of daemon sets.",
          default: 0,
          example: 12,
        }).optional(),
      }),
      {
        description:
          "What system pods of a node keep from jobs and services. Left out, all of `cpu`, `memory` and `pods` is theirs.",
        example: { cpu: "420m", memory: "8GiB", pods: 12 },
      },
    );
}

function nodeGroupSchema() {
  return z.strictObject({
    name: field(plainName(), {
      description:
        "Name of the group. Its nodes are called by it with a number: `h100-000`, `h100-001`. Names are used once.",
      example: "h100",
    }),
    count: field(wholeNumber(0, LIMITS.nodesMax), {
      description: "How many nodes of this kind there are. A cluster has at most 200,000 nodes.",
      example: 16,
    }),
    names: field(z.array(field(lineOfText(300), { description: "A node, or a range of nodes.", example: "gpu[001-016]" })).min(1).max(LIMITS.nodesMax), {
      description:
        "What the cluster's own tools call the nodes, in order; `gpu[001-016]` stands for sixteen of them. A trace that says on which nodes jobs run now needs them. Nodes beyond the list are called by the name of the group.",
      example: ["gpu[001-016]"],
    }).optional(),
    sku: field(lineOfText(100), {
      description:
        "A machine from the catalogue, which gives its GPUs, CPU and memory. Fields given beside it take the place of the catalogue's cpu and memory. Figures nobody published are missing in the catalogue and have to be given.",
      example: "Standard_ND96isr_H100_v5",
    }).optional(),
    gpu: field(lineOfText(100), {
      description:
        "GPU model of the nodes: a name from the catalogue, or one declared in `cluster.gpuModels`. Leave it out for nodes without GPUs.",
      example: "H100-80GB",
    }).optional(),
    gpus: field(wholeNumber(0, LIMITS.gpusPerNodeMax), {
      description: "GPUs of one node.",
      example: 8,
    }).optional(),
    cpu: field(cores(), {
      description:
        "CPU of one node that jobs can use, in cores. Required unless the sku has it.",
      example: 96,
    }).optional(),
    memory: field(size(), {
      description:
        "Host memory of one node that jobs can use. Required unless the sku has it.",
      example: "1900GiB",
    }).optional(),
    pods: field(wholeNumber(1, 100_000), {
      description: "Pods (workers of jobs) one node may run at once.",
      default: DEFAULTS.podsPerNode,
      example: 250,
    }).optional(),
    reserved: reservedSchema().optional(),
    hosting: hostingSchema().optional(),
    elastic: elasticSchema().optional(),
    linksLike: field(lineOfText(100), {
      description:
        "A machine of the catalogue whose links between GPUs and whose adapters these nodes have, for jobs that communicate. Left out, GPUs that are sold on NVSwitch boards are taken to be on one.",
      example: "HGX H100",
    }).optional(),
    partitioning: partitioningSchema().optional(),
    partition: field(plainName(), {
      description:
        "Partition (virtual cluster, Slurm partition) the nodes belong to. When a group names one, every partition has its own nodes and its own queue, and jobs run only in theirs; groups that name none are the default partition. When no group names one, partitions of jobs are only labels. `policy.partitions` says otherwise.",
      example: "research",
    }).optional(),
    topology: groupTopologySchema().optional(),
    labels: nodeLabelsSchema().optional(),
  });
}

function gpuModelSchema() {
  return z.strictObject({
    name: field(lineOfText(100), {
      description: "Name as it stands in the trace and in node groups. Letter case counts.",
      example: "V100M16",
    }),
    memory: field(size(), {
      description: "Memory of one GPU, shown in reports. Leave it out when it is not known.",
      example: "16GB",
    }).optional(),
  });
}

/** The machines: `cluster`. */
export function clusterSchema() {
  return z.strictObject({
    nodes: field(z.array(nodeGroupSchema()).min(1).max(LIMITS.nodeGroupsMax), {
      description:
        "Groups of equal nodes. Their order is the order in which equal choices are made: earlier nodes win ties.",
      example: [{ name: "h100", count: 16, sku: "Standard_ND96isr_H100_v5" }],
    }),
    catalogue: field(lineOfText(1_000), {
      description:
        "A file with hardware of your own: machines that node groups name as `sku`, GPU models, prices. It stands beside the scenario; `headroom catalog --example` prints one. An entry takes the place of the catalogue's of the same name.",
      example: "my-catalogue.yaml",
    }).optional(),
    calibrations: field(
      z.array(field(lineOfText(4_096), { description: "One file.", example: "../bench/calibrations/a100-sxm-80gb.json" })).min(1).max(16),
      {
        description:
          "Files of `headroom calibrate`, relative to the folder of the file this is written in. Their measured rates go before published ones for the GPUs they are for: in the time of jobs with a `model`, and for the slowdown of neighbours on shared GPUs without `contention` of their own. The list of assumptions says which figure is measured.",
        example: ["../bench/calibrations/a100-sxm-80gb.json"],
      },
    ).optional(),
    topology: clusterTopologySchema().optional(),
    fabric: fabricSchema().optional(),
    gpuModels: field(z.array(gpuModelSchema()).max(1_000), {
      description:
        "GPU models that are not in the catalogue, such as names only one trace uses. A name declared here comes before the same name of the catalogue.",
      example: [{ name: "G2" }, { name: "V100M16", memory: "16GB" }],
    }).optional(),
  });
}
