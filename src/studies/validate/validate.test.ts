import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { boundedCheck } from "./check.js";
import { referenceDataFolder } from "./data-folder.js";
import { VALIDATE_TOPICS } from "./topics.js";
import { validate } from "./validate.js";

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "headroom-validate-"));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const NODES = "sn,cpu_milli,memory_mib,gpu,model\nn0,8000,1000,2,T4\nn1,8000,1000,1,T4\n";
const PODS = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np0,1000,10,1,500\np1,1000,10,1,1000\n";
const COLUMNS = Array.from({ length: 131 }, (_unused, point) => point).join(",");

/**
 * The smallest folder that has everything the topic fgd looks for, with one published curve: best-fit
 * puts 500 on n1, 1000 on n0, 500 on n1. Demand is 16.67, 50 and 66.67 % of three GPUs, and all of it is
 * placed; a per cent without a row borrows the neighbours'.
 */
async function writeFgdData(changes: readonly (readonly [number, string])[] = []): Promise<void> {
  const published = join(data, "fgd-published");
  await mkdir(join(published, "arrivals"), { recursive: true });
  await mkdir(join(data, "openb"));
  await writeFile(join(data, "openb/openb_node_list_gpu_node.csv"), NODES);
  await writeFile(join(data, "openb/openb_pod_list_tiny.csv"), PODS);
  const order = {
    workload: "openb_pod_list_tiny",
    seed: 1,
    arrivals: [0, 1, 0],
    nodeOrder: [1, 0],
  };
  await writeFile(join(published, "arrivals/tiny_1.json"), JSON.stringify(order));
  const near = (at: number, value: string) =>
    [at - 1, at, at + 1].map((point) => [point, value] as const);
  const known = new Map([
    ...near(17, "16.67"),
    ...near(50, "50.0"),
    ...near(67, "66.67"),
    ...changes,
  ]);
  const row = Array.from({ length: 131 }, (_unused, point) => known.get(point) ?? "").join(",");
  const line = `openb_pod_list_tiny,05-BestFit,1.3,1,${row}`;
  await writeFile(
    join(published, "analysis_allo_discrete.csv"),
    `workload,sc_policy,tune,seed,${COLUMNS}\n${line}\n`,
  );
  for (const name of ["frag", "frag_ratio"]) {
    await writeFile(
      join(published, `analysis_${name}_discrete.csv`),
      `workload,sc_policy,tune,seed,${COLUMNS}\n`,
    );
  }
}

describe("validate", () => {
  test("names what is missing instead of passing", async () => {
    const { checks, missing } = await validate(["fgd", "jobs"], data);
    expect(checks).toEqual([]);
    expect(missing).toEqual([
      { topic: "fgd", path: join(data, "openb") },
      { topic: "fgd", path: join(data, "fgd-published") },
      { topic: "jobs", path: join(data, "philly") },
    ]);
  });

  test("names a file that is missing inside a folder that is there", async () => {
    await writeFgdData();
    await rm(join(data, "openb/openb_pod_list_tiny.csv"));
    expect(await validate(["fgd"], data, { threads: 1 })).toEqual({
      checks: [],
      missing: [{ topic: "fgd", path: join(data, "openb/openb_pod_list_tiny.csv") }],
    });
  });

  test("reports broken reference data as bad input", async () => {
    await writeFgdData();
    await writeFile(join(data, "openb/openb_pod_list_tiny.csv"), PODS.replace("500", "lots"));
    await expect(validate(["fgd"], data, { threads: 1 })).rejects.toThrow(InputError);
  });

  test("a run without a published curve is shown, not passed", async () => {
    await writeFgdData();
    const progress: number[] = [];
    const { checks } = await validate(["fgd"], data, {
      threads: 1,
      onProgress: (done) => progress.push(done),
    });
    expect(progress).toEqual([1, 2, 3, 4, 5]);
    const amounts = checks.filter(
      ({ id }) => id.endsWith("/frag-amount") && !id.includes("curves"),
    );
    expect(amounts).toHaveLength(5);
    expect(amounts.every(({ pass, bar }) => pass === null && bar === null)).toBe(true);
    expect(checks.find(({ id }) => id === "fgd/curves/frag-amount")).toMatchObject({
      expected: 0,
      actual: 0,
    });
  });

  test.each([
    ["an equal curve", [], { pass: true, actual: 0 }],
    ["a point at the bar", [[50, "49.99"]], { pass: true, actual: 0.01 }],
    ["a point beyond it", [[50, "49.98"]], { pass: false, actual: 0.02 }],
    ["a point that was not published", [[50, ""]], { pass: false }],
    ["a point that was not computed", [[90, "66.67"]], { pass: false }],
  ] as const)("compares %s", async (_what, changes, want) => {
    await writeFgdData(changes);
    const { checks } = await validate(["fgd"], data, { threads: 1 });
    const of = (id: string) => checks.find((check) => check.id === id);
    expect(of("fgd/openb_pod_list_tiny/1/best-fit/allocation")).toMatchObject(want);
    expect(of("fgd/curves/allocation")).toMatchObject({
      expected: 1,
      actual: want.pass ? 1 : 0,
      pass: want.pass,
    });
    expect(of("fgd/curves/allocation/every-digit")).toMatchObject({
      expected: 131,
      actual: changes.length === 0 ? 131 : 130,
    });
  });

  test("checks the rows that need no data, and says which were left out", async () => {
    const row = { id: "x", topic: "hardware", what: "x", source: "x", expected: 1, actual: 1 };
    const checked = boundedCheck({ ...row, error: 0, unit: "", bar: 0 });
    const topic = vi.spyOn(VALIDATE_TOPICS["hardware"]!, "check").mockResolvedValue([checked]);
    const { checks, missing } = await validate(["hardware"], data);
    topic.mockRestore();
    expect(checks).toEqual([checked]);
    expect(missing).toEqual([{ topic: "hardware", path: join(data, "collectives"), isPart: true }]);
  });

  test("refuses a topic that is not there", async () => {
    await expect(validate(["nothing"], data)).rejects.toThrow(
      'validate: there is no topic "nothing"',
    );
  });
});

test("a check with an error that is not a number fails", () => {
  const base = { id: "x", topic: "x", what: "x", source: "x", expected: 1, actual: 1, unit: "" };
  expect(boundedCheck({ ...base, error: Number.NaN, bar: 1 }).pass).toBe(false);
  expect(boundedCheck({ ...base, error: 1, bar: 1 }).pass).toBe(true);
  expect(boundedCheck({ ...base, error: 1.01, bar: 1 }).pass).toBe(false);
});

test("topics are described and say which data they need", () => {
  for (const [topic, { description, needs }] of Object.entries(VALIDATE_TOPICS)) {
    expect(description).toMatch(/^[A-Z].{20,}\.$/);
    // Closed forms and published figures the project carries need no data.
    expect(needs.length === 0).toBe(["queueing", "hardware", "fleet"].includes(topic));
  }
});

describe("referenceDataFolder", () => {
  test("takes the folder given, then HEADROOM_DATA, then the one beside the project", () => {
    const before = process.env["HEADROOM_DATA"];
    try {
      process.env["HEADROOM_DATA"] = "/somewhere";
      expect(referenceDataFolder("/given")).toBe("/given");
      expect(referenceDataFolder()).toBe("/somewhere");
      process.env["HEADROOM_DATA"] = "";
      expect(referenceDataFolder()).toBe(join(import.meta.dirname, "../../../../shared/data"));
    } finally {
      if (before === undefined) delete process.env["HEADROOM_DATA"];
      else process.env["HEADROOM_DATA"] = before;
    }
  });
});
