import { log } from "../../base/elementary.js";
import { formatDuration } from "../../base/units.js";
import { createGpuNames } from "../../hardware/gpu-names.js";
import { weibullScaleS } from "../../performance/reliability/weibull-scale.js";
import type { RepairTime } from "../../simulation/faults/fault-spec.js";
import type {
  ServedHere,
  SiteFault,
  SiteRegion,
  SitesSpec,
  SiteTemplate,
  Witness,
} from "../../simulation/fleet/sites/sites-spec.js";
import type { Assume } from "./assume.js";
import { resolveRollouts } from "./resolve-rollouts.js";
import { noteSiteRules, resolveSiteServices } from "./resolve-site-services.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import { SITE_DEFAULTS, type SiteTemplateInput } from "./schema/sites-schema.js";

/** Standard normal quantile of 95 %. */
const Z_95 = 1.6448536269514722;
/** Where a fleet names no region, all of it stands in one. */
const NOWHERE: SiteRegion = { name: "everywhere", utcOffsetS: 0, labels: {} };

/** Builds the small sites of a fleet with what they serve; undefined without any. */
export function resolveSites(spec: FleetDocument, assume: Assume): SitesSpec | undefined {
  if (spec.fleet.sites === undefined) return undefined;
  const regions = (spec.fleet.regions ?? []).map(
    ({ name, utcOffsetHours = 0, labels = {} }): SiteRegion => ({
      name,
      utcOffsetS: utcOffsetHours * 3_600,
      labels,
    }),
  );
  const used = regions.length === 0 ? [NOWHERE] : regions;
  const templates = spec.fleet.sites.map((template) =>
    resolveTemplate(template, spec, used, assume),
  );
  noteSiteRules(spec, assume);
  return {
    templates,
    regions: used,
    services: resolveSiteServices(spec, assume),
    rollouts: resolveRollouts(spec, assume),
  };
}

function resolveTemplate(
  template: SiteTemplateInput,
  spec: FleetDocument,
  regions: readonly SiteRegion[],
  assume: Assume,
): SiteTemplate {
  const { name, count, nodes } = template;
  const gpuModel = gpuModelOf(template, assume);
  const gpusPerNode = nodes.gpusPerNode ?? SITE_DEFAULTS.gpusPerNode;
  noteDefaults(template, assume);
  return {
    name,
    count,
    labels: template.labels ?? {},
    labelShares: Object.entries(template.labelShares ?? {}).map(([label, values]) => ({
      label,
      values: Object.entries(values).map(([value, share]) => ({ value, share })),
    })),
    nodes: nodes.count,
    gpuModel,
    gpusPerNode,
    bootS: nodes.boot ?? SITE_DEFAULTS.bootS,
    witness: witnessOf(template),
    hasPool: (template.storage ?? SITE_DEFAULTS.storage) === "pool",
    rebuildBaseS: template.rebuild?.base ?? SITE_DEFAULTS.rebuildS,
    rebuildPerSAway: (template.rebuild?.perHourAway ?? 0) / 3_600,
    regions: regionsOf(template, regions),
    links: template.links.map(({ weight = 1, bandwidth, roundTrip }) => ({
      weight,
      bitsPerS: bandwidth,
      roundTripS: roundTrip,
    })),
    demandMedian: template.demand?.median ?? 1,
    demandSigma: template.demand?.spread ?? 0,
    startOffsetMaxS: template.startOffset ?? 0,
    ...faultsOf(template),
    disconnected: (template.disconnected ?? []).map((window) => ({
      fromS: window.from,
      durationS: window.for,
      ...(window.every === undefined ? {} : { everyS: window.every }),
      share: window.share ?? 1,
      spreadS: window.spread ?? 0,
    })),
    offlineLimitS: template.offlineLimit ?? SITE_DEFAULTS.offlineLimitS,
    ...(template.redeploy === undefined ? {} : { redeployS: template.redeploy }),
    telemetryHorizonS: template.telemetry?.horizon ?? SITE_DEFAULTS.horizonS,
    telemetryBackfill: template.telemetry?.backfill ?? SITE_DEFAULTS.backfill,
    serves: servesOf(template, gpuModel, gpusPerNode, spec),
  };
}

function gpuModelOf(template: SiteTemplateInput, assume: Assume): string {
  const found = createGpuNames([]).resolve(template.nodes.gpu);
  if (found.kind !== "catalogue")
    throw new Error(`fleet: GPU ${template.nodes.gpu} passed the checks and is not known`);
  if (found.assumed)
    assume({
      id: `fleet.sites[${template.name}].nodes.gpu`,
      what: `Which ${template.nodes.gpu} the nodes of ${template.name} have`,
      value: found.name,
      provenance: "assumed",
      source: "the usual form of the model",
    });
  return found.name;
}

function witnessOf({ witness, nodes }: SiteTemplateInput): Witness {
  if (witness !== undefined) return witness as Witness;
  return nodes.count === 2 || nodes.count === 4 ? "cloud" : "none";
}

function regionsOf(
  template: SiteTemplateInput,
  regions: readonly SiteRegion[],
): SiteTemplate["regions"] {
  const named = Object.entries(template.regions ?? {});
  if (named.length === 0) return regions.map((_, region) => ({ region, weight: 1 }));
  return named.map(([name, weight]) => ({
    region: regions.findIndex((region) => region.name === name),
    weight,
  }));
}

function servesOf(
  template: SiteTemplateInput,
  gpuModel: string,
  gpusPerNode: number,
  spec: FleetDocument,
): readonly ServedHere[] {
  const names = createGpuNames([]);
  return (spec.workload?.services ?? []).flatMap((one, service) => {
    if (one.sites !== undefined && !one.sites.includes(template.name)) return [];
    const computeS =
      typeof one.compute === "number"
        ? one.compute
        : Object.entries(one.compute).find(([model]) => {
            const found = names.resolve(model);
            return found.kind === "catalogue" && found.name === gpuModel;
          })?.[1];
    if (computeS === undefined)
      throw new Error(`fleet: service ${one.name} passed the checks without a time on ${gpuModel}`);
    return [{ service, gpusPerNode: one.gpusPerNode ?? gpusPerNode, computeS }];
  });
}

function faultsOf({
  faults,
}: SiteTemplateInput): Pick<SiteTemplate, "nodeFault" | "powerFault" | "linkFault"> {
  return {
    ...(faults?.node === undefined ? {} : { nodeFault: faultOf(faults.node) }),
    ...(faults?.power === undefined ? {} : { powerFault: faultOf(faults.power) }),
    ...(faults?.link === undefined ? {} : { linkFault: faultOf(faults.link) }),
  };
}

type FaultInput = NonNullable<NonNullable<SiteTemplateInput["faults"]>["node"]>;

function faultOf({ mtbf, shape = 1, repair }: FaultInput): SiteFault {
  return {
    timeToFailure:
      shape === 1
        ? { kind: "exponential", meanS: mtbf }
        : { kind: "weibull", shape, scaleS: weibullScaleS({ meanS: mtbf, shape }) },
    repair: repairOf(repair),
  };
}

/** The distribution of a repair time that passed its checks. */
export function repairOf({ fixed, mean, median, p95 }: FaultInput["repair"]): RepairTime {
  if (fixed !== undefined) return { kind: "fixed", durationS: fixed };
  if (mean !== undefined) return { kind: "exponential", meanS: mean };
  return { kind: "log-normal", medianS: median!, sigma: log(p95! / median!) / Z_95 };
}

const FAULT_WORDS = { node: "a node", power: "the power of a site", link: "the link of a site" };

function noteFaults({ name, faults }: SiteTemplateInput, assume: Assume): void {
  for (const kind of ["node", "power", "link"] as const) {
    const fault = faults?.[kind];
    if (fault === undefined) continue;
    const { fixed, mean, median, p95 } = fault.repair;
    const away =
      fixed !== undefined
        ? formatDuration(fixed)
        : mean !== undefined
          ? `mean ${formatDuration(mean)}`
          : `median ${formatDuration(median!)}, 95 % within ${formatDuration(p95!)}`;
    assume({
      id: `fleet.sites[${name}].faults.${kind}`,
      what: `How often ${FAULT_WORDS[kind]} of ${name} fails, and for how long`,
      value: `every ${formatDuration(fault.mtbf)} on average, away ${away}`,
      provenance: "given",
      source: "the file of the fleet",
    });
  }
}

function noteDefaults(template: SiteTemplateInput, assume: Assume): void {
  const { name, nodes } = template;
  noteFaults(template, assume);
  const note = (id: string, what: string, value: string, source: string): void =>
    assume({ id: `fleet.sites[${name}].${id}`, what, value, provenance: "assumed", source });
  if (nodes.boot === undefined)
    note(
      "nodes.boot",
      `Time a node of ${name} needs to boot`,
      formatDuration(SITE_DEFAULTS.bootS),
      "default; no published figure for small edge nodes",
    );
  if (nodes.count > 1 && template.rebuild?.base === undefined)
    note(
      "rebuild.base",
      `Time until the data of a returned node of ${name} are current`,
      formatDuration(SITE_DEFAULTS.rebuildS),
      "default; depends on the disks and what was written",
    );
  if (template.witness === undefined)
    note(
      "witness",
      `Witness of ${name}`,
      witnessOf(template),
      "recommended for clusters of two to four nodes; none where it would not help",
    );
  if (template.offlineLimit === undefined)
    assume({
      id: `fleet.sites[${name}].offlineLimit`,
      what: `Longest time ${name} may be without its control plane`,
      value: formatDuration(SITE_DEFAULTS.offlineLimitS),
      provenance: "published",
      source: "AKS on Azure Local, connectivity modes",
    });
  if (template.telemetry?.horizon === undefined)
    assume({
      id: `fleet.sites[${name}].telemetry.horizon`,
      what: `Oldest telemetry that ${name} still sends`,
      value: formatDuration(SITE_DEFAULTS.horizonS),
      provenance: "published",
      source: "Azure Monitor pipeline, edge configuration",
    });
  if (template.telemetry?.backfill === undefined)
    note(
      "telemetry.backfill",
      `Hours of telemetry that the link of ${name} carries in an hour`,
      String(SITE_DEFAULTS.backfill),
      "default",
    );
}
