import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import { findMigGeometry, gpuFault, layoutFault, slotsOfPod, slotsOfPool } from "../pool-slots.js";
import { poolsOfUpgrade } from "../pools-of-upgrade.js";
import type { FleetDocument } from "../schema/fleet-schema.js";
import { POOL_LIMITS, type PoolInput } from "../schema/pools-schema.js";
import { checkRegion } from "./check-sites.js";

const POOLS = ["fleet", "pools"] as const;

type WorkloadInput =
  NonNullable<PoolInput["services"]>[number] | NonNullable<PoolInput["jobs"]>[number];

/** What node pools and the workload on them must be. */
export function checkPools(context: CheckContext, spec: FleetDocument | undefined): void {
  checkDuplicates(context, POOLS, { key: "name", what: "pool" });
  listAt(context, POOLS).forEach((pool, index) => {
    const path = [...POOLS, index];
    const region = textOf(pool, "region");
    if (region !== undefined) checkRegion(context, [...path, "region"], region);
    for (const kind of ["services", "jobs"] as const) {
      checkDuplicates(context, [...path, kind], { key: "name", what: "workload" });
      listAt(context, [...path, kind]).forEach((one, place) => {
        checkForm(context, [...path, kind, place], one, kind);
      });
    }
    checkOneName(context, path);
  });
  const pools = spec?.fleet.pools ?? [];
  pools.forEach((pool, index) => {
    checkPool(context, spec!, pool, [...POOLS, index]);
  });
}

/** Figures of services and jobs go by name: a service and jobs of a pool may not share one. */
function checkOneName(context: CheckContext, path: readonly PathPart[]): void {
  const services = listAt(context, [...path, "services"]).map((one) => textOf(one, "name"));
  listAt(context, [...path, "jobs"]).forEach((job, place) => {
    const name = textOf(job, "name");
    if (name === undefined || !services.includes(name)) return;
    context.report({
      path: [...path, "jobs", place, "name"],
      rule: "duplicate-name",
      message: `${formatPath(path)}: "${name}" is the name of a service of the pool too`,
    });
  });
}

function checkForm(
  context: CheckContext,
  path: readonly PathPart[],
  workload: unknown,
  kind: "services" | "jobs",
): void {
  const given = (["gpus", "profile"] as const).filter(
    (key) => fieldOf(workload, key) !== undefined,
  );
  if (given.length !== 1) {
    context.report({
      path,
      rule: given.length === 0 ? "missing-field" : "conflicting-fields",
      message: `${formatPath(path)} must have either gpus or profile, got ${given.length === 0 ? "none" : "both"}`,
    });
  }
  if (kind === "services") {
    checkService(context, path, workload);
    return;
  }
  if (
    fieldOf(workload, "duration") === undefined &&
    fieldOf(workload, "checkpoint") === undefined
  ) {
    context.report({
      path,
      rule: "incomplete-fields",
      message: `${formatPath(path)} needs duration or checkpoint: without both nobody can say what is lost`,
    });
  }
  if (
    textOf(workload, "onDrain") === "next-checkpoint" &&
    fieldOf(workload, "checkpoint") === undefined
  ) {
    context.report({
      path: [...path, "onDrain"],
      rule: "incomplete-fields",
      message: `${formatPath(path)}: onDrain: next-checkpoint needs checkpoint`,
    });
  }
}

function checkService(context: CheckContext, path: readonly PathPart[], workload: unknown): void {
  const need = fieldOf(workload, "need");
  const replicas = fieldOf(workload, "replicas");
  if (typeof need === "number" && typeof replicas === "number" && need > replicas) {
    context.report({
      path: [...path, "need"],
      rule: "out-of-range",
      message: `${formatPath([...path, "need"])}: ${need} replicas are needed and ${replicas} run: it would always be missed`,
    });
  }
  const budget = fieldOf(workload, "budget");
  if (typeof budget !== "object" || budget === null) return;
  if (Object.keys(budget).length === 1) return;
  context.report({
    path: [...path, "budget"],
    rule: Object.keys(budget).length === 0 ? "missing-field" : "conflicting-fields",
    message: `${formatPath([...path, "budget"])} must have either maxUnavailable or minAvailable`,
  });
}

function checkPool(
  context: CheckContext,
  spec: FleetDocument,
  pool: PoolInput,
  path: readonly PathPart[],
): void {
  const fault = gpuFault(pool.gpu);
  if (fault !== undefined) {
    context.report({ path: [...path, "gpu"], rule: "unknown-gpu", ...fault });
    return;
  }
  if (pool.nodes + (pool.spares ?? 0) > POOL_LIMITS.nodesMax) {
    context.report({
      path: [...path, "spares"],
      rule: "too-many-nodes",
      message: `${formatPath(path)} has ${pool.nodes} nodes and ${pool.spares ?? 0} spare ones: a pool has at most ${POOL_LIMITS.nodesMax}`,
    });
  }
  if (pool.layout !== undefined) checkLayout(context, pool, pool.layout, [...path, "layout"]);
  (spec.upgrades ?? []).forEach((upgrade, index) => {
    if (upgrade.layout !== undefined && poolsOfUpgrade(upgrade, [pool]).length > 0)
      checkLayout(context, pool, upgrade.layout, ["upgrades", index, "layout"]);
  });
  if (context.hasProblems) return;
  const offered = offeredBy(spec, pool);
  for (const kind of ["services", "jobs"] as const)
    (pool[kind] ?? []).forEach((one: WorkloadInput, place) => {
      checkFit(context, { pool, offered }, one, [...path, kind, place]);
    });
}

/** Slots of a node, now and after the upgrades that change its layout. */
function offeredBy(
  spec: FleetDocument,
  pool: PoolInput,
): readonly Readonly<Record<string, number>>[] {
  const later = (spec.upgrades ?? [])
    .filter((upgrade) => poolsOfUpgrade(upgrade, [pool]).length > 0)
    .flatMap(({ layout }) => (layout === undefined ? [] : [slotsOfPool({ ...pool, layout })]));
  return [slotsOfPool(pool), ...later];
}

function checkLayout(
  context: CheckContext,
  { gpu, name }: PoolInput,
  layout: readonly string[],
  path: readonly PathPart[],
): void {
  if (findMigGeometry(gpu) === undefined) {
    context.report({
      path,
      part: "key",
      rule: "no-mig",
      message: `${formatPath(path)}: ${gpu}, the GPU of ${name}, cannot be divided into MIG instances`,
    });
    return;
  }
  const fault = layoutFault(gpu, layout);
  if (fault === undefined) return;
  context.report({ path, ...fault, message: `${formatPath(path)}: ${fault.message}` });
}

function checkFit(
  context: CheckContext,
  {
    pool,
    offered,
  }: { readonly pool: PoolInput; readonly offered: readonly Readonly<Record<string, number>>[] },
  workload: WorkloadInput,
  path: readonly PathPart[],
): void {
  const slots = slotsOfPod(workload, pool.gpu);
  const [[kind, wanted]] = Object.entries(slots) as [[string, number]];
  const most = Math.max(...offered.map((one) => one[kind] ?? 0));
  if (wanted > most) {
    context.report({
      path,
      rule: "does-not-fit",
      message:
        kind === "gpu" && most > 0
          ? `${workload.name} takes ${wanted} GPUs of one node, and a node of ${pool.name} has ${most}`
          : `${workload.name} asks for ${kind === "gpu" ? "whole GPUs" : kind}, and a node of ${pool.name} offers ${Object.keys(offered[0]!).join(", ").replace("gpu", "whole GPUs")}`,
    });
    return;
  }
  if (!("workers" in workload) || workload.workers === undefined) return;
  const room = Math.floor(most / wanted) * (pool.nodes + (pool.spares ?? 0));
  if (workload.workers <= room) return;
  context.report({
    path: [...path, "workers"],
    rule: "does-not-fit",
    message: `${workload.name} has ${workload.workers} workers, and ${pool.name} has room for ${room} of them`,
  });
}
