import { describe, expect, test } from "vitest";

import { failuresPerNodeOfGroupS } from "./resolve-faults.js";
import { parsePowerValue } from "./parse-power.js";
import { parseScenario } from "./parse-scenario.js";
import { resolveScenario } from "./resolve-scenario.js";
import { withCheckpoints } from "./resolve-checkpoints.js";
import type { ResolvedConfiguration } from "./resolved.js";

const DAY_S = 86_400;
const HOUR_S = 3600;

/** The base of a scenario with ten nodes of eight H100 in two groups, and these sections. */
function resolve(sections: string, topology = ""): ResolvedConfiguration {
  const text = `schema: headroom/scenario/v1
name: operations
cluster:
  ${topology}
  nodes:
    - {name: h100, count: 8, sku: DGX H100}
    - {name: l4, count: 2, gpu: L4, gpus: 2, cpu: 32, memory: 128GiB}
workload:
  jobs: [{id: a, submit: 0s, duration: 1h, gpus: 8}, {id: b, submit: 0s, duration: 1h, workers: 4, gpus: 8}]
policy: {queue: fifo-strict, placement: first-fit}
${sections}
`;
  return resolveScenario(parseScenario({ file: "s.yaml", text })).base;
}

describe("faults", () => {
  test("a preset counts per GPU and per node of every group", () => {
    const { faults, nodeGroups } = resolve("faults: {preset: llama3, repair: {mean: 12h}}");
    const gpu = faults!.components.find((component) => component.name === "gpu")!;
    expect(gpu.instances.length).toBe(8 * 8 + 2 * 2);
    expect(gpu.instances[0]).toEqual({ id: "h100/0/0", nodes: [0] });
    const perDay = (group: number): number =>
      failuresPerNodeOfGroupS(faults!, nodeGroups[group]!) * DAY_S;
    expect(perDay(0)).toBeCloseTo(419 / (2048 * 54), 9);
    expect(perDay(1)).toBeCloseTo((419 - 268 + 268 / 4) / (2048 * 54), 9);
    const software = faults!.components.find((component) => component.name === "software")!;
    expect(software.repair).toEqual({ kind: "fixed", durationS: 0 });
    expect(faults!.restartCostS).toBe(300);
  });

  test("a factor, Weibull ages, GPUs that fail alone, and a rate per node shared by its GPUs", () => {
    const { faults, nodeGroups } = resolve(`faults:
  preset: rsc1
  rateFactor: 2
  repair: {median: 4h, p95: 2d}
  components:
    - {name: fan, scope: gpu, takes: gpu, nodes: [l4], perThousandNodeDays: 10, shape: 2, repair: {fixed: 1h}}`);
    const [node, fan] = faults!.components;
    expect(node!.timeToFailure).toMatchObject({ kind: "exponential" });
    expect(node!.repair).toMatchObject({ kind: "log-normal", medianS: 4 * HOUR_S });
    expect(fan!.instances.map((instance) => instance.gpus)).toEqual([[0], [1], [0], [1]]);
    const l4 = { ...faults!, components: [fan!] };
    expect(failuresPerNodeOfGroupS(l4, nodeGroups[1]!) * DAY_S * 1000).toBeCloseTo(10, 9);
    const both = { ...faults!, components: [node!] };
    expect(failuresPerNodeOfGroupS(both, nodeGroups[0]!) * DAY_S * 1000).toBeCloseTo(13, 9);
  });

  test("a switch takes consecutive nodes, and its rate is one for each of them", () => {
    const { faults, nodeGroups } = resolve(`faults:
  components:
    - {name: switch, scope: nodes, nodesEach: 3, nodes: [h100], mtbf: 1000d, repair: {mean: 6h}}
    - {name: feed, scope: nodes, nodesEach: 4, perThousandNodeDays: 1, repair: {mean: 6h}}`);
    const [switches, feeds] = faults!.components;
    expect(switches!.instances.map((instance) => instance.nodes)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ]);
    const only = (component: typeof feeds) => ({ ...faults!, components: [component!] });
    expect(failuresPerNodeOfGroupS(only(switches), nodeGroups[0]!) * 1000 * DAY_S).toBeCloseTo(
      1,
      9,
    );
    // 1 in 1 000 days of a node: a feed of four nodes fails as often as they do, and takes all of them.
    expect(feeds!.instances[0]!.timeFactor).toBeCloseTo(0.25, 12);
  });

  test("a level of the topology: one instance for each of its domains", () => {
    const text = `faults:
  components: [{name: feed, scope: nodes, level: rack, nodes: [h100], mtbf: 90d, repair: {mean: 6h}}]`;
    expect(() => resolve(text)).toThrow(/which the cluster does not have/);
    const { faults } = resolve(text, "topology: [{level: block, size: 8}, {level: rack, size: 4}]");
    expect(faults!.components[0]!.instances.map((instance) => instance.nodes)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
    const misspelt = text.replace("level: rack", "level: racks");
    expect(() => resolve(misspelt, "topology: [{level: rack, size: 4}]")).toThrow(/got "racks"/);
  });

  test("maintenance goes batch by batch, spares are the last nodes of their group", () => {
    const { faults } = resolve(`faults:
  maintenance:
    - {name: update, nodes: [h100], first: 7d, every: 30d, duration: 2h, drain: 1h, nodesAtOnce: 3, saves: at-checkpoints}
  spares: [{name: h100, count: 2}, {name: l4, count: 0}]`);
    expect(faults!.maintenance).toEqual([
      {
        name: "update",
        batches: [
          [0, 1, 2],
          [3, 4, 5],
          [6, 7],
        ],
        firstS: 7 * DAY_S,
        everyS: 30 * DAY_S,
        durationS: 2 * HOUR_S,
        drainS: HOUR_S,
        saves: "at-checkpoints",
      },
    ]);
    expect(faults!.sparePools).toEqual([{ nodes: [0, 1, 2, 3, 4, 5, 6, 7], spares: 2 }]);
  });

  test("without sections nothing is added", () => {
    const { faults, power, cost, checkpoint } = resolve("");
    expect([faults, power, cost, checkpoint]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("checkpoints", () => {
  const machines = resolve("faults: {preset: rsc1, repair: {mean: 12h}}");

  test("the optimal interval falls with the root of the job's nodes, and jobs keep their own", () => {
    const { workload, faults } = machines;
    if (workload.kind !== "jobs") throw new Error("the fixture has jobs");
    const jobs = withCheckpoints(
      workload.jobs,
      { intervalS: "optimal", costS: 300 },
      { ...machines, faults },
    );
    const [one, four] = jobs.checkpointIntervalS!;
    expect(one! / four!).toBeCloseTo(2, 1);
    expect(jobs.checkpointCostS).toEqual(Float64Array.of(300, 300));
    const own = withCheckpoints(
      { ...workload.jobs, checkpointIntervalS: Float64Array.of(60, Number.NaN) },
      { intervalS: 600, costS: 30 },
      { ...machines, faults },
    );
    expect([...own.checkpointIntervalS!]).toEqual([60, 600]);
    expect([...own.checkpointCostS!]).toEqual([Number.NaN, 30]);
  });
});

describe("power", () => {
  test.each([
    ["700W", 700],
    ["10.2kW", 10_200],
    ["10.2 kW", 10_200],
    ["1.5MW", 1_500_000],
    [0, 0],
  ])("reads %s", (given, powerW) => {
    expect(parsePowerValue(given)).toEqual({ ok: true, value: powerW });
  });

  test.each([
    [700, "missing-unit", "700W"],
    ["4", "missing-unit", "4W"],
    ["4kw", "bad-quantity", "4kW"],
    ["4mW", "bad-quantity", undefined],
    ["much", "bad-quantity", undefined],
    ["9e9MW", "out-of-range", undefined],
    [true, "wrong-type", undefined],
  ])("refuses %s", (given, rule, suggestion) => {
    const parsed = parsePowerValue(given);
    expect(parsed).toMatchObject({ ok: false, rule });
    expect((parsed as { suggestion?: string }).suggestion).toBe(suggestion);
  });

  test("given figures go before published ones, and both are listed with their source", () => {
    const { power, assumptions } = resolve(`power:
  pue: 1.2
  gpus: [{name: H100, busy: 600W}, {name: L4, idle: 15W}]
  nodes: [{name: l4, overhead: 0.2kW}]`);
    expect(power).toEqual({
      pue: 1.2,
      kinds: [
        { gpusPerNode: 8, gpuIdleW: 95, gpuBusyW: 600, overheadW: 10_200 - 8 * 700 },
        { gpusPerNode: 2, gpuIdleW: 15, gpuBusyW: 72, overheadW: 200 },
      ],
    });
    const provenance = (id: string) => assumptions.find((one) => one.id === id)?.provenance;
    expect(provenance("power:idle:H100 SXM5-80GB")).toBe("assumed");
    expect(provenance("power:busy:H100 SXM5-80GB")).toBe("given");
    expect(provenance("power:busy:L4")).toBe("published");
    expect(provenance("power:node:h100")).toBe("published");
  });
});

describe("cost", () => {
  test("rent, and a purchase that pays its electricity", () => {
    const { cost } = resolve(`power: {gpus: [{name: L4, idle: 15W}]}
cost:
  currency: EUR
  electricity: 0.3
  horizon: 1y
  nodes: [{name: h100, purchase: 350400, lifetime: 4y}, {name: l4, perHour: 1.5}]`);
    expect(cost).toEqual({
      currency: "EUR",
      electricityPerKwh: 0.3,
      horizonS: 365 * DAY_S,
      groups: [
        {
          name: "h100",
          perNodeHour: 10,
          paysElectricity: true,
          purchase: 350_400,
          purchasePerHour: 10,
        },
        { name: "l4", perNodeHour: 1.5, paysElectricity: false },
      ],
    });
  });

  test("support and what is paid up front are spread evenly on top, with the day and source of the price", () => {
    const { cost, assumptions } = resolve(`power: {gpus: [{name: L4, idle: 15W}]}
cost:
  nodes:
    - {name: h100, purchase: 350400, lifetime: 4y, support: 17520, asOf: 2026-08-06, source: quote 12}
    - {name: l4, perHour: 1.5, kind: reserved, upfront: 26280, commitment: 3y}`);
    expect(cost?.groups.map(({ perNodeHour }) => perNodeHour)).toEqual([12, 2.5]);
    expect(assumptions.find(({ id }) => id === "cost:node:h100")).toMatchObject({
      source:
        "cost.nodes; spread evenly, without interest or resale value: quote 12, as of 2026-08-06",
    });
    expect(assumptions.find(({ id }) => id === "cost:node:l4")?.value).toBe(
      "1.5 USD per hour (reserved), electricity included; 26280 USD up front over 26280 hours",
    );
  });

  test.each([
    ["{name: h100, perHour: 1, upfront: 5}", "upfront and commitment of h100 are given together"],
    ["{name: h100, purchase: 1, lifetime: 1y, kind: spot}", "kind of h100 is about renting"],
  ])("a price of %s is refused", (price, message) => {
    expect(() => resolve(`cost: {nodes: [${price}, {name: l4, perHour: 1}]}`)).toThrow(message);
  });

  test("money in a goal is in the currency of the scenario", () => {
    const { goals } = resolve(`goals: [{metric: cost.total, atMost: 1000000}]
cost: {currency: CHF, nodes: [{name: h100, perHour: 30}, {name: l4, perHour: 1}]}`);
    expect(goals[0]).toMatchObject({ unit: "CHF", target: 1_000_000 });
  });
});
