import { z } from "zod";

import { DEFAULTS } from "../defaults.js";
import { field, lineOfText, oneOf, wholeNumber } from "./field.js";
import { duration, share, size } from "./quantities.js";

/** Ways to hand out the GPUs of a node, with what each one means. */
const MODES = {
  shared: "Whole GPUs, and shares of one in thousandths, at full speed whatever the neighbours do.",
  whole: "Whole GPUs only; a job that asks for a share gets a whole one.",
  mig: "MIG instances of a layout, and nothing else.",
  "time-slicing": "Every GPU is offered as several replicas, whose jobs take turns.",
  mps: "Every GPU is offered as several replicas, each with its part of memory and compute (NVIDIA MPS).",
} as const;

/** Where MIG layouts come from. */
const POLICIES = {
  static: "The layout given, for the whole run.",
  "by-demand": "Layouts in the proportions of the instance-hours that the jobs of the workload ask for, for the whole run.",
  dynamic: "An idle GPU gets another layout when jobs wait for what it does not have.",
} as const;

const profile = () =>
  field(lineOfText(40), { description: "A MIG profile, as nvidia-smi names it.", example: "1g.10gb" });

const layout = () => z.array(profile()).min(1).max(7);

const contentionSchema = () =>
  z.strictObject({
    processes: field(wholeNumber(2, 1000), {
      description: "Jobs on the GPU at once.",
      example: 4,
    }),
    slowdown: field(z.number().min(1).max(1000), {
      description:
        "Time the work takes over the time it takes with the same part of the compute and no neighbour.",
      example: 1.3,
    }),
  });

/** How the GPUs of a node are handed out: `cluster.nodes[].partitioning`. */
export function partitioningSchema() {
  const partitioning = z.strictObject({
    mode: field(oneOf(Object.keys(MODES)), {
      description: "One way for all GPUs of the node; the ways exclude each other.",
      example: "mig",
      valueTexts: Object.values(MODES),
    }),
    layout: field(layout(), {
      description:
        "MIG: the instances of every GPU of the node. Only layouts that the GPU's placement table allows are taken; where the instances stand is found. With `policy: dynamic`, the layout at the start.",
      example: ["3g.40gb", "3g.40gb"],
    }).optional(),
    layouts: field(z.array(field(layout(), { description: "The instances of one GPU.", example: ["7g.80gb"] })).min(1).max(64), {
      description: "MIG: one layout for each GPU of the node, in order, where they differ.",
      example: [["7g.80gb"], ["3g.40gb", "3g.40gb"]],
    }).optional(),
    allOf: field(lineOfText(40), {
      description: "MIG: as many instances of this one profile on every GPU as fit.",
      example: "1g.10gb",
    }).optional(),
    policy: field(oneOf(Object.keys(POLICIES)), {
      description:
        "MIG: where layouts come from. Left out, `static` where a layout is given. `by-demand` and, without a layout, `dynamic` begin with layouts made for the jobs of the scenario, as if they had been known.",
      example: "dynamic",
      valueTexts: Object.values(POLICIES),
    }).optional(),
    repartitionDuration: field(duration("above-zero"), {
      description:
        "`policy: dynamic`: time from the decision until the new instances can be used. Nothing runs on the GPU meanwhile. No maker publishes it; one secondary note says 3 to 5 minutes.",
      default: DEFAULTS.repartitionDuration,
      example: "4m",
    }).optional(),
    drainAfter: field(duration("zero-or-more"), {
      description:
        "`policy: dynamic`: when a job has waited so long for an instance and no GPU is idle, one is drained for it: nothing new starts there until it is empty and can be changed. Left out, GPUs are never drained.",
      example: "15m",
    }).optional(),
    repartitionAtOnce: field(wholeNumber(1, 64), {
      description: "`policy: dynamic`: GPUs of a node that may be draining or changing at once.",
      default: DEFAULTS.repartitionAtOnce,
      example: 2,
    }).optional(),
    replicas: field(wholeNumber(2, 1000), {
      description: "Time-slicing and MPS: jobs per GPU; MPS takes at most 48.",
      example: 4,
    }).optional(),
    contention: field(z.array(contentionSchema()).min(1).max(64), {
      description:
        "Time-slicing and MPS: measured slowdown by neighbours beyond the division of compute, with straight lines between the points. Left out, none is assumed.",
      example: [{ processes: 4, slowdown: 1.3 }],
    }).optional(),
  });
  return field(partitioning, {
    description:
      "How the GPUs of these nodes are handed out. Left out, they are `shared`: whole, and in thousandths.",
    example: { mode: "mig", layout: ["3g.40gb", "2g.20gb", "1g.10gb", "1g.10gb"] },
  });
}

/** What a job may say about parts of a GPU. */
export function gpuPartFields() {
  return {
    mig: field(z.array(profile()).min(1).max(20), {
      description:
        "MIG profiles that will do, in order of preference; the job runs on MIG instances only. `gpus` is then the number of instances of a worker, 1 when left out. The duration is that on the first profile.",
      example: ["1g.10gb", "2g.20gb"],
    }).optional(),
    gpuMemory: field(size(), {
      description:
        "GPU memory a worker needs. It goes to the smallest MIG instance that has it (larger ones when that is not free), to an MPS replica whose part of the memory is enough, to a time-sliced GPU with so much left, or to a GPU that has it. Makes `gpus` 1 when left out.",
      example: "9GiB",
    }).optional(),
    gpuReplica: field(z.boolean(), {
      description:
        "True: a replica of a time-sliced or MPS GPU will do for a worker that asks for a whole GPU. A worker that asks for a share or for memory takes one anyway.",
      default: false,
      example: true,
    }).optional(),
  };
}

/** MIG profiles for jobs that ask for a share of a GPU: `workload.migProfiles`. */
export function migProfilesSchema() {
  const entry = z.strictObject({
    upTo: field(share(), {
      description: "The entry is for shares up to this one; the first that is large enough counts.",
      example: "15%",
    }),
    profiles: field(z.array(profile()).min(1).max(20), {
      description: "Profiles that will do for them, in order of preference.",
      example: ["1g.10gb", "2g.20gb"],
    }),
  });
  return field(z.array(entry).min(1).max(100), {
    description:
      "On MIG nodes, the profiles of jobs that ask for a share of a GPU and name none, by the share. Left out, they take the smallest profile with at least their share of compute slices and memory. A whole GPU counts as 100%; without an entry it is never put on MIG.",
    example: [{ upTo: "15%", profiles: ["1g.10gb"] }],
  });
}

/** How a node's GPUs are handed out, as the schema lets it through. */
export type PartitioningInput = z.output<ReturnType<typeof partitioningSchema>>;
