import { describe, expect, test } from "vitest";

import type { ChartBlock, ReportBlock, ReportDocument } from "../../src/report/block.js";
import { chartFiles } from "../../src/report/chart-files.js";
import { writeMarkdown } from "../../src/report/markdown.js";
import { buildRunReport } from "../../src/report/run-report.js";
import type { RunReportInput } from "../../src/report/run-report-input.js";
import { fixtureInput } from "./fixture.js";

const compared = fixtureInput({
  jobs: 400,
  gpus: 96,
  variants: { "+2 nodes": 112, "+8 nodes": 160 },
});
const alone = fixtureInput({ jobs: 300, gpus: 96, variants: {}, untilS: 60_000 });

function blocks(report: ReportDocument): readonly ReportBlock[] {
  return report.sections.flatMap((section) => section.blocks);
}

/** Keeps golden files readable: the first and last rows of long data, and how many there were. */
function fewRows(key: string, value: unknown): unknown {
  if (key !== "values" || !Array.isArray(value) || value.length <= 8) return value;
  return [...(value.slice(0, 4) as unknown[]), `… ${value.length} rows …`, value.at(-1) as unknown];
}

function chart(report: ReportDocument, id: string): ChartBlock {
  const found = blocks(report).find((block) => block.kind === "chart" && block.id === id);
  if (found?.kind !== "chart") throw new Error(`no chart ${id}`);
  return found;
}

describe("golden report", () => {
  test("the Markdown of a comparison", async () => {
    await expect(writeMarkdown(buildRunReport(compared))).toMatchFileSnapshot(
      "../golden/report/compared.md",
    );
  });

  test("the Markdown of one run that was cut off", async () => {
    await expect(writeMarkdown(buildRunReport(alone))).toMatchFileSnapshot(
      "../golden/report/alone.md",
    );
  });

  test("the chart specifications", async () => {
    const small = fixtureInput({ jobs: 12, gpus: 32, variants: { more: 64 } });
    const specs = Object.fromEntries(
      chartFiles(buildRunReport(small))
        .filter(({ name }) => name.startsWith("charts/"))
        .map(({ name, text }) => [name, JSON.parse(text) as unknown]),
    );
    const text = `${JSON.stringify(specs, fewRows, 1)}\n`;
    await expect(text).toMatchFileSnapshot("../golden/report/charts.json");
  });
});

describe("page one", () => {
  test("leads with the decision, the goals of every configuration and the way to repeat it", () => {
    const [first] = buildRunReport(compared).sections;
    expect(first!.blocks.map(({ kind }) => kind)).toEqual([
      "headline",
      "table",
      "text",
      "commands",
    ]);
    const [headline, goals] = first!.blocks;
    expect(headline).toEqual({ kind: "headline", sentence: compared.result.decision });
    if (goals?.kind !== "table") throw new Error("goals table expected");
    expect(goals.rows).toHaveLength(6);
    expect(goals.columns.map(({ header }) => header)).toEqual([
      "Configuration",
      "Result",
      "Margin",
      "Met",
    ]);
  });

  test("shows intervals only when there are some", () => {
    const [goal, ...others] = compared.result.goals;
    const result = {
      ...compared.result,
      goals: [{ ...goal!, interval: [60, 120] as const }, ...others],
    };
    const [first] = buildRunReport({ ...compared, result }).sections;
    const goals = first!.blocks.find(({ kind }) => kind === "table");
    if (goals?.kind !== "table") throw new Error("goals table expected");
    expect(goals.columns.map(({ header }) => header)).toContain("Interval");
    expect(JSON.stringify(goals.rows[0])).toContain("2\u00a0min");
  });

  test("says when a run was cut off or jobs can never be placed", () => {
    const cut = fixtureInput({ jobs: 300, gpus: 32, variants: {}, untilS: 60_000 });
    const jobs = { ...cut.result.jobs, neverPlaceable: 7 };
    const report = buildRunReport({ ...cut, result: { ...cut.result, jobs } });
    const notes = report.sections[0]!.blocks.filter(({ kind }) => kind === "verdict");
    expect(JSON.stringify(notes)).toContain("stopped at its time limit");
    expect(JSON.stringify(notes)).toContain("7 jobs can never be placed");
    expect(report.sections.map(({ id }) => id)).toContain("limits");
  });

  test("a goal without a value is missed, never a number", () => {
    const goals = alone.result.goals.map((goal) => ({ ...goal, actual: null, met: false }));
    const text = writeMarkdown(buildRunReport({ ...alone, result: { ...alone.result, goals } }));
    expect(text).toContain("| — | — | ✗ no value |");
  });
});

describe("many goals and many variants", () => {
  const many = fixtureInput({
    jobs: 60,
    gpus: 32,
    variants: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`v${index}`, 40])),
  });
  const [first] = many.result.goals;
  const goals = Array.from({ length: 9 }, (_, index) => ({
    ...first!,
    id: `goal ${index}`,
    met: true,
  }));
  const missed = goals.map((goal, index) => (index < 4 ? { ...goal, met: false } : goal));
  const input: RunReportInput = {
    ...many,
    result: {
      ...many.result,
      goals,
      variants: many.result.variants.map((variant, index) => ({
        ...variant,
        goals: index === 3 ? missed : goals,
      })),
    },
  };
  const text = writeMarkdown(buildRunReport(input));

  test("every goal of the base stands on page one, and every variant in one row", () => {
    for (const { id } of goals) expect(text).toContain(`(${id})`);
    expect(text).toMatch(/^\| v3 \| 5 of 9 \| .*; 1 more \|$/m);
    expect(text).toMatch(/^\| v11 \| 9 of 9 \| — \|$/m);
  });

  test("the headline leaves the variants to the table", () => {
    expect(text).not.toContain("With “v0”");
    expect(buildRunReport(input).sections[0]!.blocks[0]).toEqual({
      kind: "headline",
      sentence: many.result.decision.split(" With ")[0],
    });
  });

  test("a goal that only a variant has is shown", () => {
    const [plus2, plus8] = compared.result.variants;
    const own = { ...plus8!.goals[0]!, id: "own", metric: "jobs.makespanS" };
    const result = { ...compared.result, variants: [plus2!, { ...plus8!, goals: [own] }] };
    const page = writeMarkdown(buildRunReport({ ...compared, result }));
    expect(page).toContain("Time until the last job ends: at most");
    expect(page).toContain("not a goal here");
  });
});

describe("what a difference means", () => {
  const withVariant = (change: Partial<RunReportInput["result"]["variants"][number]>): string => {
    const [first, second] = compared.result.variants;
    const result = { ...compared.result, variants: [{ ...first!, ...change }, second!] };
    return writeMarkdown(buildRunReport({ ...compared, result }));
  };

  test("variants that change no job saw the same jobs", () => {
    expect(withVariant({})).toContain("Base and variants saw the same jobs in the same order");
  });

  test("a variant with another load did not see the same jobs, and more jobs done are no merit", () => {
    const { jobs } = compared.result.variants[0]!;
    const text = withVariant({
      set: { "workload.load": 2 },
      jobs: { ...jobs, count: jobs.count * 2, completed: jobs.completed * 2 },
    });
    expect(text).not.toContain("Base and variants saw the same jobs");
    expect(text).toContain("“+2 nodes” has another workload than the base;");
    expect(text).toContain("The other variants saw the base's jobs in the same order.");
    expect(text).toMatch(/^\| Jobs completed \| \+[\d,]+\sjobs \|/m);
  });

  test("a difference in the last digit is none", () => {
    const { jobs } = compared.result;
    const text = withVariant({ jobs: { ...jobs, tenantFairness: jobs.tenantFairness! + 2e-16 } });
    expect(text).toMatch(/Fairness between tenants[^|]* \| no change \|/);
  });
});

describe("the whole report", () => {
  test.each([
    ["compared", compared],
    ["alone", alone],
  ])("%s: links lead to sections that exist", (_name, input) => {
    const report = buildRunReport(input);
    const ids = report.sections.map(({ id }) => `#${id}`);
    const links = JSON.stringify(report).match(/(?<=\(|"href":")#[a-z-]+/g) ?? [];
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !ids.includes(link))).toEqual([]);
  });

  test("holds only what was computed: no part for what is missing", () => {
    const bare: RunReportInput = {
      ...alone,
      result: {
        ...alone.result,
        question: null,
        goals: [],
        tenants: [],
        waitReasons: [],
        assumptions: [],
        inputs: [],
      },
      longestWaits: [],
      reproduce: [],
    };
    const report = buildRunReport(bare);
    expect(report.sections.map(({ id }) => id)).toEqual([
      "answer",
      "waits",
      "gpus",
      "queue",
      "provenance",
    ]);
    expect(writeMarkdown(report)).not.toMatch(/undefined|NaN|null|Infinity|\[object/);
  });

  test("nobody waited: says so instead of drawing zeros", () => {
    const idle = fixtureInput({ jobs: 3, gpus: 512, variants: {} });
    const text = writeMarkdown(buildRunReport(idle));
    expect(text).toContain("No job waited");
    expect(text).toContain("No job was ever queued");
  });

  test("a run that stopped at the instant it began has no shares of time to draw", () => {
    const columns = alone.runs[0]!;
    const none = new Float64Array(0);
    const series = {
      timeS: none,
      gpuMilliAllocated: none,
      jobsQueued: new Int32Array(0),
      jobsRunning: new Int32Array(0),
      idleMilliByClass: { q3_satisfied: none },
    };
    const stopped: RunReportInput = {
      ...alone,
      result: { ...alone.result, endS: 0 },
      runs: [{ ...columns, series, waitS: none, submitS: none, gpus: none }],
    };
    const text = writeMarkdown(buildRunReport(stopped));
    expect(text).toContain("No time passed: the run stopped at the instant it began");
    expect(text).not.toContain("NaN");
    const some = compared.runs.map((run, index) => (index === 1 ? { ...run, series } : run));
    const page = writeMarkdown(buildRunReport({ ...compared, runs: some }));
    expect(page).toContain("No time passed in +2 nodes:");
    expect(page).toContain("GPUs by state, +8 nodes");
    expect(page).not.toContain("GPUs by state, +2 nodes");
  });

  test("is the same, byte for byte, from the same input", () => {
    expect(JSON.stringify(buildRunReport(compared))).toBe(JSON.stringify(buildRunReport(compared)));
  });

  test("draws no curve with more than 2,000 points", () => {
    const long = buildRunReport(fixtureInput({ jobs: 4000, gpus: 96, variants: {} }));
    const points = (block: ChartBlock): number =>
      Math.max(
        0,
        ...(JSON.stringify(block.vegaLite).match(/"values":\[\{.*?\}\]/g) ?? []).map(
          (values) => values.split("},{").length,
        ),
      );
    const stack = chart(long, "gpu-states-base");
    expect(points(stack)).toBeGreaterThan(500);
    // Three states share one list of values.
    expect(points(stack) / 3).toBeLessThanOrEqual(2000);
    expect(points(chart(long, "queue-length"))).toBeLessThanOrEqual(2000);
    expect(stack.description).toMatch(/each point is the average over/);
  });

  test("stacks to the capacity at every instant", () => {
    const values = (
      chart(buildRunReport(alone), "gpu-states-base").vegaLite as unknown as {
        layer: { data: { values: { time: number; gpus: number }[] } }[];
      }
    ).layer[0]!.data.values;
    const totals = new Map<number, number>();
    for (const { time, gpus } of values) totals.set(time, (totals.get(time) ?? 0) + gpus);
    expect(totals.size).toBeGreaterThan(50);
    for (const total of totals.values()) expect(total).toBeCloseTo(96, 3);
  });

  test("two configurations of one name stay two lines", () => {
    const twice = fixtureInput({ jobs: 100, gpus: 32, variants: { base: 64 } });
    expect(chart(buildRunReport(twice), "wait-distribution").description).toContain("base (2): ");
  });
});

describe("broken input is refused", () => {
  const broken = (change: Partial<RunReportInput["runs"][number]>): RunReportInput => ({
    ...alone,
    runs: [{ ...alone.runs[0]!, ...change }],
  });

  test("busy and idle GPUs that do not add up", () => {
    const { series } = alone.runs[0]!;
    const idleMilliByClass = {
      ...series.idleMilliByClass,
      no_access: series.timeS.map(() => 1000),
    };
    expect(() => buildRunReport(broken({ series: { ...series, idleMilliByClass } }))).toThrow(
      /add up to 97, not 96/,
    );
  });

  test("columns of different lengths", () => {
    expect(() => buildRunReport(broken({ gpus: Float64Array.of(1) }))).toThrow(/one length/);
    const { series } = alone.runs[0]!;
    expect(() =>
      buildRunReport(broken({ series: { ...series, jobsQueued: Int32Array.of(1) } })),
    ).toThrow(/rows in every column/);
  });

  test("columns of another configuration", () => {
    expect(() => buildRunReport({ ...compared, runs: [...compared.runs].reverse() })).toThrow(
      /must belong to "base"/,
    );
    expect(() => buildRunReport({ ...compared, runs: compared.runs.slice(1) })).toThrow(
      /as many column sets/,
    );
  });
});
