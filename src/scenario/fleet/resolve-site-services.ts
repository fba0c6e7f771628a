import { formatDuration } from "../../base/units.js";
import type { SiteService } from "../../simulation/fleet/sites/sites-spec.js";
import type { Assume } from "./assume.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import { FLEET_SERVICE_DEFAULTS, type FleetServiceInput } from "./schema/fleet-services-schema.js";

/** Requests of a shop by hour of the day, midnight first: an assumption, and listed as one. */
const DAY_HOURS = [0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 7, 8, 9, 8, 7, 7, 8, 10, 9, 6, 4, 2, 0, 0];
const FLAT_HOURS = new Array<number>(24).fill(1);

/** Builds what sites serve. */
export function resolveSiteServices(spec: FleetDocument, assume: Assume): readonly SiteService[] {
  return (spec.workload?.services ?? []).map((service) => {
    noteService(service, assume);
    const { demand } = service;
    const hours = demand.hours ?? (demand.shape === "flat" ? FLAT_HOURS : DAY_HOURS);
    const sum = hours.reduce((total, weight) => total + weight, 0);
    return {
      name: service.name,
      slotsPerGpu: service.slotsPerGpu ?? FLEET_SERVICE_DEFAULTS.slotsPerGpu,
      variation: service.variation ?? FLEET_SERVICE_DEFAULTS.variation,
      startS: service.start ?? FLEET_SERVICE_DEFAULTS.startS,
      perSiteDay: demand.perSiteDay,
      hours: hours.map((weight) => weight / sum),
      days: demand.days ?? [1, 1, 1, 1, 1, 1, 1],
      latencyGoalS: service.latencyGoal,
      utilizationMax: service.utilizationMax ?? FLEET_SERVICE_DEFAULTS.utilizationMax,
      ...(service.elsewhere === undefined ? {} : { elsewhereComputeS: service.elsewhere.compute }),
    };
  });
}

function noteService(service: FleetServiceInput, assume: Assume): void {
  const { name, compute, demand } = service;
  const id = (field: string): string => `workload.services[${name}].${field}`;
  const words =
    typeof compute === "number"
      ? formatDuration(compute)
      : Object.entries(compute)
          .map(([gpu, s]) => `${gpu} ${formatDuration(s)}`)
          .join(", ");
  assume({
    id: id("compute"),
    what: `Mean compute time of a request of ${name}`,
    value: words,
    provenance: "given",
    source: "the file of the fleet",
  });
  if (demand.hours === undefined && demand.shape !== "flat")
    assume({
      id: id("demand.hours"),
      what: `Shape of the day of ${name}`,
      value: DAY_HOURS.join(" "),
      provenance: "assumed",
      source: "shape: day; no published day of a shop's requests was found",
    });
  if (service.variation === undefined)
    assume({
      id: id("variation"),
      what: `Squared coefficient of variation of the compute time of ${name}`,
      value: String(FLEET_SERVICE_DEFAULTS.variation),
      provenance: "assumed",
      source: "default: exponential",
    });
  if (service.start === undefined)
    assume({
      id: id("start"),
      what: `Time from a node that is up to ${name} on it`,
      value: formatDuration(FLEET_SERVICE_DEFAULTS.startS),
      provenance: "assumed",
      source: "default",
    });
  if (service.elsewhere !== undefined)
    assume({
      id: id("elsewhere"),
      what: `Capacity of the place that serves ${name} for sites that cannot`,
      value: "unlimited",
      provenance: "assumed",
      source: "rule of the model: no queue there",
    });
}

/** What the model of sites takes for granted whatever the file says. */
export function noteSiteRules(spec: FleetDocument, assume: Assume): void {
  const note = (id: string, what: string, value: string, source: string): void =>
    assume({ id: `fleet.sites.${id}`, what, value, provenance: "assumed", source });
  note(
    "independence",
    "Failures of nodes, power and links of different sites",
    "independent of each other and of the load",
    "rule of the model",
  );
  if ((spec.workload?.services ?? []).length > 0)
    note(
      "queue",
      "Queue of a site between two changes of demand or capacity",
      "steady state of M/G/c (Allen-Cunneen), Poisson arrivals",
      "docs/models.md, small sites",
    );
  assume({
    id: "fleet.sites.quorum",
    what: "When a site of several nodes stays up",
    value: "majority of votes, pool stricter than cluster",
    provenance: "published",
    source: "Windows Server documentation, understanding cluster and pool quorum",
  });
}
