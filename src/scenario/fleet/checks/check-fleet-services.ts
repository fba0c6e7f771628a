import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import { createGpuNames } from "../../../hardware/gpu-names.js";
import type { CheckContext } from "../../check-context.js";
import { checkDuplicates, fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import type { FleetDocument } from "../schema/fleet-schema.js";
import { SITE_DEFAULTS, type SiteTemplateInput } from "../schema/sites-schema.js";
import { keysOf } from "./check-sites.js";

const SERVICES = ["workload", "services"] as const;

/** What services need of the sites that serve them. */
export function checkFleetServices(context: CheckContext, spec: FleetDocument | undefined): void {
  checkDuplicates(context, SERVICES, { key: "name", what: "service" });
  const templates = listAt(context, ["fleet", "sites"]).flatMap((one) => textOf(one, "name") ?? []);
  listAt(context, SERVICES).forEach((service, index) => {
    const path = [...SERVICES, index];
    checkTemplates(context, [...path, "sites"], fieldOf(service, "sites"), templates);
    checkHours(context, [...path, "demand", "hours"], fieldOf(fieldOf(service, "demand"), "hours"));
    checkDays(context, [...path, "demand", "days"], fieldOf(fieldOf(service, "demand"), "days"));
  });
  if (spec?.fleet.sites === undefined) return;
  spec.fleet.sites.forEach((template, index) => checkRoom(context, spec, template, index));
  checkCompute(context, spec);
}

/** Reports templates that the fleet does not have. */
export function checkTemplates(
  context: CheckContext,
  path: readonly PathPart[],
  names: unknown,
  allowed: readonly string[],
): void {
  if (!Array.isArray(names)) return;
  names.forEach((name, index) => {
    if (typeof name !== "string" || allowed.includes(name)) return;
    context.report({
      path: [...path, index],
      rule: "unknown-name",
      message: `${formatPath([...path, index])}: the fleet has no template of sites "${name}"`,
      allowed,
    });
  });
}

function checkHours(context: CheckContext, path: readonly PathPart[], hours: unknown): void {
  if (!Array.isArray(hours) || hours.length === 0) return;
  if (hours.some((weight) => weight !== 0)) return;
  context.report({
    path,
    rule: "out-of-range",
    message: `${formatPath(path)}: at least one hour must have a weight above 0`,
  });
}

function checkDays(context: CheckContext, path: readonly PathPart[], days: unknown): void {
  if (!Array.isArray(days) || days.length === 0 || days.some((weight) => weight !== 0)) return;
  context.report({
    path,
    rule: "out-of-range",
    message: `${formatPath(path)}: at least one day must have a weight above 0`,
  });
}

/** Services of one template share its GPUs: none may want more than there are. */
function checkRoom(
  context: CheckContext,
  spec: FleetDocument,
  template: SiteTemplateInput,
  index: number,
): void {
  const gpus = template.nodes.gpusPerNode ?? SITE_DEFAULTS.gpusPerNode;
  const here = (spec.workload?.services ?? []).filter(
    ({ sites }) => sites === undefined || sites.includes(template.name),
  );
  const wanted = here.reduce((sum, { gpusPerNode }) => sum + (gpusPerNode ?? gpus), 0);
  if (wanted <= gpus) return;
  const names = here.map(({ name, gpusPerNode }) => `${name} ${gpusPerNode ?? gpus}`).join(", ");
  context.report({
    path: ["fleet", "sites", index, "nodes"],
    part: "key",
    rule: "does-not-fit",
    message: `a node of ${template.name} has ${gpus} ${gpus === 1 ? "GPU" : "GPUs"}, and its services want ${wanted} of each node: ${names}`,
    help: "give the nodes more GPUs, or name the templates of a service in workload.services[].sites",
  });
}

/** A compute time for every GPU model of the sites that serve. */
function checkCompute(context: CheckContext, spec: FleetDocument): void {
  const names = createGpuNames([]);
  const canonical = (name: string): string | undefined => {
    const found = names.resolve(name);
    return found.kind === "catalogue" ? found.name : undefined;
  };
  (spec.workload?.services ?? []).forEach((service, index) => {
    const { compute } = service;
    if (typeof compute !== "object") return;
    const path = [...SERVICES, index, "compute"];
    const known = new Map<string, string>();
    for (const name of keysOf(compute)) {
      const model = canonical(name);
      if (model !== undefined) known.set(model, name);
      else
        context.report({
          path: [...path, name],
          part: "key",
          rule: "unknown-gpu",
          message: `${formatPath(path)}: "${name}" is not one GPU of the catalogue`,
          given: name,
          similarTo: (spec.fleet.sites ?? []).map(({ nodes }) => nodes.gpu),
        });
    }
    for (const template of spec.fleet.sites ?? []) {
      const serves = service.sites === undefined || service.sites.includes(template.name);
      const model = canonical(template.nodes.gpu);
      if (!serves || model === undefined || known.has(model)) continue;
      context.report({
        path,
        rule: "missing-figure",
        message: `${formatPath(path)} has no time for ${template.nodes.gpu}, the GPU of ${template.name}`,
      });
    }
  });
}
