// Every way to write a scenario wrong, with the exact text a person then sees. The texts stand in
// golden/bad-scenarios.md, so that a change of wording or position is reviewed as a diff.
import { expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { renderProblems } from "../diagnostics/render-problems.js";
import { parseSetArgument } from "./apply-overlays.js";
import { serviceCases, type BadScenario } from "./bad-service-scenarios.js";
import { parseScenario } from "./parse-scenario.js";
import { FIXTURE_FORMAT, VALID_SCENARIO } from "./scenario-fixture.js";

const replace = (title: string, ...pairs: readonly (readonly [string, string])[]): BadScenario => ({
  title,
  replace: pairs,
});
const whole = (title: string, text: string): BadScenario => ({ title, text });
const sets = (title: string, ...values: readonly string[]): BadScenario => ({
  title,
  sets: values,
});

const GPU_LINES = "      gpu: L4\n      gpus: 4\n";
const CASES: readonly BadScenario[] = [
  whole("an empty file", ""),
  whole("a list instead of a map", "- schema: headroom/scenario/v1\n- name: x\n"),
  whole("plain text", "hello\n"),
  whole("only the version", "schema: headroom/scenario/v1\n"),
  whole("no version", VALID_SCENARIO.slice(VALID_SCENARIO.indexOf("\n") + 1)),
  whole("a byte-order mark", `\ufeff${VALID_SCENARIO}`),
  whole("broken YAML", "schema: headroom/scenario/v1\nname: 'x\n"),
  replace("a later version of the format", ["scenario/v1", "scenario/v2"]),
  replace("a misspelt version", ["headroom/scenario/v1", "headroom/scenaro/v1"]),
  replace("a misspelt field", ["hosting: vm", "hostng: vm"]),
  replace("a misspelt field at the top", ["question:", "qestion:"]),
  replace("a field that resembles nothing", ["hosting: vm", "zzz: vm"]),
  replace("a field in the wrong place", ["seed: 7", "hosting: vm"]),
  replace("a merge key", ["hosting: vm", "<<: {hosting: vm}"]),
  replace("__proto__ as a field", ["hosting: vm", "__proto__: {hosting: vm}"]),
  replace("more names than nodes", ["hosting: vm", 'names: ["gpu[01-03]"]']),
  replace("a node named twice", ["hosting: vm", "names: [gpu1, gpu1]"]),
  replace("a name that no node has", ["hosting: vm", 'names: ["gpu[01-"]']),
  replace("a misspelt value", ["hosting: vm", "hosting: vmm"]),
  replace("a number for a name", ["hosting: vm", "hosting: 3"]),
  replace("nothing behind a field", ["count: 2\n", "count:\n"]),
  replace("a missing field", ["      count: 2\n", ""]),
  replace("two missing fields", [
    "      count: 3\n      gpu: L4\n      gpus: 4\n      cpu: 48\n",
    "",
  ]),
  replace("a negative count", ["count: 2", "count: -2"]),
  replace("half a node", ["count: 2", "count: 2.5"]),
  replace("an absurd count", ["count: 2", "count: 1e308"]),
  replace("more nodes than fit", ["count: 2", "count: 199998"]),
  replace("no nodes at all", ["count: 2", "count: 0"], ["count: 3", "count: 0"]),
  replace("not a number", ["count: 2", "count: .nan"]),
  replace("infinity", ["count: 2", "count: .inf"]),
  replace("a number in quotes", ["count: 2", 'count: "2"']),
  replace("a number for text", ["name: fixture", "name: 2024"]),
  replace("a list for a number", ["count: 2", "count: [2]"]),
  replace("a map for a list", ["gpuModels: [H100]", "gpuModels: {a: H100}"]),
  replace("an empty list", ["gpuModels: [H100]", "gpuModels: []"]),
  replace("a name with a slash", ["name: l4", "name: a/b"]),
  replace("a control character in a name", ["name: fixture", 'name: "a\\eb"']),
  replace("a direction override in a name", ["name: fixture", 'name: "a\\u202Eb"']),
  replace("a line separator in a name", ["name: fixture", 'name: "a\\u2028b"']),
  replace("half a character in a name", ["name: fixture", 'name: "a\\uD800b"']),
  replace("a name nobody can see", ["name: fixture", 'name: "\\u200B \\u200B"']),
  replace("too long a name", ["name: fixture", `name: ${"x".repeat(150)}`]),
  replace("a unit that does not exist", ["atMost: 15m", "atMost: 40 parsecs"]),
  replace("a duration without a unit", ["duration: 1h", "duration: 3600"]),
  replace("a negative duration", ["duration: 1h", "duration: -1h"]),
  replace("a duration that is not a number", ["duration: 1h", "duration: .nan"]),
  replace("a duration of a million years", ["until: 30d", "until: 1000000y"]),
  replace("a run of no length", ["until: 30d", "until: 0s"]),
  replace("memory without a unit", ["memory: 192GiB", "memory: 192"]),
  replace("memory in bits", ["memory: 192GiB", "memory: 192Gib"]),
  replace("memory as a list", ["memory: 192GiB", "memory: [192GiB]"]),
  replace("CPU with a unit", ["cpu: 48", "cpu: 48GHz"]),
  replace("more CPU than any machine has", ["cpu: 48", "cpu: 1e308"]),
  replace("memory nobody could mean", ["192GiB", "1e308"]),
  replace("an unknown GPU", ["gpu: L4", "gpu: L44"]),
  replace("a GPU name that fits several", ["gpu: L4", "gpu: A100"]),
  replace("an unknown GPU in a job", ["gpuModels: [H100]", "gpuModels: [H100, G7]"]),
  replace("an unknown sku", ["Standard_ND96isr_H100_v5", "Standard_ND96isr_H100"]),
  replace("a sku with part of a GPU", ["Standard_ND96isr_H100_v5", "Standard_NV6ads_A10_v5"]),
  replace("a sku without published figures", ["Standard_ND96isr_H100_v5", "DGX A100"]),
  replace("gpus beside a sku", ["hosting: vm", "gpus: 8"]),
  replace("a GPU model beside a sku", ["hosting: vm", "gpu: L4"]),
  replace("gpus without a model", [GPU_LINES, "      gpus: 4\n"]),
  replace("a GPU model without gpus", [GPU_LINES, "      gpu: L4\n"]),
  replace("two groups of one name", ["name: l4", "name: h100"]),
  replace("two jobs of one name", ["id: b", "id: a"]),
  replace("two goals of one name", ["  - metric: gpu", "  - id: wait\n    metric: gpu"]),
  replace("two variants of one name", ["run:", "  - name: more\n    set: {run.until: 1d}\nrun:"]),
  replace("one field twice", ["seed: 7", "seed: 7\nseed: 8"]),
  replace("trace and jobs", ["workload:\n", "workload:\n  trace: jobs.csv\n"]),
  replace("a format without a trace", ["workload:\n", "workload:\n  format: auto\n"]),
  whole(
    "neither trace nor jobs",
    VALID_SCENARIO.replace(/ {2}jobs:\n[^]*(?=policy:)/, "  load: 2\n"),
  ),
  whole(
    "a trace outside of the project",
    VALID_SCENARIO.replace(/ {2}jobs:\n[^]*(?=policy:)/, "  trace: ../../etc/passwd\n"),
  ),
  whole(
    "a trace on the network",
    VALID_SCENARIO.replace(/ {2}jobs:\n[^]*(?=policy:)/, "  trace: https://example.com/x.csv\n"),
  ),
  replace("a share of several GPUs", ["gpus: 1\n", "gpus: 2\n"]),
  replace("a share finer than a thousandth", ["gpuShare: 0.5", "gpuShare: 0.00025"]),
  replace("a share above one", ["gpuShare: 0.5", "gpuShare: 50"]),
  replace("GPU models without GPUs", ["      gpus: 8\n", ""]),
  replace("a load of nothing", ["workload:\n", "workload:\n  load: 0\n"]),
  replace("an unknown queue", ["queue: fifo-skip", "queue: fifo"]),
  replace("an unknown placement", ["placement: best-fit", "placement: bestfit"]),
  replace("a list for a placement", ["placement: best-fit", "placement: [best-fit]"]),
  replace("an option of another policy", [
    "queue: fifo-skip",
    "queue: {name: fifo-skip, blocking: head}",
  ]),
  replace("an unknown value of an option", [
    "queue: fifo-skip",
    "queue: {name: sjf, blocking: tail}",
  ]),
  replace("a duration option without a unit", [
    "queue: fifo-skip",
    "queue: {name: sjf, restartCost: 30}",
  ]),
  replace("a duration option out of range", [
    "queue: fifo-skip",
    "queue: {name: sjf, restartCost: 2h}",
  ]),
  replace("a number option out of range", ["queue: fifo-skip", "queue: {name: sjf, levels: 9}"]),
  replace("yes for true", ["queue: fifo-skip", "queue: {name: sjf, strict: yes}"]),
  replace("options without a name", ["queue: fifo-skip", "queue: {blocking: head}"]),
  replace("an unknown scorer", [
    "placement: best-fit",
    "placement: {scorers: [{name: fdg, weight: 1}]}",
  ]),
  replace("a weight of nothing", [
    "placement: best-fit",
    "placement: {scorers: [{name: fgd, weight: 0}]}",
  ]),
  replace("consolidate over nodes of two sizes", ["placement: best-fit", "placement: consolidate"]),
  replace("an unknown metric", ["metric: jobs.waitS.p95", "metric: jobs.waitS.p96"]),
  replace("a time for a share", ["atLeast: 10%", "atLeast: 15m"]),
  replace("a percentage for a time", ["atMost: 15m", "atMost: 15%"]),
  replace("a time without a unit", ["atMost: 15m", "atMost: 900"]),
  replace("a percentage without its sign", ["atLeast: 10%", "atLeast: 80"]),
  replace("a duration for a number of jobs", ["jobs.waitS.p95", "jobs.waiting"]),
  replace("a goal of not-a-number", ["atMost: 15m", "atMost: .nan"]),
  replace("a goal with two bounds", ["atMost: 15m", "atMost: 15m\n    atLeast: 1m"]),
  replace("a goal without a bound", ["    atMost: 15m\n", ""]),
  replace("a variant of an unknown group", [
    "cluster.nodes[h100].count",
    "cluster.nodes[h1000].count",
  ]),
  replace("a variant of an unknown field", [
    "cluster.nodes[h100].count",
    "cluster.nodes[h100].cnt",
  ]),
  replace("a variant of a list", ["cluster.nodes[h100].count", "cluster.nodes.count"]),
  replace("a variant of the seed", ["cluster.nodes[h100].count", "seed"]),
  replace("a variant that is no path", ["cluster.nodes[h100].count", "cluster..count"]),
  replace("a variant through a name", [
    "cluster.nodes[h100].count: 4",
    "policy.queue.blocking: head",
  ]),
  replace("a variant with a wrong value", [
    "cluster.nodes[h100].count: 4",
    "cluster.nodes[h100].count: many",
  ]),
  replace("a variant that takes away what is needed", [
    "cluster.nodes[h100].count: 4",
    "policy.queue: null",
  ]),
  replace("a variant that breaks the base", [
    "cluster.nodes[h100].count: 4",
    "cluster.nodes[l4].gpus: 0\n      policy.placement: consolidate\n      cluster.nodes[h100].count: 200001",
  ]),
  replace(
    "a broken base and a broken variant",
    ["count: 2", "count: two"],
    ["count: 4", "count: four"],
  ),
  sets("a set without a value", "cluster.nodes[0].count"),
  sets("a set of an unknown field", "cluster.nodes[0].cout=3"),
  sets("a set of an item that is not there", "cluster.nodes[9].count=3"),
  sets("a set of another item of one", "goals[1]=null", "goals[wiat].atMost=1h"),
  sets("a set with a wrong value", "cluster.nodes[h100].count=many"),
  sets("a set that is no YAML", "name='x"),
  sets("a set of extends", "extends=other.yaml"),
  sets("two sets that are wrong", "seed=-1", "policy.queue=lifo"),
  {
    title: "files that extend each other",
    text: "extends: b.yaml\n",
    texts: { "b.yaml": "extends: sub/c.yaml\n", "sub/c.yaml": "extends: ../s.yaml\n" },
  },
  { title: "a file that extends itself", text: "name: x\nextends: s.yaml\n" },
  { title: "an extended file that is not there", text: "extends: missing.yaml\n" },
  { title: "an extended file outside of the project", text: "extends: ../../base.yaml\n" },
  { title: "extends with a list", text: "extends: [base.yaml]\n" },
  {
    title: "a mistake in the extended file",
    text: "extends: base.yaml\nname: over\n",
    texts: { "base.yaml": VALID_SCENARIO.replace("hosting: vm", "hosting: cloud") },
  },
  {
    title: "a mistake in the file on top",
    text: "extends: base.yaml\ncluster:\n  gpuModels: [{name: G2, memry: 4GB}]\n",
    texts: { "base.yaml": VALID_SCENARIO },
  },
  replace(
    "several mistakes at once",
    ["seed: 7", "seed: x"],
    ["gpu: L4", "gpu: L5"],
    ["15m", "15 parsecs"],
  ),
  ...serviceCases(),
];

function textOf(bad: BadScenario): string {
  let text = bad.text ?? VALID_SCENARIO;
  for (const [from, to] of bad.replace ?? []) {
    if (!text.includes(from)) throw new Error(`${bad.title}: nothing to replace: ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

function renderedErrors(bad: BadScenario): string {
  try {
    parseScenario({
      file: "s.yaml",
      text: textOf(bad),
      overlays: (bad.sets ?? []).map(parseSetArgument),
      texts: new Map(Object.entries(bad.texts ?? {})),
      format: FIXTURE_FORMAT,
    });
  } catch (error) {
    if (error instanceof InputError) return renderProblems(error.problems);
    throw error;
  }
  throw new Error(`${bad.title}: accepted`);
}

test("the valid scenario is accepted", () => {
  expect(
    parseScenario({ file: "s.yaml", text: VALID_SCENARIO, format: FIXTURE_FORMAT }).warnings,
  ).toEqual([]);
});

test("every wrong scenario gives exactly the text a reviewer has seen", async () => {
  const titles = CASES.map((bad) => bad.title);
  expect(new Set(titles).size).toBe(titles.length);
  const document = [
    "# What wrong scenarios print",
    "",
    "Written by `npm run golden:update` from src/scenario/bad-scenarios.test.ts.",
    "",
    ...CASES.flatMap((bad) => [`## ${bad.title}`, "", "```text", renderedErrors(bad), "```", ""]),
  ].join("\n");
  await expect(document).toMatchFileSnapshot("golden/bad-scenarios.md");
});
