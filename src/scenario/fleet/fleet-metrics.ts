import { CLUSTER_METRICS } from "./cluster-metrics.js";
import type { FleetMetric } from "./fleet-metric.js";
import { SITE_METRICS } from "./site-metrics.js";
import { UPGRADE_METRICS } from "./upgrade-metrics.js";

/** Every metric a goal of a fleet may name; each kind of member brings its own. */
export const FLEET_METRICS: readonly FleetMetric[] = [
  ...SITE_METRICS,
  ...UPGRADE_METRICS,
  ...CLUSTER_METRICS,
];

/** The metric of a path, or undefined; of one named part like of all. */
export function findFleetMetric(path: string): FleetMetric | undefined {
  const common = path.replace(/^([A-Za-z]+)\[[^\]]*\]/, "$1");
  return FLEET_METRICS.find((metric) => metric.path === common);
}

/**
 * Unit of a figure, "" for one that is no metric. Amounts are in the currency of the fleet; "money" where it names none.
 *
 * @param path of all parts or of a named one
 */
export function fleetUnitOf(path: string, currency?: string): string {
  const unit = findFleetMetric(path)?.unit ?? "";
  return unit === "money" ? (currency ?? unit) : unit;
}

/**
 * Path of a metric for one named part: `sites.availability` of "store" is `sites[store].availability`.
 */
export function metricOfPart(path: string, name: string): string {
  const dot = path.indexOf(".");
  return `${path.slice(0, dot)}[${name}]${path.slice(dot)}`;
}
