import { expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { simulateFleet } from "../../simulation/fleet/simulate-fleet.js";
import { parseFleet } from "./parse-fleet.js";
import { resolveFleet } from "./resolve-fleet.js";

const POOL = `    - name: h100
      nodes: 4
      gpu: H100 SXM
      services:
        - { name: chat, replicas: 8, gpus: 4, need: 7, budget: { maxUnavailable: 1 }, start: 8m }
      jobs: []`;

const textOf = (upgrade: string, pool = POOL): string => `schema: headroom/fleet/v1
name: upgrade
run: { duration: 1d }
fleet:
  pools:
${pool}
upgrades:
  - name: k8s
${upgrade}
`;

function runOf(text: string, set: readonly (readonly [string, string])[] = []) {
  const overlays = set.map(([path, value]) => ({ path, value, source: "--set" }));
  const fleet = resolveFleet(parseFleet({ file: "fleet.yaml", text, overlays }));
  return { fleet, run: simulateFleet(fleet.spec, fleet.seed) };
}

const NO_SURGE = "    rolling: { maxUnavailable: 1, surgeAvailable: 0 }";

test("an upgrade without surge nodes stops, and one spare node makes it painless", () => {
  const { fleet, run } = runOf(textOf(NO_SURGE));
  const { figures, warnings, tables } = run.upgrades!;
  expect(figures.get("upgrades.doneShare")).toBe(0);
  expect(figures.get("upgrades.painlessSpareNodes")).toBe(1);
  expect(figures.get("upgrades.durationS")).toBeNull();
  expect(figures.get("upgrades[k8s].stoppedPools")).toBe(1);
  expect(warnings.join(" ")).toContain("has room for what was evicted before: chat");
  expect(tables.map(({ name }) => name)).toEqual(["upgrades", "spares"]);
  expect(fleet.assumptions.map(({ id }) => id)).toContain("upgrades[k8s].times.change");
  const spare = runOf(textOf(NO_SURGE), [["fleet.pools[h100].spares", "1"]]).run.upgrades!;
  expect(spare.figures.get("upgrades.doneShare")).toBe(1);
  expect(spare.figures.get("upgrades.serviceMissS")).toBe(0);
  expect(spare.figures.get("upgrades.spareNodes")).toBe(1);
});

test("pools of a cluster go one after the other, clusters by stages", () => {
  const pool = (name: string, cluster: string, ring: string): string =>
    `    - { name: ${name}, cluster: ${cluster}, nodes: 2, gpu: L4, gpusPerNode: 1, labels: { ring: ${ring} } }`;
  const pools = [pool("a", "one", "first"), pool("b", "one", "first"), pool("c", "two", "rest")];
  const stages = `    inPlace: {}
    times: { change: 10m }
    stages:
      - { name: first, groups: [{ name: first, labels: { ring: first } }], wait: 1h }
      - { name: rest, groups: [{ name: rest, labels: { ring: rest } }] }`;
  const { upgrades } = runOf(textOf(stages, pools.join("\n"))).run.upgrades!;
  expect(upgrades[0]!.pools.map(({ startS }) => startS)).toEqual([0, 1_200, 2 * 1_200 + 3_600]);
});

test.each([
  ["    inPlace: {}\n    rolling: { surgeAvailable: 0 }", "got rolling and inPlace"],
  ["    what: driver\n    rolling: { surgeAvailable: 0 }", "changes nodes that stay"],
  ["    what: mig\n    inPlace: {}", "what: mig needs layout"],
  ["    inPlace: {}\n    pools: [h10]", 'the fleet has no pool "h10"'],
  ["    rolling: { maxSurge: 1 }", "surgeAvailable"],
  ["    inPlace: { drainTimeout: 1m }", "must be from 5 minutes to 24 hours"],
  [
    "    inPlace: {}\n    stages: [{ name: s, groups: [{ name: g, labels: { ring: x } }] }]",
    "h100 is in no stage",
  ],
  ["    what: mig\n    inPlace: {}\n    layout: [7g.80gb, 1g.10gb]", "cannot stand on one"],
])("%s is refused: %s", (upgrade, message) => {
  expect(messagesOf(textOf(upgrade)).join("\n")).toContain(message);
});

test.each([
  ["gpus: 4, need: 7", "gpus: 9, need: 7", "takes 9 GPUs of one node, and a node of h100 has 8"],
  ["need: 7", "need: 9", "9 replicas are needed and 8 run"],
  ["gpus: 4, need: 7", "profile: 1g.10gb, need: 7", "chat asks for 1g.10gb"],
  ["gpus: 4, need: 7", "need: 7", "must have either gpus or profile, got none"],
  ["jobs: []", "jobs: [{ name: train, count: 1, gpus: 8 }]", "needs duration or checkpoint"],
  ["jobs: []", "jobs: [{ name: chat, count: 1, gpus: 8, duration: 1h }]", "name of a service"],
  ["gpu: H100 SXM", "gpu: H100 SXN", "is not one GPU of the catalogue"],
  [
    "jobs: []",
    "jobs: [{ name: train, count: 1, workers: 5, gpus: 8, duration: 1h }]",
    "has room for 4 of them",
  ],
])("%s written as %s is refused", (from, to, message) => {
  const text = textOf(NO_SURGE, POOL.replace(from, to));
  expect(messagesOf(text).join("\n")).toContain(message);
});

function messagesOf(text: string): readonly string[] {
  try {
    parseFleet({ file: "fleet.yaml", text });
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ message }) => message);
    throw error;
  }
  throw new Error("was not refused");
}

test("two upgrades of a pool at a time are told of", () => {
  const twice = `${NO_SURGE.replace("surgeAvailable: 0", "surgeAvailable: 1")}
  - name: image
    what: image
    start: 1m
    rolling: { surgeAvailable: 1 }`;
  expect(runOf(textOf(twice)).run.upgrades!.warnings.join(" ")).toContain(
    "Upgrades k8s and image are both at work on pool h100",
  );
});
