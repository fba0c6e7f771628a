import { z } from "zod";

import { TRACE_FORMATS } from "../../../workload/formats/registry.js";
import { field, lineOfText, oneOf, plainName, wholeNumber } from "../../schema/field.js";
import { duration, size } from "../../schema/quantities.js";
import { money } from "./clusters-schema.js";

/** What holds where a job or its placement says nothing. */
export const FLEET_JOB_DEFAULTS = {
  tenant: "default",
  stepSize: 3,
  round: "5m",
  roundS: 300,
  onDrain: "stop",
  save: "2m",
  saveS: 120,
  maxJobs: 1_000_000,
} as const;

const NAMES_MAX = 1_000;

function names(description: string, example: readonly string[]) {
  return field(z.array(plainName()).min(1).max(NAMES_MAX), { description, example });
}

function termFields() {
  return {
    labels: field(z.record(plainName(), lineOfText(63)), {
      description: "Labels the cluster has.",
      example: { country: "de" },
    }).optional(),
    properties: field(
      z.array(
        z.strictObject({
          property: field(lineOfText(253), { description: "Name of the property.", example: "headroom/available-gpus" }),
          is: field(oneOf(["eq", "ne", "gt", "ge", "lt", "le"]), { description: "How it compares.", example: "ge" }),
          value: field(z.number(), { description: "What it is compared with.", example: 8 }),
        }),
      ).min(1).max(100),
      {
        description: "What its properties must be. A cluster that does not report one does not match.",
        example: [{ property: "headroom/available-gpus", is: "ge", value: 8 }],
      },
    ).optional(),
  };
}

function pickSchema() {
  const preferred = z.strictObject({
    weight: field(wholeNumber(-100, 100), { description: "Added to the score of a cluster that matches.", example: 50 }),
    ...termFields(),
    sortBy: field(
      z.strictObject({
        property: field(lineOfText(253), { description: "Property the weight is spread by.", example: "headroom/available-gpus" }),
        order: field(oneOf(["descending", "ascending"]), {
          description: "Which end gets the whole weight.",
          example: "descending",
          valueTexts: ["The largest value.", "The smallest value."],
        }),
      }),
      { description: "Spreads the weight over the values of a property.", example: { property: "headroom/available-gpus", order: "descending" } },
    ).optional(),
  });
  const spread = z.strictObject({
    by: field(lineOfText(253), { description: "Label of clusters; its values are the domains.", example: "region" }),
    maxSkew: field(wholeNumber(1, 1_000), { description: "Largest difference between two domains.", default: 1, example: 1 }).optional(),
    otherwise: field(oneOf(["do-not-schedule", "schedule-anyway"]), {
      description: "Where it cannot be kept.",
      default: "do-not-schedule",
      example: "schedule-anyway",
      valueTexts: ["Nothing is placed there.", "The score loses 1 000."],
    }).optional(),
  });
  return z.strictObject({
    type: field(oneOf(["PickAll", "PickFixed", "PickN"]), {
      description: "How clusters are chosen. The job runs once on each of them.",
      example: "PickN",
      valueTexts: ["All that pass the filters.", "Those that are named.", "So many of the best."],
    }),
    count: field(wholeNumber(1, NAMES_MAX), { description: "Clusters for PickN.", default: 1, example: 2 }).optional(),
    clusters: names("Clusters for PickFixed.", ["berlin"]).optional(),
    required: field(z.array(z.strictObject(termFields())).min(1).max(10), {
      description: "Terms of which one must match. Inside a term everything must.",
      example: [{ labels: { country: "de" } }],
    }).optional(),
    preferred: field(z.array(preferred).min(1).max(100), {
      description: "Terms that add to the score.",
      example: [{ weight: 100, sortBy: { property: "headroom/available-gpus", order: "descending" } }],
    }).optional(),
    spread: field(z.array(spread).min(1).max(10), {
      description: "How even the copies are over the values of a label.",
      example: [{ by: "region" }],
    }).optional(),
    tolerations: field(
      z.array(
        z.strictObject({
          operator: field(oneOf(["exists", "equal"]), { description: "Whether the value counts.", default: "equal", example: "exists" }).optional(),
          key: field(lineOfText(253), { description: "Key of the taint; without one, `exists` tolerates all.", example: "site-type" }).optional(),
          value: field(lineOfText(63), { description: "Its value, for `equal`.", example: "edge" }).optional(),
        }),
      ).min(1).max(100),
      { description: "Taints that do not matter.", example: [{ operator: "exists", key: "site-type" }] },
    ).optional(),
  });
}

function raceSchema() {
  return z.strictObject({
    clusters: names("Clusters that are offered the job, in the order of the configuration. Left out, all.", ["onprem", "cloud"]).optional(),
    dispatcher: field(oneOf(["all-at-once", "incremental"]), {
      description: "When clusters are offered the job (MultiKueue).",
      default: "all-at-once",
      example: "incremental",
      valueTexts: ["All at once; the first that admits it runs it.", "A few, and after each round a few more."],
    }).optional(),
    stepSize: field(wholeNumber(1, NAMES_MAX), { description: "Clusters that join in each round.", default: FLEET_JOB_DEFAULTS.stepSize, example: 1 }).optional(),
    round: field(duration("above-zero"), { description: "Length of a round.", default: FLEET_JOB_DEFAULTS.round, example: "5m" }).optional(),
  });
}

function burstSchema() {
  return z.strictObject({
    home: names("Clusters that are offered the job at once.", ["onprem"]),
    to: names("Clusters that help out.", ["cloud"]),
    when: field(oneOf(["never", "always", "wait-exceeds", "cheapest", "deadline"]), {
      description: "When they do.",
      example: "wait-exceeds",
      valueTexts: [
        "Never.",
        "They are offered every job at once.",
        "Once it has waited for `wait`.",
        "The job goes to the one cluster of all that costs least, by the price of its GPUs and of moving its data.",
        "As late as the deadline of the job allows: its data, a new node and its work must still fit, with `spare` left.",
      ],
    }),
    wait: field(duration("zero-or-more"), { description: "For `wait-exceeds`.", example: "2h" }).optional(),
    spare: field(duration("zero-or-more"), { description: "For `deadline`.", default: "0s", example: "30m" }).optional(),
  });
}

function placementSchema() {
  return field(
    z.strictObject({
      pick: field(pickSchema(), { description: "KubeFleet picks clusters.", example: { type: "PickN", count: 1 } }).optional(),
      race: field(raceSchema(), { description: "MultiKueue offers it to clusters.", example: { dispatcher: "incremental" } }).optional(),
      burst: field(burstSchema(), { description: "A home, and clusters that help out.", example: { home: ["onprem"], to: ["cloud"], when: "never" } }).optional(),
    }),
    {
      description: "Where the job may run: one of `pick`, `race` and `burst`. Left out, all clusters are offered it at once.",
      example: { race: { dispatcher: "all-at-once" } },
    },
  );
}

function traceFields() {
  return {
    trace: field(lineOfText(4_096), {
      description:
        "File with the jobs, relative to the folder of the file this is written in; it may be compressed with gzip. Takes the place of `workers`, `gpusPerWorker`, `count`, `every`, `arrivals`, `duration` and `durations`; second 0 of the trace is at `first`.",
      example: "../traces/team-week.csv",
    }).optional(),
    format: field(oneOf(["auto", ...TRACE_FORMATS.map(({ name }) => name)]), {
      description: "Format of the trace.",
      default: "auto",
      example: "headroom-csv",
      valueTexts: ["Recognised from the first lines of the file.", ...TRACE_FORMATS.map(({ description }) => description)],
    }).optional(),
    maxJobs: field(wholeNumber(1, 1_000_000), {
      description: "Only the first so many jobs of the trace come, in order of submission.",
      default: FLEET_JOB_DEFAULTS.maxJobs,
      example: 5_000,
    }).optional(),
  };
}

function timeFields() {
  return {
    count: field(wholeNumber(1, 1_000_000), { description: "Jobs of this kind.", default: 1, example: 200 }).optional(),
    first: field(duration("zero-or-more"), { description: "When the first may come.", default: "0s", example: "1h" }).optional(),
    every: field(duration("above-zero"), {
      description: "Time between two of them. Left out, they all come at once.",
      example: "30m",
    }).optional(),
    arrivals: field(oneOf(["even", "poisson"]), {
      description: "How they come.",
      default: "even",
      example: "poisson",
      valueTexts: ["One every `every`.", "At random, `every` on average."],
    }).optional(),
    duration: field(duration("above-zero"), {
      description: "Time it works, on GPUs of speed 1. Needed without `trace`.",
      example: "6h",
    }).optional(),
    durations: field(oneOf(["fixed", "exponential"]), {
      description: "Whether all take as long, or `duration` on average.",
      default: "fixed",
      example: "exponential",
      valueTexts: ["All alike.", "Exponential."],
    }).optional(),
    restart: field(duration("zero-or-more"), {
      description: "Time it holds its GPUs without progress when it begins again after a stop.",
      default: "0s",
      example: "5m",
    }).optional(),
    deadline: field(duration("above-zero"), { description: "When it should be done, from when it came.", example: "1d" }).optional(),
  };
}

/** Jobs across clusters: `workload.jobs`. */
export function fleetJobsSchema() {
  const job = z.strictObject({
    name: field(plainName(), { description: "Name of the jobs, used once.", example: "training" }),
    tenant: field(plainName(), { description: "Whose quota they use.", default: FLEET_JOB_DEFAULTS.tenant, example: "vision" }).optional(),
    priority: field(wholeNumber(-1_000_000, 1_000_000), { description: "The higher goes first.", default: 0, example: 100 }).optional(),
    workers: field(wholeNumber(1, 10_000), { description: "Workers, which start together or not at all.", default: 1, example: 4 }).optional(),
    gpusPerWorker: field(wholeNumber(1, 16), { description: "GPUs of each, all on one node.", default: 1, example: 8 }).optional(),
    gpu: field(z.array(lineOfText(100)).min(1).max(100), {
      description: "GPU models it runs on. Left out, any.",
      example: ["H100"],
    }).optional(),
    ...traceFields(),
    ...timeFields(),
    placement: placementSchema().optional(),
    inputs: names("Datasets that must be at the cluster before it works.", ["scans"]).optional(),
    prefetch: field(z.boolean(), {
      description: "Whether they are brought before the job enters the queue of a cluster it is offered to. Else it holds its GPUs while they come.",
      default: false,
      example: true,
    }).optional(),
    output: field(
      z.strictObject({
        size: field(size(), { description: "Bytes it writes at its end.", example: "140GB" }),
        to: field(plainName(), { description: "Cluster, or region whose store, gets them.", example: "hospital" }),
      }),
      { description: "What it writes. The job is done when it has arrived.", example: { size: "140GB", to: "hospital" } },
    ).optional(),
    checkpoint: field(
      z.strictObject({
        every: field(duration("above-zero"), { description: "Time between two checkpoints, written beside the work.", example: "30m" }),
        size: field(size(), { description: "Bytes of one.", default: "0B", example: "1.1TB" }).optional(),
        to: field(plainName(), {
          description: "Cluster, or region whose store, keeps them; one counts when it has arrived. Left out, the cluster itself: another cluster does not find them.",
          example: "hospital",
        }).optional(),
      }),
      { description: "What a stop leaves. Without it a stopped job begins anew.", example: { every: "30m" } },
    ).optional(),
    onDrain: field(oneOf(["stop", "save", "next-checkpoint", "finish"]), {
      description: "What it does when an upgrade drains one of its nodes. It then waits in the queue of its cluster again.",
      default: "stop",
      example: "save",
      valueTexts: [
        "It ends at once; work that is in no checkpoint is lost.",
        "It writes a checkpoint at its cluster first, in `save`.",
        "It goes on until its next checkpoint counts. Needs `checkpoint`.",
        "It does not yield before it is done.",
      ],
    }).optional(),
    save: field(duration("zero-or-more"), {
      description: "Time to write the checkpoint of `onDrain: save`.",
      default: FLEET_JOB_DEFAULTS.save,
      example: "2m",
    }).optional(),
    budget: field(money(), {
      description: "Most money for GPUs and moved data of one job, as estimated when it is sent out: clusters above it are not asked.",
      example: 500,
    }).optional(),
  });
  return field(z.array(job).min(1).max(1_000), {
    description: "Jobs that the hub sends to clusters.",
    example: [{ name: "training", workers: 4, gpusPerWorker: 8, duration: "6h", count: 20, every: "3h" }],
  });
}

/** A kind of job as written, checked. */
export type FleetJobInput = z.output<ReturnType<typeof fleetJobsSchema>>[number];

/** Where it may run, as written, checked. */
export type FleetPlacementInput = NonNullable<FleetJobInput["placement"]>;
