import type { PathPart } from "../../../diagnostics/field-path.js";
import { formatPath } from "../../../diagnostics/field-path.js";
import { neverFits } from "../../../simulation/fleet/clusters/job-costs.js";
import type { ClustersSpec } from "../../../simulation/fleet/clusters/clusters-spec.js";
import type { CheckContext } from "../../check-context.js";
import { candidatesOf, pairsNeeded, resolveClusters } from "../resolve-clusters.js";
import { forbiddenBy, placesOf, type LabelledPlace } from "../resolve-places.js";
import type { FleetDocument } from "../schema/fleet-schema.js";
import { findLink } from "../wan-links.js";

/** Requests one run simulates; each is two events. */
const REQUESTS_MAX = 20_000_000;
/** A message names so many; who has more sees the first. */
const LISTED_MAX = 6;

/**
 * Whether everything has somewhere to be: data where its rule allows it, jobs and services on clusters that may have
 * their data and are large enough, and a known link wherever something moves.
 */
export function checkClusterPlaces(context: CheckContext, spec: FleetDocument | undefined): void {
  if (spec?.fleet.clusters === undefined || context.hasProblems) return;
  const places = placesOf(spec);
  const clusters = resolveClusters(spec, () => undefined)!;
  checkOriginals(context, spec, places);
  checkJobPlaces(context, spec, clusters, places);
  checkServices(context, spec, clusters, places);
  checkRayFits(context, clusters);
  checkLinks(context, spec, clusters);
}

function checkOriginals(
  context: CheckContext,
  { workload }: FleetDocument,
  places: readonly LabelledPlace[],
): void {
  (workload?.datasets ?? []).forEach(({ name, at, copyTo = [], residency }, index) => {
    for (const [key, names, verb] of [
      ["at", at, "lies at"],
      ["copyTo", copyTo, "is copied to"],
    ] as const)
      names.forEach((place, position) => {
        const why = forbiddenBy(
          residency,
          places.find((one) => one.name === place)!,
        );
        if (why === undefined) return;
        context.report({
          path: ["workload", "datasets", index, key, position],
          rule: "no-place",
          message: `${name} ${verb} ${place} and may not: ${why}`,
        });
      });
  });
}

function checkJobPlaces(
  context: CheckContext,
  { workload }: FleetDocument,
  clusters: ClustersSpec,
  places: readonly LabelledPlace[],
): void {
  clusters.jobs.forEach((group, index) => {
    const path = ["workload", "jobs", index];
    const candidates = candidatesOf(group.placement, clusters.members.length);
    const refusals = candidates.map((member) => ({
      member,
      why: neverFits(clusters, group, member),
    }));
    if (refusals.every(({ why }) => why !== undefined)) {
      const words = refusals.map(
        ({ member, why }) =>
          `${clusters.members[member]!.name}: ${residencyOf(workload, group.inputs, places[member]!) ?? why!}`,
      );
      context.report({
        path,
        rule: "no-place",
        message: `${formatPath(path)}: no cluster can run ${group.name}: ${listed(words)}`,
      });
    }
    for (const [owner, to] of [
      ["output", group.output?.to],
      ["checkpoint", group.checkpoint?.to],
    ] as const) {
      const why = to === undefined ? undefined : residencyOf(workload, group.inputs, places[to]!);
      if (why === undefined) continue;
      context.report({
        path: [...path, owner, "to"],
        rule: "no-place",
        message: `${formatPath([...path, owner])}: what ${group.name} writes may not go to ${places[to!]!.name}: ${why}`,
      });
    }
  });
}

/** Which dataset a place may not have, and why. */
function residencyOf(
  workload: FleetDocument["workload"],
  inputs: readonly number[],
  place: LabelledPlace,
): string | undefined {
  for (const input of inputs) {
    const { name, residency } = workload!.datasets![input]!;
    const why = forbiddenBy(residency, place);
    if (why !== undefined) return `${name} may not lie there, as ${why}`;
  }
  return undefined;
}

function checkServices(
  context: CheckContext,
  { workload, run }: FleetDocument,
  clusters: ClustersSpec,
  places: readonly LabelledPlace[],
): void {
  let requests = 0;
  clusters.services.forEach((service, index) => {
    const path = ["workload", "inference", index];
    for (const { member } of service.replicas) {
      const why =
        service.model === undefined
          ? undefined
          : residencyOf(workload, [service.model], places[member]!);
      if (why !== undefined)
        context.report({
          path: [...path, "replicas", clusters.members[member]!.name],
          rule: "no-place",
          message: `${formatPath(path)}: ${service.name} cannot be served from ${clusters.members[member]!.name}: ${why}`,
        });
    }
    service.users.forEach(({ region, requestsPerS, allowed }, at) => {
      requests += requestsPerS * (run?.duration ?? 0);
      if (requestsPerS === 0 || service.replicas.some(({ member }) => allowed[member]!)) return;
      const rule = workload!.inference![index]!.users[at]!.residency;
      const words = service.replicas.map(
        ({ member }) => `${clusters.members[member]!.name}: ${forbiddenBy(rule, places[member]!)!}`,
      );
      context.report({
        path: [...path, "users", at, "residency"],
        rule: "no-place",
        message: `no cluster of ${service.name} may process what people in ${region} send: ${listed(words)}`,
      });
    });
  });
  if (requests > REQUESTS_MAX)
    context.report({
      path: ["workload", "inference"],
      part: "key",
      rule: "out-of-range",
      message: `${Math.round(requests / 1e6)} million requests would come, at most ${REQUESTS_MAX / 1e6} million are simulated one by one`,
      help: "a shorter run.duration, or a smaller rate with as many fewer replicas",
    });
}

/** A quota that the whole Ray cluster never fits into would leave it suspended for good. */
function checkRayFits(context: CheckContext, clusters: ClustersSpec): void {
  clusters.ray.forEach((ray, index) => {
    const member = clusters.members[ray.member]!;
    const path: readonly PathPart[] = ["workload", "ray", index];
    for (const [at, { name, gpus }] of ray.workers.entries()) {
      if (
        gpus === 0 ||
        member.pools.some(
          ({ gpusPerNode, gpuModel }) =>
            gpusPerNode >= gpus && (ray.gpuModel === undefined || ray.gpuModel === gpuModel),
        )
      )
        continue;
      context.report({
        path: [...path, "workers", at, "resources"],
        rule: "no-place",
        message: `${formatPath([...path, "workers", at])}: no node of ${member.name} has the ${gpus} GPUs of a Ray node of ${name}`,
      });
    }
    const quota = member.queue.quotaGpus[ray.tenant];
    const most = ray.workers.reduce((sum, { max, gpus }) => sum + max * gpus, 0);
    if (
      ray.admission === "none" ||
      ray.nodesMax !== undefined ||
      quota === undefined ||
      most <= quota
    )
      return;
    context.report({
      path,
      rule: "no-place",
      message: `${formatPath(path)}: ${ray.name} may grow to ${most} GPUs, and the quota of ${ray.tenant} on ${member.name} is ${quota}: it would never be admitted`,
      help: "smaller max of its workers, or a larger quota",
    });
  });
}

function checkLinks(context: CheckContext, spec: FleetDocument, clusters: ClustersSpec): void {
  const { wan } = spec.fleet;
  const missing = pairsNeeded(clusters).filter(
    ([from, to]) => findLink(wan, from, to) === undefined,
  );
  if (missing.length === 0) return;
  context.report({
    path: wan === undefined ? ["fleet", "clusters"] : ["fleet", "wan"],
    part: "key",
    rule: "missing-link",
    message: `nothing is known of the round trip of ${listed(missing.map(([from, to]) => `${from} -> ${to}`))}, and something moves there`,
    help: "add the pair to fleet.wan.links with its roundTrip, or a roundTrip for all others to fleet.wan.default",
  });
}

function listed(words: readonly string[]): string {
  const more = words.length - LISTED_MAX;
  return `${words.slice(0, LISTED_MAX).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}
