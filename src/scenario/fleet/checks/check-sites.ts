import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import { describeValue } from "../../../diagnostics/describe-value.js";
import { parseDurationValue } from "../../parse-quantity.js";
import { createGpuNames } from "../../../hardware/gpu-names.js";
import type { CheckContext } from "../../check-context.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import { FLEET_LIMITS } from "../fleet-limits.js";

const SITES = ["fleet", "sites"] as const;
const REGIONS = ["fleet", "regions"] as const;
/** What is in `fleet` beside its members. */
const NO_MEMBERS: readonly string[] = ["hub", "regions", "wan", "dispatch"];
const FAULTS = ["node", "power", "link"] as const;
const REPAIR_FORMS = "one of `fixed`, `mean`, or `median` with `p95`";

/** What regions and templates of sites must be together. */
export function checkSites(context: CheckContext): void {
  checkDuplicates(context, REGIONS, { key: "name", what: "region" });
  checkDuplicates(context, SITES, { key: "name", what: "template of sites" });
  checkMembers(context);
  checkCount(context);
  const hubRegion = context.valueAt(["fleet", "hub", "region"]);
  if (typeof hubRegion === "string") checkRegion(context, ["fleet", "hub", "region"], hubRegion);
  listAt(context, SITES).forEach((template, index) => {
    const path = [...SITES, index];
    for (const region of keysOf(fieldOf(template, "regions")))
      checkRegion(context, [...path, "regions", region], region, "key");
    checkWeights(context, [...path, "regions"], fieldOf(template, "regions"));
    checkWindows(context, [...path, "disconnected"]);
    checkGpu(context, [...path, "nodes", "gpu"], textOf(fieldOf(template, "nodes"), "gpu"));
    checkFaults(context, [...path, "faults"], fieldOf(template, "faults"));
    checkLabels(context, path, template);
    checkOffline(context, path, template);
  });
}

/** Names of the regions a fleet has. */
export function regionNames(context: CheckContext): readonly string[] {
  return listAt(context, REGIONS).flatMap((region) => textOf(region, "name") ?? []);
}

/** Reports a region that the fleet does not have. */
export function checkRegion(
  context: CheckContext,
  path: readonly PathPart[],
  region: string,
  part: "key" | "value" = "value",
): void {
  const allowed = regionNames(context);
  if (allowed.includes(region)) return;
  context.report({
    path,
    part,
    rule: "unknown-name",
    message: `${formatPath(path)}: the fleet has no region "${region}"`,
    given: region,
    allowed,
    help: "add it to fleet.regions",
  });
}

function checkWeights(context: CheckContext, path: readonly PathPart[], weights: unknown): void {
  for (const name of keysOf(weights)) {
    const weight = fieldOf(weights, name);
    // Other types are refused by the schema already.
    if (typeof weight !== "number" || (weight > 0 && weight <= 1e6)) continue;
    const place = [...path, name];
    context.report({
      path: place,
      rule: "out-of-range",
      message: `${formatPath(place)} must be a number above 0, at most 1000000, got ${describeValue(weight)}`,
    });
  }
}

/** A window that comes again before it is over would be there all the time. */
function checkWindows(context: CheckContext, path: readonly PathPart[]): void {
  listAt(context, path).forEach((window, index) => {
    const every = parseDurationValue(fieldOf(window, "every"));
    const lasts = parseDurationValue(fieldOf(window, "for"));
    if (!every.ok || !lasts.ok || every.value > lasts.value) return;
    context.report({
      path: [...path, index, "every"],
      rule: "out-of-range",
      message: `${formatPath([...path, index])}: every must be longer than for, or the link is never there`,
    });
  });
}

function checkMembers(context: CheckContext): void {
  const members = context.valueAt(["fleet"]);
  if (typeof members !== "object" || members === null) return;
  if (Object.keys(members).some((key) => !NO_MEMBERS.includes(key))) return;
  context.report({
    path: ["fleet"],
    part: "key",
    rule: "no-nodes",
    message: "the fleet has no members",
    help: "headroom explain fleet",
  });
}

function checkCount(context: CheckContext): void {
  const counts = listAt(context, SITES).map((template) => fieldOf(template, "count"));
  const total = counts.reduce<number>(
    (sum, count) => sum + (typeof count === "number" ? count : 0),
    0,
  );
  if (!(total > FLEET_LIMITS.sitesMax)) return;
  context.report({
    path: SITES,
    part: "key",
    rule: "too-many-nodes",
    message: `the fleet has ${total} sites, at most ${FLEET_LIMITS.sitesMax} are simulated`,
  });
}

/** Reports a GPU that the catalogue does not have; `any-form` allows a name that fits several models. */
export function checkGpu(
  context: CheckContext,
  path: readonly PathPart[],
  name: string | undefined,
  forms: "any-form" | "one-form" = "one-form",
): void {
  if (name === undefined) return;
  const found = createGpuNames([]).resolve(name);
  if (found.kind === "unknown") {
    const { suggestion, allowed } = found;
    context.report({
      path,
      rule: "unknown-gpu",
      message: `${formatPath(path)}: the GPU "${name}" is not in the catalogue`,
      ...(suggestion === undefined ? { similarTo: allowed } : { suggestion }),
      help: "headroom catalog gpus",
    });
  } else if (found.kind === "ambiguous" && forms === "one-form") {
    context.report({
      path,
      rule: "ambiguous-gpu",
      message: `${formatPath(path)}: "${name}" fits several models that differ`,
      allowed: found.names,
    });
  }
}

function checkFaults(context: CheckContext, path: readonly PathPart[], faults: unknown): void {
  for (const kind of FAULTS) {
    const repair = fieldOf(fieldOf(faults, kind), "repair");
    if (repair !== undefined) checkRepair(context, [...path, kind, "repair"], repair);
  }
}

/** Exactly one form of a repair time. */
export function checkRepair(
  context: CheckContext,
  path: readonly PathPart[],
  repair: unknown,
): void {
  const given = keysOf(repair);
  const forms = ["fixed", "mean", "median"].filter((key) => given.includes(key));
  if (forms.length !== 1) {
    context.report({
      path,
      rule: forms.length === 0 ? "missing-field" : "conflicting-fields",
      message: `${formatPath(path)} must have ${REPAIR_FORMS}, got ${given.length === 0 ? "none of them" : given.join(" and ")}`,
    });
    return;
  }
  if (given.includes("median") !== given.includes("p95")) {
    context.report({
      path,
      rule: "incomplete-fields",
      message: `${formatPath(path)}: median and p95 are given together, got ${given.join(" and ")}`,
    });
  }
  const [median, p95] = ["median", "p95"].map((key) => parseDurationValue(fieldOf(repair, key)));
  if (median!.ok && p95!.ok && p95!.value <= median!.value) {
    context.report({
      path: [...path, "p95"],
      rule: "out-of-range",
      message: `${formatPath(path)}: p95 must be longer than the median, or use fixed`,
    });
  }
}

function checkLabels(context: CheckContext, path: readonly PathPart[], template: unknown): void {
  const shares = fieldOf(template, "labelShares");
  for (const label of keysOf(shares)) {
    const place = [...path, "labelShares", label];
    const values = fieldOf(shares, label);
    const sum = keysOf(values).reduce((total, value) => total + shareOf(fieldOf(values, value)), 0);
    if (Math.abs(sum - 1) > 1e-6) {
      context.report({
        path: place,
        part: "key",
        rule: "out-of-range",
        message: `${formatPath(place)}: the shares must sum to 100%, got ${Math.round(sum * 1e6) / 1e4}%`,
      });
    }
    if (keysOf(fieldOf(template, "labels")).includes(label) || RESERVED.includes(label)) {
      context.report({
        path: place,
        part: "key",
        rule: "duplicate-name",
        message: `${formatPath(place)}: every site has a label "${label}" already`,
      });
    }
  }
}

/** Labels that every site has by itself. */
const RESERVED: readonly string[] = ["site", "template", "region"];

/** A share as written; what is none is reported by the schema. */
function shareOf(value: unknown): number {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? /^\s*([\d.]+)\s*%\s*$/.exec(value) : null;
  return percent === null ? Number(value) : Number(percent[1]) / 100;
}

function checkOffline(context: CheckContext, path: readonly PathPart[], template: unknown): void {
  const isRedeployed = fieldOf(template, "afterLimit") === "redeploy";
  const hasTime = fieldOf(template, "redeploy") !== undefined;
  if (isRedeployed === hasTime) return;
  context.report({
    path: [...path, isRedeployed ? "afterLimit" : "redeploy"],
    rule: "incomplete-fields",
    message: isRedeployed
      ? `${formatPath(path)}: afterLimit redeploy needs redeploy, the time it takes`
      : `${formatPath(path)}: redeploy is used with afterLimit: redeploy only`,
  });
}

/** Names of the fields of something that may be a map. */
export function keysOf(value: unknown): readonly string[] {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.keys(value)
    : [];
}
