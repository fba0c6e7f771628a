// The composite action and the workflow of docs/ci.md, run step by step as GitHub would run their shell commands.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly default?: string; readonly required?: boolean }>
  >;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const action = parse(readFileSync(join(REPOSITORY, "action", "action.yml"), "utf8")) as Action;
const guide = readFileSync(join(REPOSITORY, "docs", "ci.md"), "utf8");
const workflows = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(
  ([, text]) => parse(text!) as Workflow,
);

/** Values of `${{ … }}` by the text inside. */
type Context = Readonly<Record<string, string>>;

function filled(text: string, context: Context): string {
  return text.replace(/\$\{\{\s*([^}]+?)\s*\}\}/g, (_whole, name: string) => {
    const value = context[name];
    if (value === undefined) throw new Error(`nothing is known of ${name}`);
    return value;
  });
}

interface StepRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs one shell step in a workspace; a step that fails ends the job as bash -e does. */
function runStep(step: Step, workspace: string, context: Context): StepRun {
  const [output, summary] = [join(workspace, ".output"), join(workspace, ".summary")];
  for (const file of [output, summary]) writeFileSync(file, "");
  const env = Object.fromEntries(
    Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value, context)]),
  );
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", filled(step.run!, context)],
    {
      cwd: workspace,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: workspace,
        GITHUB_ACTIONS: "true",
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...env,
      },
    },
  );
  const outputs = Object.fromEntries(
    readFileSync(output, "utf8")
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  return {
    exitCode: status,
    stdout: stdout + stderr,
    outputs,
    summary: readFileSync(summary, "utf8"),
  };
}

/** Runs the action with the inputs of a `with:`; what GitHub provides is left out. */
function runAction(inputs: Readonly<Record<string, string>>, workspace: string): StepRun {
  const unknown = Object.keys(inputs).filter((name) => action.inputs[name] === undefined);
  expect(unknown).toEqual([]);
  const context: Record<string, string> = { "github.action_path": join(REPOSITORY, "action") };
  for (const [name, { default: fallback, required }] of Object.entries(action.inputs)) {
    if (required === true) expect(inputs[name], name).toBeDefined();
    context[`inputs.${name}`] = inputs[name] ?? fallback ?? "";
  }
  let last: StepRun | undefined;
  for (const step of action.runs.steps.filter(({ run }) => run !== undefined)) {
    last = runStep(step, workspace, context);
    for (const [name, value] of Object.entries(last.outputs))
      context[`steps.${step.id ?? ""}.outputs.${name}`] = value;
    if (last.exitCode !== 0) break;
  }
  const outputs = Object.fromEntries(
    Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value, context)]),
  );
  return { ...last!, outputs };
}

/** Under fifo-skip the small jobs pass the large one that waits; under fifo-strict they wait behind it. */
const SCENARIO = `schema: headroom/scenario/v1
name: quickstart
cluster:
  nodes: [{ name: h100, count: 1, sku: Standard_ND96isr_H100_v5 }]
workload:
  jobs:
    - { id: first, submit: 0, gpus: 6, duration: 2h }
    - { id: large, submit: 1m, gpus: 8, duration: 1h }
    - { id: small, submit: 2m, gpus: 2, duration: 10m }
policy:
  queue: fifo-skip
  placement: pack
goals:
  - { metric: jobs.waitS.p50, atMost: 1h }
`;
let baseline: string | undefined;

/** A workspace with the scenario the workflow names and its baseline, which is made once. */
function workspaceWithScenario(): string {
  const workspace = temporaryFolder();
  mkdirSync(join(workspace, "scenarios"));
  mkdirSync(join(workspace, "bench"));
  writeFileSync(join(workspace, "scenarios", "quickstart.yaml"), SCENARIO);
  const path = join(workspace, "bench", "capacity.json");
  if (baseline === undefined) {
    const made = headroom(
      ["gate", "scenarios/quickstart.yaml", "--baseline", "bench/capacity.json", "--update"],
      { cwd: workspace },
    );
    expect(made.exitCode, made.stderr).toBe(0);
    baseline = readFileSync(path, "utf8");
  }
  writeFileSync(path, baseline);
  return workspace;
}

describe("the workflow of docs/ci.md with the composite action", () => {
  const [capacity] = workflows;
  const steps = capacity!.jobs["capacity"]!.steps;
  const gate = steps.find(({ uses }) => uses === "./action")!;

  test("passes when nothing changed, and the next step says so", () => {
    const workspace = workspaceWithScenario();
    const run = runAction(gate.with!, workspace);
    expect(run.exitCode, run.stdout).toBe(0);
    expect(run.outputs).toMatchObject({ status: "pass" });
    expect(run.summary).toContain("### ✅ Headroom capacity");
    expect(readFileSync(join(workspace, "headroom-reports", "headroom.xml"), "utf8")).toContain(
      'failures="0" errors="0"',
    );
    const context = Object.fromEntries(
      Object.entries(run.outputs).map(([name, value]) => [`steps.gate.outputs.${name}`, value]),
    );
    for (const step of steps.filter(({ run: script }) => script !== undefined)) {
      const said = runStep(step, workspace, context);
      expect(said.exitCode, said.stdout).toBe(0);
      expect(said.stdout).toContain("capacity: pass");
    }
  });

  test("fails with annotations when the queue policy makes people wait", () => {
    const workspace = workspaceWithScenario();
    const path = join(workspace, "scenarios", "quickstart.yaml");
    const text = readFileSync(path, "utf8");
    const changed = text.replace(/queue: [\w-]+/, "queue: fifo-strict");
    expect(changed).not.toBe(text);
    writeFileSync(path, changed);
    const run = runAction(gate.with!, workspace);
    expect(run.exitCode, run.stdout).toBe(1);
    expect(run.outputs["status"]).toBe("regression");
    expect(run.stdout).toMatch(/^::error file=scenarios\/quickstart\.yaml,title=regression::/m);
    expect(run.stdout.match(/^::error/gm)!.length).toBeLessThanOrEqual(10);
    expect(run.summary.startsWith("<!-- headroom:scenario:")).toBe(true);
    expect(existsSync(join(workspace, "headroom-reports", "headroom-bmf.json"))).toBe(true);
  });

  test("says bad input for a baseline that is none", () => {
    const workspace = workspaceWithScenario();
    writeFileSync(join(workspace, "bench", "capacity.json"), "{}");
    const run = runAction(gate.with!, workspace);
    expect(run.exitCode).toBe(2);
    expect(run.outputs["status"]).toBe("bad-input");
  });
});

test("the workflow for kernels gives the action inputs it knows", () => {
  const step = workflows[1]!.jobs["kernels"]!.steps.find(({ uses }) => uses === "./action")!;
  expect(Object.keys(step.with!).filter((name) => action.inputs[name] === undefined)).toEqual([]);
  const workspace = temporaryFolder();
  const run = runAction(step.with!, workspace);
  // Neither file is there: the message names it.
  expect(run.exitCode).toBe(2);
  expect(run.stdout).toContain("bench/baseline.json");
});
