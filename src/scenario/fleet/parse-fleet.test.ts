import { describe, expect, it } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { allFields } from "../field-tree.js";
import { parseSetArgument } from "../apply-overlays.js";
import { fleetFormat } from "./fleet-format.js";
import { parseBitrate } from "./parse-bitrate.js";
import { parseFleet } from "./parse-fleet.js";
import { resolveFleet } from "./resolve-fleet.js";

const VALID = `schema: headroom/fleet/v1
name: stores
fleet:
  regions:
    - { name: north, utcOffsetHours: 1 }
    - { name: south }
  sites:
    - name: store
      count: 100
      regions: { north: 3, south: 1 }
      labelShares: { ring: { canary: 10%, rest: 90% } }
      nodes: { count: 2, gpu: L4 }
      links: [{ bandwidth: 100Mbit/s, roundTrip: 30ms }]
workload:
  services:
    - { name: checkout, compute: { L4: 180ms }, demand: { perSiteDay: 1000 }, latencyGoal: 1s }
rollouts:
  - name: model
    what: model
    service: checkout
    bytes: 15GB
    restart: 4m
    stages:
      - { name: canary, groups: [{ name: g, labels: { ring: canary } }] }
      - { name: rest, groups: [{ name: g, labels: { ring: rest }, maxConcurrency: 25% }] }
goals:
  - { metric: rollouts.updatedShare, of: model, atLeast: 95% }
`;

function problemsOf(text: string, sets: readonly string[] = []): readonly string[] {
  try {
    parseFleet({ file: "fleet.yaml", text, overlays: sets.map(parseSetArgument) });
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ line, rule, message }) => `${line ?? "set"} ${rule} ${message}`);
  }
}

/** Problems after a change of the valid fleet; every change must hit. */
function changed(from: string | RegExp, to: string): readonly string[] {
  const text = VALID.replace(from, to);
  expect(text).not.toBe(VALID);
  return problemsOf(text);
}

describe("reading a fleet", () => {
  it("resolves quantities, defaults and what they rest on", () => {
    const fleet = resolveFleet(parseFleet({ file: "fleet.yaml", text: VALID }));
    const [template] = fleet.spec.sites!.templates;
    expect(template).toMatchObject({
      count: 100,
      nodes: 2,
      witness: "cloud",
      hasPool: true,
      bootS: 600,
    });
    expect(template!.links).toEqual([{ weight: 1, bitsPerS: 1e8, roundTripS: 0.03 }]);
    expect(fleet.spec.sites!.rollouts[0]!.stages.map(({ after }) => after)).toEqual([[], [0]]);
    expect(fleet.spec.durationS).toBe(604_800);
    expect(fleet.goals[0]).toMatchObject({ metric: "rollouts[model].updatedShare", target: 0.95 });
    expect(fleet.assumptions.map(({ id }) => id)).toContain(
      "workload.services[checkout].variation",
    );
  });

  it("--set changes a field of a named item", () => {
    expect(problemsOf(VALID, ["fleet.sites[store].count=7"])).toEqual([]);
    expect(problemsOf(VALID, ["fleet.sites[store].nodes.count=0"])[0]).toContain(
      "from 1 to 16, got 0",
    );
  });

  it.each([
    [
      "a template without nodes",
      "count: 2, gpu",
      "count: 0, gpu",
      "12 out-of-range fleet.sites[0].nodes.count must be a whole number from 1 to 16, got 0",
    ],
    ...["1h", "24h", "1440m"].map((p95) => [
      `repairs of which 95 % end no later than half of them: ${p95}`,
      "links: [",
      `faults: { node: { mtbf: 540d, repair: { median: 1d, p95: ${p95} } } }\n      links: [`,
      "13 out-of-range fleet.sites[0].faults.node.repair: p95 must be longer than the median, or use fixed",
    ]),
    [
      "an unknown field",
      "links: [",
      "lonks: [",
      '13 unknown-field unknown field "lonks" in fleet.sites[0]',
    ],
    [
      "an unknown region",
      "{ north: 3,",
      "{ nort: 3,",
      '10 unknown-name fleet.sites[0].regions.nort: the fleet has no region "nort"',
    ],
    [
      "a negative weight",
      "north: 3,",
      "north: -3,",
      "10 out-of-range fleet.sites[0].regions.north must be a number above 0, at most 1000000, got -3",
    ],
    [
      "no number",
      "perSiteDay: 1000",
      "perSiteDay: .nan",
      "16 wrong-type workload.services[0].demand.perSiteDay must be a number above 0, at most 1000000000, got not-a-number (.nan)",
    ],
    [
      "shares that do not sum to one",
      "canary: 10%",
      "canary: 20%",
      "11 out-of-range fleet.sites[0].labelShares.ring: the shares must sum to 100%, got 110%",
    ],
    [
      "a rate without a unit",
      "100Mbit/s",
      "100",
      '13 missing-unit fleet.sites[0].links[0].bandwidth: the data rate "100" needs a unit',
    ],
    [
      "a GPU without a time",
      "{ L4: 180ms }",
      "{ H100: 180ms }",
      "16 missing-figure workload.services[0].compute has no time for L4, the GPU of store",
    ],
    [
      "more GPUs than a node has",
      "name: checkout,",
      "name: checkout, gpusPerNode: 2,",
      "12 does-not-fit a node of store has 1 GPU, and its services want 2 of each node: checkout 2",
    ],
    [
      "a service that is not there",
      "service: checkout",
      "service: chekout",
      '20 unknown-name rollouts[0].service: there is no service "chekout"',
    ],
    [
      "a site in no stage",
      "ring: rest }, max",
      "ring: rast }, max",
      "23 bad-stages rollouts[0].stages: sites of store with region=north, ring=rest are in no stage",
    ],
    [
      "a site in two stages",
      "labels: { ring: rest }, max",
      "max",
      "23 bad-stages rollouts[0].stages: sites of store with region=north, ring=canary are in canary/g and in rest/g; a site can be in one group of one stage",
    ],
    [
      "circular stages",
      "- { name: canary, groups",
      "- { name: canary, after: [rest], groups",
      "24 circular-stages rollouts[0].stages wait for each other in a circle: canary after rest after canary",
    ],
    [
      "a target in the wrong unit",
      "atLeast: 95%",
      "atLeast: 5h",
      "27 bad-quantity goals[0].atLeast: rollouts.updatedShare is counted in share, and",
    ],
    [
      "a part that is not there",
      "of: model,",
      "of: modell,",
      '27 unknown-name goals[0].of: there is no rollout "modell"',
    ],
    [
      "another kind of document",
      "headroom/fleet/v1",
      "headroom/fleet/v9",
      '1 unknown-name the file is written in "headroom/fleet/v9", and fleets are read in headroom/fleet/v1',
    ],
  ])("refuses %s", (_, from, to, expected) => {
    const problems = changed(from, to);
    expect(
      problems.find((problem) => problem.startsWith(expected)),
      problems.join("\n"),
    ).toBeDefined();
  });

  it("refuses runs that are too long, and steps that are too many", () => {
    expect(problemsOf(VALID, ["run.duration=3000d"])[0]).toContain("run.duration must be at most");
    expect(problemsOf(VALID, ["run.step=1s"])[0]).toContain("at most 20000 points, got 604800");
    expect(problemsOf(VALID, ["run.step=30d"])).toEqual([]);
  });

  it("says everything at once, and speaks of fleets", () => {
    const problems = problemsOf("schema: headroom/fleet/v1\nfleet: {}\n");
    expect(problems).toEqual(
      [
        "2 no-nodes the fleet has no members",
        '1 missing-field the fleet lacks the required field "name"',
      ].sort((left, right) => Number(left[0]) - Number(right[0])),
    );
  });

  it("every field has a description", () => {
    const silent = allFields(fleetFormat().fields).filter(
      ({ description, name }) => description === "" && name !== "[]",
    );
    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});

describe("data rates", () => {
  it.each([
    ["100Mbit/s", 1e8],
    ["2.5 Gbps", 2.5e9],
    ["512kbit/s", 512_000],
  ])("%s", (text, value) => {
    expect(parseBitrate(text)).toEqual({ ok: true, value });
  });

  it.each([
    ["0Mbit/s", "out-of-range"],
    [7, "missing-unit"],
    ["1Mb", "bad-quantity"],
    ["x", "bad-quantity"],
    ["5GB/s", "bad-quantity"],
    [[], "wrong-type"],
  ])("not %s", (given, rule) => {
    expect(parseBitrate(given)).toMatchObject({ ok: false, rule });
  });
});

describe("a rollout of a model", () => {
  it("goes to sites that serve it: others need no stage, and may not be named", () => {
    const text = VALID.replace(
      "  sites:\n",
      `  sites:
    - name: kiosk
      count: 5
      nodes: { count: 1, gpu: L4 }
      links: [{ bandwidth: 100Mbit/s, roundTrip: 30ms }]
`,
    ).replace("name: checkout,", "name: checkout, sites: [store],");
    expect(problemsOf(text)).toEqual([]);
    const named = problemsOf(
      text.replace("{ name: g, labels: { ring: rest }", "{ name: g, sites: [kiosk]"),
    );
    expect(named.join("\n")).toContain("sites of kiosk do not serve checkout");
  });
});
