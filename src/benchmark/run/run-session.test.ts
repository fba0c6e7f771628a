import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

import { parseSuite } from "../suite/parse-suite.js";
import { SAMPLING_DEFAULTS } from "../suite/suite.js";
import { describeEnvironment } from "./environment.js";
import { chooseTargets, planCases } from "./plan-cases.js";
import { PROTOCOL } from "./process-protocol.js";
import { runSession, type SessionOptions } from "./run-session.js";

const folder = mkdtempSync(join(tmpdir(), "headroom-session-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A measuring process that makes its times up: `behaviour` is the body of a function of (id, job). */
function program(name: string, behaviour: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(
    path,
    `import { appendFileSync } from "node:fs";
const say = (message) => new Promise((resolve) => process.send(message, undefined, {}, resolve));
const measured = (timeS) => ({ status: "measured", implementation: "made up", label: "software", timer: "host",
  resolutionS: 1e-9, launchesPerSample: 1, startedMs: Date.now(), tenants: [{ samplesS: [timeS, timeS * 1.001] }],
  check: { passed: true, outputs: 1, outputsCompared: 1, worstErrorShare: 0, tolerance: "exact" } });
const behaviour = async (id, job) => { ${behaviour} };
process.on("message", async (job) => {
  appendFileSync(${JSON.stringify(join(folder, "order"))}, ${JSON.stringify(name)} + " " + job.seed + "\\n");
  for (const { id } of job.cases) {
    await say({ kind: "begin", id });
    await say({ kind: "case", id, outcome: await behaviour(id, job) });
  }
  await say({ kind: "done" });
  process.exit(0);
});
say({ kind: "listening", protocol: ${PROTOCOL} });
`,
  );
  return path;
}

const PROBES = {
  tfjs: {
    available: true,
    versions: {},
    devices: [
      {
        index: 0,
        name: "made up",
        label: "software",
        labelReason: "made up",
        api: "none",
        timer: "host",
        dtypes: ["fp32"],
      },
    ],
  },
} as const;

const SUITE = parseSuite(
  "tiny.yaml",
  `schema: headroom/benchmark-suite/v1
name: tiny
cases:
  - { kernel: copy, shapes: [{ elements: 4 }, { elements: 8 }] }
  - { kernel: scale, shapes: [{ elements: 4 }] }
`,
);

function session(change: Partial<SessionOptions>): ReturnType<typeof runSession> {
  writeFileSync(join(folder, "order"), "");
  const { targets } = chooseTargets(PROBES, [{ backend: "tfjs", deviceIndex: 0 }]);
  return runSession({
    version: "0.0.0",
    suite: { name: "tiny", sha256: "0" },
    sampling: { ...SAMPLING_DEFAULTS, processes: 3, processesMax: 4, precision: 0.5 },
    cases: planCases(SUITE, targets),
    probes: PROBES,
    environment: describeEnvironment(PROBES),
    seed: 1,
    build: { program: "", description: "new build" },
    ...change,
  });
}

const order = (): readonly string[] =>
  readFileSync(join(folder, "order"), "utf8").trim().split("\n");

describe("runSession", () => {
  test("two builds take turns new base base new; both of a pair get the same data, every pair fresh ones", async () => {
    const { result, base } = await session({
      build: { program: program("new", "return measured(0.0011);"), description: "new" },
      against: { program: program("base", "return measured(0.001);"), description: "base" },
    });
    const lines = order().map((line) => line.split(" "));
    expect(lines.map(([name]) => name)).toEqual(["new", "base", "base", "new", "new", "base"]);
    const seeds = lines.map(([, seed]) => seed);
    expect([seeds[0] === seeds[1], seeds[2] === seeds[3], seeds[4] === seeds[5]]).toEqual([
      true,
      true,
      true,
    ]);
    expect(new Set(seeds).size).toBe(3);
    expect(result.session.id).toBe(base!.session.id);
    expect([result.session.build, base!.session.build, result.session.order]).toEqual([
      "new",
      "base",
      "ABBA",
    ]);
    const [first] = result.cases;
    expect(first!.runs.map(({ position, pair }) => [position, pair])).toEqual([
      [0, 0],
      [3, 1],
      [4, 2],
    ]);
    expect(base!.cases[0]!.runs.map(({ position }) => position)).toEqual([1, 2, 5]);
    expect(result).toMatchObject({ stopReason: "precise", label: "software", interrupted: false });
    expect(first!.summary!.timeS / base!.cases[0]!.summary!.timeS).toBeCloseTo(1.1, 6);
  });

  test("a slowdown is planted in the new build only", async () => {
    const { targets } = chooseTargets(PROBES, [{ backend: "tfjs", deviceIndex: 0 }]);
    const planted = new Map([["tfjs/scale/fp32/e4", 1.1]]);
    const works = `const job1 = job.cases.find((one) => one.id === id); return measured(0.001 * (job1.plantedWork ?? 1));`;
    const { result, base } = await session({
      cases: planCases(SUITE, targets, { planted }),
      build: { program: program("planted", works), description: "new" },
      against: { program: program("honest", works), description: "base" },
    });
    expect(result.cases.map(({ plantedWork }) => plantedWork)).toEqual([undefined, undefined, 1.1]);
    expect(base!.cases.map(({ plantedWork }) => plantedWork)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(result.cases[2]!.summary!.timeS / base!.cases[2]!.summary!.timeS).toBeCloseTo(1.1, 6);
  });

  test("a case that kills its process fails with the reason; the others are measured in another process", async () => {
    const deadly = `if (id.includes("e8")) { process.stderr.write("Error: Vulkan driver fault\\n"); process.exit(139); } return measured(0.001);`;
    const { result } = await session({
      build: { program: program("deadly", deadly), description: "x" },
    });
    const statuses = result.cases.map(({ id, status, runs }) => [id, status, runs.length]);
    expect(statuses).toEqual([
      ["tfjs/copy/fp32/e4", "measured", 3],
      ["tfjs/copy/fp32/e8", "failed", 0],
      ["tfjs/scale/fp32/e4", "measured", 3],
    ]);
    expect(result.cases[1]!.reason).toMatch(/code 139: Error: Vulkan driver fault/);
  });

  test("restless cases are measured more often, up to the limit; steady ones are not", async () => {
    const restless = `return measured(id.includes("scale") ? 0.001 * (job.seed % 7 + 1) : 0.001);`;
    const { result } = await session({
      build: { program: program("restless", restless), description: "x" },
      sampling: { ...SAMPLING_DEFAULTS, processes: 2, processesMax: 5, precision: 0.01 },
    });
    expect(result.cases.map(({ runs }) => runs.length)).toEqual([2, 2, 5]);
    expect(result.stopReason).toBe("processes");
    expect(result.cases[2]!.warnings.map(({ kind }) => kind)).toContain("imprecise");
  });

  test("no round begins that would end after the budget; what is there says it is little", async () => {
    const slow = `await new Promise((resolve) => setTimeout(resolve, 120)); return measured(0.001);`;
    const { result } = await session({
      build: { program: program("slow", slow), description: "x" },
      sampling: { ...SAMPLING_DEFAULTS, processes: 5, processesMax: 5, budgetS: 0.5 },
    });
    expect(result.stopReason).toBe("budget");
    expect(result.cases[0]!.runs).toHaveLength(1);
    expect(result.cases[0]!.warnings.map(({ kind }) => kind)).toContain("few-processes");
  });

  test("an interruption keeps what was measured and says so", async () => {
    const stop = new AbortController();
    const waits = `if (id.includes("scale")) await new Promise((resolve) => setTimeout(resolve, 60000)); return measured(0.001);`;
    const { result } = await session({
      build: { program: program("waits", waits), description: "x" },
      signal: stop.signal,
      onProgress: ({ current }) => current.includes("scale") && stop.abort(),
    });
    expect(result).toMatchObject({ interrupted: true, stopReason: "interrupted" });
    expect(result.cases.map(({ runs }) => runs.length)).toEqual([1, 1, 0]);
    expect(result.cases[2]).toMatchObject({ status: "skipped" });
  });

  test("a program of another version, or none at all, is a reason and not a crash", async () => {
    const other = join(folder, "other.mjs");
    writeFileSync(
      other,
      `process.on("message", () => {}); process.send({ kind: "listening", protocol: 99 });`,
    );
    const { result } = await session({ build: { program: other, description: "x" } });
    expect(result.cases[0]).toMatchObject({ status: "failed" });
    expect(result.cases[0]!.reason).toMatch(/speaks version 99/);
    const none = await session({ build: { program: join(folder, "none.mjs"), description: "x" } });
    expect(none.result.cases[0]!.reason).toMatch(/does not exist/);
  });
});
