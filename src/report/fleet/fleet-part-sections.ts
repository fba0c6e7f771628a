import { partsOf, type FleetRun } from "../../simulation/fleet/simulate-fleet.js";
import type { ReportSection } from "../block.js";
import { clusterSections } from "./clusters-sections.js";
import { partSection, type PartTitles } from "./part-sections.js";
import { siteSections } from "./site-sections.js";

/** How parts are called that have no sections of their own. */
const TITLES: Readonly<Record<string, PartTitles>> = {
  upgrades: { id: "upgrades", title: "Upgrades of node pools" },
};

/** Sections of every part of a fleet, in the order of the parts. */
export function fleetPartSections(run: FleetRun, currency?: string): readonly ReportSection[] {
  return partsOf(run).flatMap(([name, part]): readonly ReportSection[] => {
    if (name === "sites" && run.sites !== undefined) return siteSections(run.sites);
    if (name === "clusters" && run.clusters !== undefined)
      return clusterSections(run.clusters, run.durationS, currency);
    return [partSection(TITLES[name] ?? { id: name, title: name }, part, run.durationS, currency)];
  });
}
