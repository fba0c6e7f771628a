import { expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { parseScenario } from "./parse-scenario.js";
import { resolveScenario } from "./resolve-scenario.js";

const scenario = (reserved: string): string => `schema: headroom/scenario/v1
name: reserved
cluster:
  nodes:
    - { name: a, count: 2, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB, pods: 30${reserved} }
workload:
  jobs:
    - { id: j, submit: 0s, duration: 1h, gpus: 8 }
policy: { queue: fifo-skip, placement: pack }
`;
const resolve = (reserved: string) =>
  resolveScenario(parseScenario({ file: "s.yaml", text: scenario(reserved) })).base;

test("system pods keep their part, and the ledger says which", () => {
  const { cluster, assumptions } = resolve(", reserved: { cpu: 420m, memory: 8GiB, pods: 12 }");
  expect(cluster.nodes[1]).toMatchObject({
    cpuMilli: 95_580,
    memoryBytes: 2 ** 40 - 8 * 2 ** 30,
    podsMax: 18,
  });
  const ids = assumptions.map(({ id }) => id);
  expect(ids).toContain("reserved:a");
  expect(ids).not.toContain("no-system-reservation");
  expect(assumptions.find(({ id }) => id === "reserved:a")!.value).toBe(
    "0.42 cores, 8 GiB, 12 pods",
  );
});

test("without the field nothing changes", () => {
  const { cluster, assumptions } = resolve("");
  expect(cluster.nodes[0]).toMatchObject({ cpuMilli: 96_000, podsMax: 30 });
  expect(assumptions.map(({ id }) => id)).toContain("no-system-reservation");
});

test.each([
  ["cpu: 96", "reserved.cpu of a is all its nodes have"],
  ["memory: 2TiB", "reserved.memory of a is all its nodes have"],
  ["pods: 30", "reserved.pods of a is all its nodes have"],
])("{ %s } leaves nothing for jobs and is refused", (field, message) => {
  try {
    resolve(`, reserved: { ${field} }`);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems.map((problem) => problem.message)).toEqual([
      expect.stringContaining(message) as string,
    ]);
    return;
  }
  throw new Error("was not refused");
});

test("a named rule keeps what AKS keeps, agents and daemon sets beside it, each with its source", () => {
  const { cluster, assumptions } = resolve(
    ", reserved: { rule: aks-1.29, maxPods: 110, agents: [arc, fleet-member], cpu: 100m, pods: 5 }",
  );
  const kept = { cpuMilli: 140 + 10 * 92 + 70 + 20 + 100, pods: 3 + 5 };
  const memoryBytes = 2_250_000_000 + 100 * 2 ** 20 + 850_000_000 + 210_000_000;
  expect(cluster.nodes[0]).toMatchObject({
    cpuMilli: 96_000 - kept.cpuMilli,
    memoryBytes: 2 ** 40 - memoryBytes,
    podsMax: 30 - kept.pods,
  });
  const entry = assumptions.find(({ id }) => id === "reserved:a:aks-1.29")!;
  // 96 cores are not in the page's table.
  expect(entry).toMatchObject({ provenance: "assumed" });
  expect(assumptions.map(({ id }) => id)).toContain("reserved:a");
});

test.each([
  [", reserved: { maxPods: 110 }", "is read by a rule, and none is named"],
  [", reserved: { rule: aks-1.30 }", "has the unknown value"],
  [", reserved: { rule: aks-1.29, agents: [ark] }", "has the unknown value"],
])("%s is refused", (field, message) => {
  expect(() => resolve(field)).toThrowError(message);
});
