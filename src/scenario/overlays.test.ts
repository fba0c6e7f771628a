// Scenarios that are put together: traces beside them, files they extend, values from the command line.
import { describe, expect, test } from "vitest";

import { parseSetArgument } from "./apply-overlays.js";
import { missingExtends } from "./document.js";
import type { ParseOptions } from "./parse-scenario.js";
import type { ResolvedScenario } from "./resolved.js";
import { problemsOf, resolveText, VALID_SCENARIO, withTrace } from "./scenario-fixture.js";

describe("traces", () => {
  test("are relative to the file that names them, and named as written", () => {
    const { traces, base } = resolveText(withTrace("jobs/x.csv"), { file: "scenarios/s.yaml" });
    expect(traces).toMatchObject([
      {
        written: "jobs/x.csv",
        path: "scenarios/jobs/x.csv",
        fromCommandLine: false,
        place: { line: 18 },
      },
    ]);
    expect(base.workload).toMatchObject({ kind: "trace", format: undefined, load: 1 });
  });

  test("of variants are listed once per file", () => {
    const text = withTrace("a.csv").replace(
      "cluster.nodes[h100].count: 4",
      "workload.trace: b.csv\n  - name: same\n    set: {workload.trace: ./a.csv, workload.load: 1.5}",
    );
    const scenario = resolveText(text);
    expect(scenario.traces.map((trace) => trace.path)).toEqual(["a.csv", "b.csv"]);
    expect(scenario.variants[1]!.workload).toMatchObject({
      load: 1.5,
      trace: { written: "./a.csv" },
    });
  });

  test("must stay where the caller allows, and by default in the folder of the scenario", () => {
    const rules = (text: string, options: Partial<ParseOptions> = {}): string[] =>
      problemsOf(text, options).map((problem) => problem.rule);
    expect(rules(withTrace("../traces/x.csv"))).toEqual(["path-outside"]);
    expect(rules(withTrace("/etc/passwd"))).toEqual(["path-outside"]);
    expect(rules(withTrace("a/../../b.csv"), { file: "scenarios/s.yaml" })).toEqual([
      "path-outside",
    ]);
    expect(rules(withTrace("a/../b.csv"))).toEqual([]);
    expect(rules(withTrace("..\\x.csv"))).toEqual(["bad-path"]);
    const seen: string[] = [];
    const mayRead = (path: string): boolean => {
      seen.push(path);
      return true;
    };
    expect(rules(withTrace("../traces/x.csv"), { file: "scenarios/s.yaml", mayRead })).toEqual([]);
    expect(new Set(seen)).toEqual(new Set(["traces/x.csv"]));
  });

  test("named on the command line are relative to where it runs, and may be anywhere", () => {
    const overlays = [parseSetArgument("workload.trace=../elsewhere/x.csv")];
    const { traces } = resolveText(withTrace("a.csv"), { file: "scenarios/s.yaml", overlays });
    expect(traces).toMatchObject([{ path: "../elsewhere/x.csv", fromCommandLine: true }]);
  });

  test("format and limits", () => {
    const text = withTrace("a.csv\n  format: headroom-csv\n  limits: {maxJobs: 100}");
    expect(resolveText(text).base.workload).toMatchObject({ format: "headroom-csv", jobsMax: 100 });
  });
});

describe("extends", () => {
  const base = VALID_SCENARIO;
  const over = "extends: lib/base.yaml\nname: over\nseed: null\nrun: {eventsMax: 5}\ngoals: []\n";
  const texts = new Map([["lib/base.yaml", base]]);

  test("asks for one file after the other", () => {
    const options = { file: "x/s.yaml", text: "extends: ../a.yaml\n", mayRead: () => true };
    expect(missingExtends(options)).toMatchObject({
      path: "a.yaml",
      place: { file: "x/s.yaml", line: 1, col: 10 },
    });
    const one = new Map([["a.yaml", "extends: x/b.yaml\n"]]);
    expect(missingExtends({ ...options, texts: one })).toMatchObject({
      path: "x/b.yaml",
      place: { file: "a.yaml" },
    });
    expect(
      missingExtends({ ...options, texts: new Map([...one, ["x/b.yaml", base]]) }),
    ).toBeUndefined();
  });

  test("joins maps, replaces lists, and takes away what is null", () => {
    const scenario = resolveText(over, { texts });
    expect(scenario).toMatchObject({
      name: "over",
      seed: 1,
      question: "Are two nodes enough?",
      extended: ["lib/base.yaml"],
    });
    expect(scenario.base.run).toEqual({ untilS: 30 * 86_400, eventsMax: 5 });
    expect(scenario.base.goals).toEqual([]);
    expect(scenario.variants).toHaveLength(1);
  });

  test("replaces a field that can be written in two ways as a whole", () => {
    const sjf = base.replace("queue: fifo-skip", "queue: {name: sjf, blocking: head}");
    const text = "extends: b.yaml\npolicy: {queue: {name: fifo-strict}}\n";
    const scenario = resolveText(text, { texts: new Map([["b.yaml", sjf]]) });
    expect(scenario.base.policy).toEqual({
      queue: { name: "fifo-strict" },
      placement: { kind: "named", name: "best-fit" },
    });
  });

  test("a trace belongs to the file that names it", () => {
    const library = new Map([["lib/base.yaml", withTrace("x.csv")]]);
    expect(resolveText(over, { texts: library }).traces.map((trace) => trace.path)).toEqual([
      "lib/x.csv",
    ]);
  });

  test("a long chain is refused", () => {
    const chain = new Map(
      Array.from(
        { length: 20 },
        (_, index) => [`${index}.yaml`, `extends: ${index + 1}.yaml\n`] as const,
      ),
    );
    const problems = problemsOf("extends: 0.yaml\n", { texts: chain });
    expect(problems.map((problem) => problem.rule)).toEqual(["extends-depth"]);
  });
});

describe("--set", () => {
  const resolveWith = (...sets: string[]): ResolvedScenario =>
    resolveText(VALID_SCENARIO, { overlays: sets.map(parseSetArgument) });

  test.each([
    [
      "an item by name",
      "cluster.nodes[l4].count=9",
      (s: ResolvedScenario) => s.base.nodeGroups[1]!.count,
      9,
    ],
    [
      "an item by position",
      "cluster.nodes[1].count=9",
      (s: ResolvedScenario) => s.base.nodeGroups[1]!.count,
      9,
    ],
    [
      "spaces around",
      " cluster.nodes[ l4 ].count = 9 ",
      (s: ResolvedScenario) => s.base.nodeGroups[1]!.count,
      9,
    ],
    [
      "an item by id",
      "goals[wait].atMost=1h",
      (s: ResolvedScenario) => s.base.goals[0]!.target,
      3600,
    ],
    ["text", "name=other", (s: ResolvedScenario) => s.name, "other"],
    ["text with =", "question=a=b?", (s: ResolvedScenario) => s.question, "a=b?"],
    ["a map", "policy.queue={name: sjf}", (s: ResolvedScenario) => s.base.policy.queue.name, "sjf"],
    ["a list", "labels=[short, capacity]", (s: ResolvedScenario) => s.labels.length, 2],
    [
      "a field that was not there",
      "workload.limits.maxJobs=5",
      (s: ResolvedScenario) => s.base.workload.jobsMax,
      5,
    ],
    ["null", "run.until=null", (s: ResolvedScenario) => s.base.run.untilS, undefined],
    [
      "an item away",
      "cluster.nodes[l4]=null",
      (s: ResolvedScenario) => s.base.nodeGroups.length,
      1,
    ],
  ] as const)("%s", (_, argument, read, want) => {
    expect(read(resolveWith(argument))).toBe(want);
  });

  test("later ones win, and variants are laid over them", () => {
    const scenario = resolveWith("cluster.nodes[l4].count=9", "cluster.nodes[l4].count=8");
    expect(scenario.base.nodeGroups[1]!.count).toBe(8);
    expect(scenario.variants[0]!.nodeGroups.map((group) => group.count)).toEqual([4, 8]);
  });
});
