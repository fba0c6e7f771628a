import { describe, expect, it } from "vitest";

import { parseFleet } from "../../scenario/fleet/parse-fleet.js";
import { resolveFleet } from "../../scenario/fleet/resolve-fleet.js";
import { runFleet, type FleetStudy } from "../../studies/fleet/run-fleet.js";
import { writeMarkdown } from "../markdown.js";
import { buildFleetReport } from "./fleet-report.js";
import { fleetTables, tableCsv } from "./fleet-run-files.js";

const TEXT = `schema: headroom/fleet/v1
name: stores
question: Does it go out?
fleet:
  sites:
    - name: store
      count: 40
      nodes: { count: 2, gpu: L4 }
      links: [{ bandwidth: 100Mbit/s, roundTrip: 30ms }]
      faults:
        node: { mtbf: 20d, repair: { fixed: 6h } }
workload:
  services:
    - { name: checkout, compute: 180ms, demand: { perSiteDay: 40000 }, latencyGoal: 1s, elsewhere: { compute: 1s } }
rollouts:
  - name: model
    what: model
    service: checkout
    bytes: 15GB
    restart: 4m
    stages: [{ name: all, groups: [{ name: g, maxConcurrency: 50% }] }]
goals:
  - { id: new model, metric: rollouts.updatedShare, of: model, atLeast: 95% }
  - { metric: services.latencyP99S, atMost: 5s }
`;

function study(): FleetStudy {
  const fleet = resolveFleet(parseFleet({ file: "fleet.yaml", text: TEXT }));
  return runFleet({ fleet, seed: 3, inputs: [{ path: "fleet.yaml", sha256: "00" }] });
}

describe("the report of a fleet", () => {
  it("says the answer first, shows the worst sites and names the file with all of them", () => {
    const one = study();
    const report = buildFleetReport(one, ["headroom run fleet.yaml --seed 3", "Headroom"]);
    expect(report.sections.map(({ id }) => id)).toEqual([
      "answer",
      "rollouts",
      "sites",
      "requests",
      "connection",
      "timeline",
      "assumptions",
      "provenance",
    ]);
    const text = writeMarkdown(report);
    expect(text).toContain("The 40 sites that had it worst of 40; all are in sites.csv");
    expect(text).toContain("40 sites with 80 nodes over 7");
    const [table] = fleetTables(one);
    const lines = [...tableCsv(table!)].join("").trimEnd().split("\n");
    expect(lines).toHaveLength(41);
    expect(lines[0]).toMatch(/^site,template,region,nodes,.*model_state,model_done_h$/);
    expect(lines[1]).toMatch(/^store-01,store,everywhere,2,100,1,/);
  });
});
