import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import { parseDurationValue } from "../../parse-quantity.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import { checkGpu, checkRegion, keysOf, regionNames } from "./check-sites.js";

const WORKLOAD = "workload";
const KINDS = ["jobs", "datasets", "inference", "ray"] as const;
const PLACEMENTS = ["pick", "race", "burst"] as const;
/** Every checkpoint is an event: closer ones are a slip of the unit, and would never end. */
const CHECKPOINT_EVERY_MIN_S = 1;
const RAY_WORK = ["tasks", "group", "train"] as const;

/** Names that jobs, datasets, served models and Ray clusters use, and fields that go together. */
export function checkFleetJobs(context: CheckContext): void {
  for (const kind of KINDS)
    checkDuplicates(context, [WORKLOAD, kind], {
      key: "name",
      what: kind === "jobs" ? "job" : kind,
    });
  const clusters = namesAt(context, ["fleet", "clusters"]);
  for (const kind of KINDS) {
    if (listAt(context, [WORKLOAD, kind]).length === 0 || clusters.length > 0) continue;
    context.report({
      path: [WORKLOAD, kind],
      part: "key",
      rule: "incomplete-fields",
      message: `${WORKLOAD}.${kind} need fleet.clusters, and the fleet has none`,
    });
  }
  checkDatasets(context);
  checkJobs(context, clusters);
  checkInference(context, clusters);
  checkRay(context, clusters);
}

/** Names of the things in a list. */
export function namesAt(context: CheckContext, path: readonly PathPart[]): readonly string[] {
  return listAt(context, path).flatMap((one) => textOf(one, "name") ?? []);
}

function checkDatasets(context: CheckContext): void {
  const places = [...namesAt(context, ["fleet", "clusters"]), ...regionNames(context)];
  listAt(context, [WORKLOAD, "datasets"]).forEach((dataset, index) => {
    const path = [WORKLOAD, "datasets", index];
    checkNames(context, [...path, "at"], "cluster or region", places);
    checkNames(context, [...path, "copyTo"], "cluster or region", places);
    checkResidency(context, [...path, "residency"], fieldOf(dataset, "residency"), places);
  });
}

function checkResidency(
  context: CheckContext,
  path: readonly PathPart[],
  rule: unknown,
  places: readonly string[],
): void {
  if (rule === undefined) return;
  checkNames(context, [...path, "regions"], "region", regionNames(context));
  checkNames(context, [...path, "places"], "cluster or region", places);
  if (["regions", "places", "labels"].every((key) => fieldOf(rule, key) === undefined))
    context.report({
      path,
      part: "key",
      rule: "missing-field",
      message: `${formatPath(path)} must say regions, places or labels; without a rule leave it out`,
    });
}

function checkJobs(context: CheckContext, clusters: readonly string[]): void {
  const places = [...clusters, ...regionNames(context)];
  const datasets = namesAt(context, [WORKLOAD, "datasets"]);
  listAt(context, [WORKLOAD, "jobs"]).forEach((job, index) => {
    const path = [WORKLOAD, "jobs", index];
    checkNames(context, [...path, "inputs"], "dataset", datasets);
    listAt(context, [...path, "gpu"]).forEach((gpu, at) => {
      if (typeof gpu === "string") checkGpu(context, [...path, "gpu", at], gpu, "any-form");
    });
    for (const owner of ["output", "checkpoint"])
      checkName(context, [...path, owner, "to"], "cluster or region", places);
    const every = parseDurationValue(fieldOf(fieldOf(job, "checkpoint"), "every"));
    if (every.ok && every.value < CHECKPOINT_EVERY_MIN_S)
      context.report({
        path: [...path, "checkpoint", "every"],
        rule: "out-of-range",
        message: `${formatPath([...path, "checkpoint", "every"])} must be at least 1s`,
      });
    if (textOf(job, "onDrain") === "next-checkpoint" && fieldOf(job, "checkpoint") === undefined)
      context.report({
        path: [...path, "onDrain"],
        rule: "incomplete-fields",
        message: `${formatPath(path)}: onDrain: next-checkpoint needs checkpoint`,
      });
    if (fieldOf(job, "save") !== undefined && textOf(job, "onDrain") !== "save")
      context.report({
        path: [...path, "save"],
        part: "key",
        rule: "conflicting-fields",
        message: `${formatPath(path)}: save is the time of onDrain: save, and onDrain is ${textOf(job, "onDrain") ?? "stop, as nothing is said"}`,
      });
    checkPlacement(context, [...path, "placement"], clusters, job);
  });
}

function checkPlacement(
  context: CheckContext,
  path: readonly PathPart[],
  clusters: readonly string[],
  job: unknown,
): void {
  const placement = fieldOf(job, "placement");
  if (placement === undefined) return;
  checkOneOf(context, path, placement, PLACEMENTS);
  const pick = fieldOf(placement, "pick");
  checkNames(context, [...path, "pick", "clusters"], "cluster", clusters);
  checkNames(context, [...path, "race", "clusters"], "cluster", clusters);
  for (const key of ["home", "to"])
    checkNames(context, [...path, "burst", key], "cluster", clusters);
  if (textOf(pick, "type") === "PickFixed" && fieldOf(pick, "clusters") === undefined)
    context.report({
      path: [...path, "pick"],
      rule: "missing-field",
      message: `${formatPath([...path, "pick"])}: PickFixed needs clusters`,
    });
  const burst = fieldOf(placement, "burst");
  const when = textOf(burst, "when");
  const needs: Readonly<Record<string, boolean>> = {
    wait: when === "wait-exceeds" && fieldOf(burst, "wait") === undefined,
    deadline: when === "deadline" && fieldOf(job, "deadline") === undefined,
  };
  for (const [field, isMissing] of Object.entries(needs))
    if (isMissing)
      context.report({
        path: [...path, "burst", "when"],
        rule: "incomplete-fields",
        message: `${formatPath([...path, "burst"])}: ${when ?? ""} needs ${field === "wait" ? "wait" : "the deadline of the job"}`,
      });
}

function checkInference(context: CheckContext, clusters: readonly string[]): void {
  const datasets = namesAt(context, [WORKLOAD, "datasets"]);
  const places = [...clusters, ...regionNames(context)];
  listAt(context, [WORKLOAD, "inference"]).forEach((service, index) => {
    const path = [WORKLOAD, "inference", index];
    checkName(context, [...path, "model"], "dataset", datasets);
    const budget = fieldOf(service, "budget");
    if (budget !== undefined)
      checkOneOf(context, [...path, "budget"], budget, ["maxUnavailable", "minAvailable"]);
    checkGpu(context, [...path, "gpu"], textOf(service, "gpu"));
    for (const cluster of keysOf(fieldOf(service, "replicas")))
      reportUnknown(context, [...path, "replicas", cluster], cluster, "cluster", clusters, "key");
    listAt(context, [...path, "users"]).forEach((users, at) => {
      const region = textOf(users, "region");
      if (region !== undefined) checkRegion(context, [...path, "users", at, "region"], region);
      checkResidency(
        context,
        [...path, "users", at, "residency"],
        fieldOf(users, "residency"),
        places,
      );
    });
  });
}

function checkRay(context: CheckContext, clusters: readonly string[]): void {
  listAt(context, [WORKLOAD, "ray"]).forEach((cluster, index) => {
    const path = [WORKLOAD, "ray", index];
    checkName(context, [...path, "cluster"], "cluster", clusters);
    checkGpu(context, [...path, "gpu"], textOf(cluster, "gpu"));
    checkDuplicates(context, [...path, "workers"], { key: "name", what: "worker group" });
    checkDuplicates(context, [...path, "work"], { key: "name", what: "work" });
    listAt(context, [...path, "workers"]).forEach((worker, at) => {
      const place = [...path, "workers", at];
      const gpus = fieldOf(fieldOf(worker, "resources"), "GPU");
      if (typeof gpus === "number" && !Number.isInteger(gpus))
        context.report({
          path: [...place, "resources", "GPU"],
          rule: "out-of-range",
          message: `${formatPath([...place, "resources", "GPU"])} must be a whole number, as the pod holds whole GPUs, got ${gpus}`,
        });
      const [min, max] = [fieldOf(worker, "min"), fieldOf(worker, "max")];
      if (typeof min === "number" && typeof max === "number" && min > max)
        context.report({
          path: [...place, "min"],
          rule: "out-of-range",
          message: `${formatPath([...place, "min"])} must be at most max, which is ${max}, got ${min}`,
        });
    });
    listAt(context, [...path, "work"]).forEach((work, at) => {
      const place = [...path, "work", at];
      checkOneOf(context, place, work, RAY_WORK);
      const workers = fieldOf(fieldOf(work, "train"), "workers");
      const [min, max] = [fieldOf(workers, "min"), fieldOf(workers, "max")];
      if (typeof min === "number" && typeof max === "number" && min > max)
        context.report({
          path: [...place, "train", "workers", "min"],
          rule: "out-of-range",
          message: `${formatPath([...place, "train", "workers", "min"])} must be at most max, which is ${max}, got ${min}`,
        });
    });
  });
}

function checkOneOf(
  context: CheckContext,
  path: readonly PathPart[],
  value: unknown,
  keys: readonly string[],
): void {
  if (typeof value !== "object" || value === null) return;
  const given = keys.filter((key) => fieldOf(value, key) !== undefined);
  if (given.length === 1) return;
  context.report({
    path,
    rule: given.length === 0 ? "missing-field" : "conflicting-fields",
    message: `${formatPath(path)} must have one of ${keys.join(", ")}, got ${given.length === 0 ? "none" : given.join(" and ")}`,
  });
}

function checkNames(
  context: CheckContext,
  path: readonly PathPart[],
  what: string,
  allowed: readonly string[],
): void {
  listAt(context, path).forEach((_, index) => {
    checkName(context, [...path, index], what, allowed);
  });
}

function checkName(
  context: CheckContext,
  path: readonly PathPart[],
  what: string,
  allowed: readonly string[],
): void {
  const name = context.valueAt(path);
  if (typeof name === "string") reportUnknown(context, path, name, what, allowed);
}

function reportUnknown(
  context: CheckContext,
  path: readonly PathPart[],
  name: string,
  what: string,
  allowed: readonly string[],
  part: "key" | "value" = "value",
): void {
  if (allowed.includes(name)) return;
  context.report({
    path,
    part,
    rule: "unknown-name",
    message: `${formatPath(path)}: the fleet has no ${what} "${name}"`,
    given: name,
    allowed,
  });
}
