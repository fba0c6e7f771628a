import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";

import type { GateCase, GateOutcome } from "../../studies/gate/gate-outcome.js";
import { gateSentence, gateStatus, worstFirst } from "../../studies/gate/gate-outcome.js";
import type { HistoryEntry } from "../../studies/gate/history.js";
import { GATE_FORMATS } from "./formats.js";
import { changeText, valueText } from "./gate-words.js";
import { gateMarkdown } from "./markdown.js";
import { trendChart } from "./trend-chart.js";

function gateCase(id: string, change: Partial<GateCase> = {}): GateCase {
  return {
    id,
    metric: "time",
    unit: "s",
    better: "smaller",
    base: 1e-3,
    new: 1.05e-3,
    newInterval: [1.04e-3, 1.06e-3],
    ratio: 1.05,
    ratioInterval: [1.04, 1.06],
    pAdjusted: 0.001,
    verdict: "regression",
    reason: "5 % slower",
    ...change,
  };
}

function outcome(cases: readonly GateCase[]): GateOutcome {
  const status = gateStatus(cases, false);
  return {
    schema: "headroom/gate/v1",
    version: "0.1.0",
    kind: "benchmark",
    name: "tiny <suite>",
    status,
    sentence: gateSentence(status, cases, { one: "case", many: "cases" }),
    base: { file: "base.json", description: "old" },
    new: { file: "new.json", description: "new" },
    settings: { effectMin: 0.02 },
    cases: worstFirst(cases),
    warnings: ["Take care."],
  };
}

const NASTY = 'a "case" & <b>,\n100%';
const MIXED = outcome([
  gateCase("still", { verdict: "no change shown", ratio: 1 }),
  gateCase(NASTY),
  gateCase("loud", { verdict: "too noisy", reason: "about 12 more per side are needed" }),
  gateCase("rate", { metric: "jobs.completed", unit: "jobs", better: "larger", new: 7 }),
]);

test("values and changes in words", () => {
  expect(valueText(1.5e-9, "s")).toBe("1.5 ns");
  expect(valueText(2.5e-5, "s")).toBe("25 µs");
  expect(valueText(null, "s")).toBe("—");
  expect(changeText(1.05)).toBe("+5 %");
  expect(changeText(0.9)).toBe("-10 %");
  expect(changeText(undefined)).toBe("—");
});

test("JUnit is XML with a failure per regression and an error per case that cannot be told", () => {
  const text = GATE_FORMATS.junit(MIXED);
  const names: string[] = [];
  const tags: string[] = [];
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    tags.push(name);
    if (name === "testcase") names.push(String(attributes["name"]));
    if (name === "testsuites") {
      expect(attributes).toMatchObject({ tests: "4", failures: "2", errors: "1" });
    }
  });
  parser.write(text).close();
  // XML reads a line end in an attribute as a space.
  expect(names).toContain(NASTY.replace("\n", " "));
  expect(tags.filter((tag) => tag === "failure")).toHaveLength(2);
});

test("annotations are escaped, and at most ten of a kind", () => {
  const text = GATE_FORMATS.github(MIXED);
  expect(text).toContain('::error title=regression::a "case" & <b>,%0A100%25: 5 %25 slower');
  expect(text).toContain("::warning title=too noisy::loud");
  const many = GATE_FORMATS.github(
    outcome(Array.from({ length: 40 }, (_, i) => gateCase(`c${i}`))),
  );
  expect(many.match(/^::error/gm)).toHaveLength(10);
  expect(many).toContain("and 31 more; see the log");
  const exact = GATE_FORMATS.github(
    outcome(Array.from({ length: 10 }, (_, i) => gateCase(`c${i}`))),
  );
  expect(exact).not.toContain("more; see the log");
});

describe("Markdown", () => {
  test("begins with its marker and keeps names inert", () => {
    const text = GATE_FORMATS.markdown(MIXED);
    expect(
      text.startsWith("<!-- headroom:benchmark:tiny-suite- -->\n### ❌ Headroom benchmarks"),
    ).toBe(true);
    expect(text).not.toContain("<b>");
    expect(text).toContain("\\<b\\>");
  });

  test("stays below its limit and never loses the summary", () => {
    const cases = Array.from({ length: 3000 }, (_, index) =>
      gateCase(`kernel/with/a/long/name/${index}`, { verdict: "no change shown" }),
    );
    const text = gateMarkdown(outcome([gateCase("worst"), ...cases]), { bytesMax: 65_536 });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536);
    expect(text).toContain("Worse: worst");
    expect(text).toMatch(/and \d+ more cases, left out for the size limit/);
  });
});

test("Bencher's format has nanoseconds with intervals; the other list only what is better small", () => {
  const bencher = JSON.parse(GATE_FORMATS.bmf(MIXED)) as Record<string, Record<string, unknown>>;
  expect(bencher["still"]).toEqual({
    latency: { value: 1_050_000, lower_value: 1_040_000, upper_value: 1_060_000 },
  });
  expect(Object.keys(bencher["rate"]!)).toEqual(["jobs-completed"]);
  const list = JSON.parse(GATE_FORMATS["action-benchmark"](MIXED)) as { name: string }[];
  expect(list.map(({ name }) => name)).not.toContain("rate");
  expect(list.find(({ name }) => name === "still")).toMatchObject({ unit: "ns", value: 1_050_000 });
});

test("text lists the worst first and counts all", () => {
  const text = GATE_FORMATS.text(MIXED);
  expect(text.startsWith("Worse: ")).toBe(true);
  expect(text).toContain("status: regression");
  expect(text).toContain("warning: Take care.");
});

test("a trend is drawn with the cases that moved most", async () => {
  const entries = [1, 1.01, 1.08].map((time): HistoryEntry => ({
    schema: "headroom/bench-history/v1",
    measuredAt: "2026-01-01T00:00:00.000Z",
    version: "0.1.0",
    suite: "tiny",
    build: "x",
    environment: "m",
    status: "pass",
    cases: {
      moved: { timeS: time, verdict: "no change shown" },
      still: { timeS: 1, verdict: "no change shown" },
    },
  }));
  const svg = await trendChart(entries);
  expect(svg).toContain("<svg");
  expect(svg).toContain("moved");
  expect(svg).toContain("2 of 2 cases");
});
