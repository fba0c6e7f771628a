import { createRandomStreams } from "../../../engine/streams.js";
import { parseFleet } from "../../../scenario/fleet/parse-fleet.js";
import { resolveFleet } from "../../../scenario/fleet/resolve-fleet.js";
import type { FleetSpec } from "../../../simulation/fleet/fleet-spec.js";
import { planRollout } from "../../../simulation/fleet/sites/rollout-plan.js";
import { createSiteMachine } from "../../../simulation/fleet/sites/site-machine.js";
import { solveSiteQueue } from "../../../simulation/fleet/sites/site-queue.js";
import { drawSites } from "../../../simulation/fleet/sites/site-set.js";
import type { SiteChangeKind } from "../../../simulation/fleet/sites/site-timeline.js";
import { simulateFleet, type FleetRun } from "../../../simulation/fleet/simulate-fleet.js";
import { boundedCheck, type Check } from "../check.js";
import { everyRequest, shareAbove } from "./every-request.js";
import { factChecks, type FactCase } from "./fact-check.js";

const ORCHESTRATION =
  "MicrosoftDocs/azure-aks-docs articles/kubernetes-fleet/concepts-update-orchestration.md";
const CONNECTIVITY = "MicrosoftDocs/azure-stack-docs AKS-Arc/connectivity-modes.md";
const PIPELINE =
  "MicrosoftDocs/azure-monitor-docs articles/azure-monitor/data-collection/edge-pipeline-configure.md";
const QUORUM = "MicrosoftDocs/windowsserverdocs storage/storage-spaces/understand-quorum.md";

/** Sites as they run: rollouts, time without a control plane, votes, and requests one by one. */
export function siteChecks(): readonly Check[] {
  return [
    ...factChecks("Rollouts over sites", ORCHESTRATION, rolloutCases()),
    ...factChecks("Sites beyond their offline limit", CONNECTIVITY, offlineCases()),
    ...factChecks("Telemetry of sites without a link", PIPELINE, telemetryCases()),
    ...factChecks("Votes of a running site", QUORUM, voteCases()),
    ...requestChecks(),
  ];
}

function specOf(sites: string, more = "", days = 2): FleetSpec {
  const text = `schema: headroom/fleet/v1
name: check
run: { duration: ${days}d }
fleet:
  sites:
${sites}
${more}`;
  return resolveFleet(parseFleet({ file: "check.yaml", text })).spec;
}

function template(name: string, count: number, more = ""): string {
  return `    - { name: ${name}, count: ${count}, nodes: { count: 2, gpu: L4 }, links: [{ bandwidth: 1Gbit/s, roundTrip: 10ms }]${more} }`;
}

function rollout(stage: string, more = ""): string {
  return `rollouts:
  - { name: r, what: node, bytes: 1GB, restart: 5m${more}, stages: [${stage}] }`;
}

function rolloutCases(): readonly FactCase[] {
  const groups =
    "{ name: s, maxConcurrency: 25%, groups: [{ name: A, sites: [a], maxConcurrency: 50% }, { name: B, sites: [b], maxConcurrency: 25% }] }";
  const spec = specOf(`${template("a", 8)}\n${template("b", 12)}`, rollout(groups));
  const sites = drawSites(spec.sites!, createRandomStreams(1));
  const [stage] = planRollout(spec.sites!.rollouts[0]!, sites);
  const seen = simulateFleet(spec, 1).sites!.rollouts[0]!.stages[0]!.atOnceSeen;
  const bearing = specOf(
    template("a", 5),
    rollout("{ name: s, failuresMax: 25%, groups: [{ name: A }] }"),
  );
  const [borne] = planRollout(
    bearing.sites!.rollouts[0]!,
    drawSites(bearing.sites!, createRandomStreams(1)),
  );
  return [
    {
      id: "sites/rollout/group-a",
      what: "50 % of a group of 8",
      expected: 4,
      actual: stage!.groups[0]!.atOnceMax,
    },
    {
      id: "sites/rollout/group-b",
      what: "25 % of a group of 12",
      expected: 3,
      actual: stage!.groups[1]!.atOnceMax,
    },
    {
      id: "sites/rollout/stage",
      what: "25 % of the stage of 20",
      expected: 5,
      actual: stage!.atOnceMax,
    },
    {
      id: "sites/rollout/at-once",
      what: "Members under way together at most, in a run",
      expected: 5,
      actual: seen,
    },
    {
      id: "sites/rollout/failures",
      what: "Failures borne by 25 % of 5",
      expected: 2,
      actual: borne!.failuresMax,
    },
    {
      id: "sites/rollout/all-fail",
      what: "4 of 4 fail with a threshold of 4",
      expected: "4 failed, completed",
      actual: allFailing(4),
    },
    {
      id: "sites/rollout/fail-fast",
      what: "All fail, no threshold set",
      expected: "1 failed, stopped",
      actual: allFailing(0),
    },
  ];
}

/** What becomes of a rollout over four sites that all fail. */
function allFailing(failuresMax: number): string {
  const all = specOf(
    template("a", 4),
    rollout(
      `{ name: s, failuresMax: ${failuresMax}, groups: [{ name: A }] }`,
      ", failureChance: 100%",
    ),
  );
  const { stoppedS, stages } = simulateFleet(all, 1).sites!.rollouts[0]!;
  return `${stages[0]!.failed} failed, ${stoppedS === null ? "completed" : "stopped"}`;
}
function offlineCases(): readonly FactCase[] {
  const expired = (hours: number): number => {
    const away = `, disconnected: [{ from: 1d, for: ${hours}h }]`;
    return figure(simulateFleet(specOf(template("a", 1, away), "", 40), 1), "sites.expiredSites");
  };
  return [
    {
      id: "sites/offline/before",
      what: "Sites beyond the limit after 30 d less an hour",
      expected: 0,
      actual: expired(719),
    },
    {
      id: "sites/offline/after",
      what: "Sites beyond the limit after 30 d and an hour",
      expected: 1,
      actual: expired(721),
    },
  ];
}

function telemetryCases(): readonly FactCase[] {
  const lost = (hours: number): number => {
    const away = `, disconnected: [{ from: 1d, for: ${hours}h }]`;
    return figure(
      simulateFleet(specOf(template("a", 1, away), "", 10), 1),
      "sites.telemetryLostHours",
    );
  };
  return [
    {
      id: "sites/telemetry/48",
      what: "Hours lost after 48 h without a link",
      expected: 0,
      actual: lost(48),
    },
    {
      id: "sites/telemetry/72",
      what: "Hours lost after 72 h without a link",
      expected: 24,
      actual: lost(72),
    },
  ];
}

function figure(run: FleetRun, path: string): number {
  const value = run.sites!.figures.get(path);
  if (value === undefined || value === null) throw new Error(`validate fleet: no figure ${path}`);
  return Number(value.toPrecision(12));
}

function voteCases(): readonly FactCase[] {
  const [site] = drawSites(specOf(template("a", 1)).sites!, createRandomStreams(1));
  const after = (...kinds: readonly SiteChangeKind[]): string => {
    const machine = createSiteMachine(site!, createRandomStreams(1).stream("coin"));
    kinds.forEach((kind, index) => machine.change({ timeS: 60 * (index + 1), kind, node: index }));
    return machine.isUp ? "up" : "down";
  };
  return [
    {
      id: "sites/votes/node",
      what: "Two nodes and a cloud witness: one node lost",
      expected: "up",
      actual: after("node-fails"),
    },
    {
      id: "sites/votes/nodes",
      what: "The same: one node lost, then the other",
      expected: "down",
      actual: after("node-fails", "node-fails"),
    },
    {
      id: "sites/votes/witness",
      what: "The same: the witness cannot be reached",
      expected: "up",
      actual: after("link-off"),
    },
    {
      id: "sites/votes/witness-node",
      what: "The same: the witness cannot be reached, then a node lost",
      expected: "down",
      actual: after("link-off", "node-fails"),
    },
    {
      id: "sites/votes/node-witness",
      what: "The same: a node lost, then the witness cannot be reached",
      expected: "down",
      actual: after("node-fails", "link-off"),
    },
  ];
}

/** Slots, load, variation: a part of what docs/models.md says of the closed form. */
const QUEUES = [
  [2, 0.5, 1],
  [2, 0.8, 0.5],
  [4, 0.9, 1],
  [4, 0.9, 0],
] as const;

function requestChecks(): readonly Check[] {
  const computeS = 0.2;
  return QUEUES.map(([slots, load, variation]) => {
    const arrivalsPerS = (load * slots) / computeS;
    const setting = { slots, computeS, variation };
    const latencies = everyRequest({
      ...setting,
      ratesPerS: new Array<number>(10).fill(arrivalsPerS),
      seed: 7,
    });
    const queue = solveSiteQueue({ ...setting, arrivalsPerS, utilizationMax: 0.95 });
    const expected = shareAbove(latencies, 1);
    const actual = queue.latencyExceeds(1);
    return boundedCheck({
      id: `fleet/sites/requests/${slots}-${load}-${variation}`,
      topic: "fleet",
      group: "Requests of a site, hour by hour against one by one",
      what: `Share of requests beyond 1 s: ${slots} slots at load ${load}, compute 0.2 s, squared variation ${variation}`,
      source: "a simulation of every request",
      expected,
      actual,
      error: Math.abs(actual - expected),
      unit: "share",
      bar: 0.01,
    });
  });
}
