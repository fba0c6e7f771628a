import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import type { CheckContext } from "../check-context.js";
import { LIMITS } from "../defaults.js";
import { ARRAY_RULE, parseArray } from "../parse-array.js";
import { checkAcceptedGpu, gpuNamesOf } from "./check-cluster.js";
import { fieldOf, listAt, textOf } from "./duplicates.js";

const GPU_SPEEDS = ["workload", "gpuSpeeds"] as const;
const ELASTIC = ["workload", "elastic"] as const;
const JOBS = ["workload", "jobs"] as const;
const USE_LIMITS = ["policy", "limits"] as const;

/** What the terms of jobs must be together with the rest of the scenario. */
export function checkJobTerms(context: CheckContext): void {
  checkGpuSpeeds(context);
  checkElastic(context);
  checkUseLimits(context);
  checkArrays(context);
  const ids = listAt(context, JOBS).map((job) => textOf(job, "id") ?? "");
  const known = new Set(ids);
  listAt(context, JOBS).forEach((job, index) => {
    checkWorkerRange(context, job, [...JOBS, index]);
    checkSelector(context, [...JOBS, index, "nodeSelector"]);
    listAt(context, [...JOBS, index, "after"]).forEach((before, at) => {
      if (typeof before !== "string" || (known.has(before) && before !== ids[index])) return;
      const path = [...JOBS, index, "after", at];
      context.report({
        path,
        rule: "unknown-job",
        message:
          before === ids[index]
            ? `${formatPath(path)}: a job cannot wait for itself`
            : `${formatPath(path)}: there is no job "${before}"`,
        similarTo: ids.filter((id) => id !== ids[index]),
      });
    });
  });
}

function checkGpuSpeeds(context: CheckContext): void {
  const gpuNames = gpuNamesOf(context);
  const givenBy = new Map<string, string>();
  listAt(context, GPU_SPEEDS).forEach((entry, index) => {
    const path = [...GPU_SPEEDS, index, "gpu"];
    checkAcceptedGpu(context, path, gpuNames);
    const written = textOf(entry, "gpu");
    if (written === undefined) return;
    for (const model of gpuNames.accepted(written)) {
      const before = givenBy.get(model);
      if (before === undefined) givenBy.set(model, written);
      else {
        context.report({
          path,
          rule: "duplicate-name",
          message: `${formatPath(path)}: "${before}" gives the speed of ${model} already`,
        });
        return;
      }
    }
  });
}

/** Parameter that each scaling needs. */
const PARAMETERS = { power: "exponent", amdahl: "serialShare" } as const;

function checkElastic(context: CheckContext): void {
  const elastic = context.valueAt(ELASTIC);
  const scaling = fieldOf(elastic, "scaling") ?? "linear";
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    const isGiven = fieldOf(elastic, parameter) !== undefined;
    if (scaling === name && !isGiven) {
      context.report({
        path: [...ELASTIC, parameter],
        rule: "missing-field",
        message: `workload.elastic: the scaling ${name} needs ${parameter}`,
        help: `headroom explain workload.elastic.${parameter}`,
      });
    }
    if (scaling !== name && isGiven) {
      context.report({
        path: [...ELASTIC, parameter],
        part: "key",
        rule: "conflicting-fields",
        message: `workload.elastic.${parameter} is for the scaling ${name}, and the scaling is ${String(scaling)}`,
      });
    }
  }
}

function checkUseLimits(context: CheckContext): void {
  const seen = new Set<string>();
  listAt(context, USE_LIMITS).forEach((limit, index) => {
    const path = [...USE_LIMITS, index];
    const owners = (["tenant", "user"] as const).filter((key) => textOf(limit, key) !== undefined);
    if (owners.length !== 1) {
      context.report({
        path,
        rule: owners.length === 0 ? "missing-field" : "conflicting-fields",
        message: `${formatPath(path)} must have one of tenant and user, got ${owners.length === 0 ? "neither" : "both"}`,
      });
    }
    const bounds = ["gpus", "runningJobs", "submittedJobs"];
    if (bounds.every((key) => fieldOf(limit, key) === undefined)) {
      context.report({
        path,
        rule: "incomplete-fields",
        message: `${formatPath(path)} limits nothing: give ${bounds.join(", ")}, or some of them`,
      });
    }
    const key = owners.map((owner) => `${owner} ${textOf(limit, owner)}`).join();
    if (seen.has(key)) {
      context.report({
        path,
        rule: "duplicate-name",
        message: `policy.limits: there are two limits of ${key}; write all bounds into one`,
      });
    }
    seen.add(key);
  });
}

function checkSelector(context: CheckContext, list: readonly PathPart[]): void {
  listAt(context, list).forEach((rule, index) => {
    if (fieldOf(rule, "is") === undefined || fieldOf(rule, "in") === undefined) return;
    context.report({
      path: [...list, index, "in"],
      part: "key",
      rule: "conflicting-fields",
      message: `${formatPath([...list, index])} has both is and in, must have one of them`,
    });
  });
}

function checkArrays(context: CheckContext): void {
  let tasks = 0;
  listAt(context, JOBS).forEach((job, index) => {
    const text = textOf(job, "array");
    if (text === undefined) return;
    const path = [...JOBS, index, "array"];
    const array = parseArray(text, LIMITS.jobsMax);
    if (array === undefined) {
      context.report({
        path,
        rule: "bad-quantity",
        message: `${formatPath(path)} must be ${ARRAY_RULE}, at most ${LIMITS.jobsMax} tasks, got "${text}"`,
      });
      return;
    }
    const before = tasks;
    tasks += array.tasks.length;
    if (tasks > LIMITS.jobsMax && before <= LIMITS.jobsMax) {
      context.report({
        path,
        rule: "out-of-range",
        message: `workload.jobs: the arrays have more than ${LIMITS.jobsMax} tasks together`,
        help: "write them into a trace (format headroom-csv)",
      });
    }
  });
}

function checkWorkerRange(context: CheckContext, job: unknown, path: readonly PathPart[]): void {
  const workers = Number(fieldOf(job, "workers") ?? 1);
  const min = fieldOf(job, "workersMin");
  const max = fieldOf(job, "workersMax");
  if (typeof min === "number" && min > workers) {
    context.report({
      path: [...path, "workersMin"],
      rule: "out-of-range",
      message: `${formatPath(path)}.workersMin must be at most the ${workers} workers it asks for, got ${min}`,
    });
  }
  if (typeof max === "number" && max < workers) {
    context.report({
      path: [...path, "workersMax"],
      rule: "out-of-range",
      message: `${formatPath(path)}.workersMax must be at least the ${workers} workers it asks for, got ${max}`,
    });
  }
}
