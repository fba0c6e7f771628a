import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { changedFields } from "./changed-fields.js";
import { explanationSentences } from "./finding-words.js";
import type { Finding } from "./compare-document.js";
import { parseVariantArgument } from "./variant-argument.js";

describe("an argument of --variant", () => {
  test.each([
    ["ten: cluster.nodes[0].count=10", "ten", [["cluster.nodes[0].count", "10"]]],
    [
      "both: a.b=1, c={x: 1, y: [2, 3]},d='1, 2'",
      "both",
      [
        ["a.b", "1"],
        ["c", "{x: 1, y: [2, 3]}"],
        ["d", "'1, 2'"],
      ],
    ],
    ["workload.load=1.25", "workload.load=1.25", [["workload.load", "1.25"]]],
    ["policy.queue={name: sjf}", "policy.queue={name: sjf}", [["policy.queue", "{name: sjf}"]]],
  ])("%s", (text, name, settings) => {
    const parsed = parseVariantArgument(text);
    expect(parsed.name).toBe(name);
    expect(parsed.overlays.map(({ path, value }) => [path, value])).toEqual(settings);
  });

  test.each(["ten:", "", "ten: nodes", "ten: =5"])("refuses %j and says the form", (text) => {
    expect(() => parseVariantArgument(text)).toThrow(InputError);
    expect(() => parseVariantArgument(text)).toThrow(/name: path=value, path=value|path=value/);
  });
});

test("changed fields are told by path, names of items included, texts about the scenario left out", () => {
  const before = {
    name: "a",
    cluster: { nodes: [{ name: "h100", count: 8, gpu: "H100" }, { count: 1 }] },
    run: {},
  };
  const after = {
    name: "b",
    cluster: { nodes: [{ name: "h100", count: 10, gpu: "H100" }, { count: 2 }] },
    workload: { load: 1.25 },
  };
  expect(changedFields(before, after)).toEqual([
    { path: "cluster.nodes[h100].count", before: "8", after: "10" },
    { path: "cluster.nodes[1].count", before: "1", after: "2" },
    { path: "run", before: "{}", after: null },
    { path: "workload.load", before: null, after: "1.25" },
  ]);
  expect(changedFields(before, before)).toEqual([]);
});

function finding(id: string, mean: number, verdict: Finding["verdict"]): Finding {
  const [topic, name = "all jobs"] = id.split("/") as [Finding["topic"], string?];
  return {
    ...{ id, topic, name, unit: "h", before: 100, after: 100 + mean, mean, verdict },
    ...{ interval: [mean - 1, mean + 1], confidence: 0.95, pValue: 0.001, correlation: null },
  };
}

describe("the explanation", () => {
  test("names the parts that make up most of a change, with their share", () => {
    const sentences = explanationSentences([
      finding("waits", -40, "lower"),
      finding("waits by reason/not enough free GPUs", -38, "lower"),
      finding("waits by reason/held back", -1, "lower"),
      finding("waits by job size/9–16 GPUs", -30, "lower"),
      finding("waits by job size/1 GPU", 5, "higher"),
    ]);
    expect(sentences).toEqual([
      "Jobs waited 40 h less in all (100 h → 60 h).",
      "Of the 40 h, 38 h (95 %) are of jobs last refused for “not enough free GPUs”.",
      "Of the 40 h, 30 h (75 %) are of jobs of 9–16 GPUs.",
    ]);
  });

  test("says nothing that was not shown", () => {
    const sentences = explanationSentences([
      finding("waits", -40, "not shown"),
      finding("waits by reason/not enough free GPUs", -38, "lower"),
      finding("topology/gangs spread", -3, "not shown"),
      finding("cold starts/nodes started", 0, "identical"),
    ]);
    expect(sentences).toEqual([]);
  });

  test("a part larger than the whole is told as such", () => {
    const sentences = explanationSentences([
      finding("waits", 10, "higher"),
      finding("waits by reason/would delay a job", 15, "higher"),
      finding("waits by reason/not enough free GPUs", -5, "lower"),
    ]);
    expect(sentences[1]).toBe(
      "Jobs last refused for “would delay a job” waited 15 h more, and others set some of that off.",
    );
  });
});
