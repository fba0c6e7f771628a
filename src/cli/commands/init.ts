import { existsSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";

import { parseDuration } from "../../base/units.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { loadScenario } from "../../io/load-scenario.js";
import { readTextFile } from "../../io/read-file.js";
import { mayReadFrom } from "../../io/scenario-root.js";
import { writeTextFile } from "../../io/write-text-file.js";
import { QUEUE_POLICIES } from "../../policy/queue/registry.js";
import { importFiles } from "../../scenario/import/import-files.js";
import { parseMachines } from "../../scenario/starter/machines.js";
import { starterText, type Starter } from "../../scenario/starter/starter-text.js";
import { askForInit, type InitAnswers } from "../init-questions.js";
import { shellQuoted } from "../text-layout.js";

interface InitOptions extends InitAnswers {
  readonly out: string;
  readonly format?: string;
  readonly gpu: readonly string[];
  readonly force?: true;
  readonly yes?: true;
}

/** Parameters of a week of a training team on this many GPUs, which come with Headroom. */
const SAMPLE = new URL("../../../traces/team-week.yaml", import.meta.url);
const SAMPLE_GPUS = 64;
const USUAL = { machines: "8 x DGX H100", queue: "fifo-skip", wait: "1h" } as const;

/** `headroom init`: an inventory and a trace, or a few answers, become a scenario that runs. */
export function registerInit(program: Command): void {
  program
    .command("init")
    .summary("make a first scenario from an inventory, a trace, or a few answers")
    .description(
      "Writes a commented scenario that runs. Machines come from an inventory (kubectl get nodes -o json, slurm.conf,\n" +
        "scontrol) or by name, jobs from a trace or from parameters that come with Headroom. At a terminal it asks for\n" +
        "what is not given.",
    )
    .argument(
      "[inventory...]",
      "files that say what machines there are, as headroom import reads them",
    )
    .option("--machines <list>", 'machines of the catalogue, such as "8 x DGX H100, 2 x DGX A100"')
    .option("--trace <file>", "jobs, in any format headroom trace reads")
    .option("--format <name>", "format of the trace; Headroom CSV when absent")
    .option(
      "--gpu <name=model>",
      "GPU model meant by a name in the inventory; may be repeated",
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option("--queue <policy>", `queue policy (default: "${USUAL.queue}")`)
    .option("--wait <time>", `longest wait 95 % of jobs may have (default: "${USUAL.wait}")`)
    .option("--out <file>", "scenario to write", "headroom.yaml")
    .option("--force", "write over a scenario that is there")
    .option("--yes", "ask nothing: take what is usual for everything that is not given")
    .addHelpText(
      "after",
      `
Examples:
  headroom init
  headroom init --machines "8 x DGX H100" --trace traces/team-week.csv --out mine.yaml
  headroom init nodes.json --trace jobs.csv --gpu "a100=A100 SXM4-80GB"
  headroom init --yes && headroom run headroom.yaml`,
    )
    .action(run);
}

async function run(inventory: readonly string[], options: InitOptions): Promise<void> {
  if (existsSync(options.out) && options.force !== true) {
    throw new InputError([
      {
        file: options.out,
        rule: "file",
        message: "is there already",
        help: "name another file with --out, or write over it with --force",
      },
    ]);
  }
  const answers = await completed(inventory, options);
  checkAnswers(answers);
  const { starter, more } = await starterOf(inventory, options, answers);
  const text = starterText(starter);
  for (const [path, content] of more) await writeTextFile(path, [content]);
  const outside = folderOutside(answers.trace, options.out);
  try {
    // What does not load must not be written.
    await loadScenario({
      path: options.out,
      text,
      ...(outside === undefined ? {} : { allowedFolders: [outside] }),
    });
  } catch (error) {
    for (const [path] of more) rmSync(path, { force: true });
    throw error;
  }
  await writeTextFile(options.out, [text]);
  const allow = outside === undefined ? "" : ` --allow-path ${shellQuoted(outside)}`;
  const wrote = [options.out, ...more.map(([path]) => path)].join(", ");
  process.stdout.write(
    `Wrote ${wrote}.\n\nNext:\n  headroom run ${shellQuoted(options.out)}${allow}\n  headroom explain policy.queue\n`,
  );
}

/** The folder of a trace that a scenario may read only when the command line says so. */
function folderOutside(trace: string | undefined, out: string): string | undefined {
  if (trace === undefined || trace === "" || mayReadFrom(out, [])(trace)) return undefined;
  return dirname(trace);
}

async function completed(inventory: readonly string[], options: InitOptions): Promise<InitAnswers> {
  const { machines, trace, queue, wait } = options;
  const known = {
    ...(machines === undefined ? {} : { machines }),
    ...(trace === undefined ? {} : { trace }),
    ...(queue === undefined ? {} : { queue }),
    ...(wait === undefined ? {} : { wait }),
  };
  const isSilent = options.yes === true || process.stdin.isTTY !== true;
  if (isSilent) return { ...USUAL, ...known };
  const needed = new Set<keyof InitAnswers>(["trace", "queue", "wait"]);
  if (inventory.length === 0) needed.add("machines");
  return { ...USUAL, ...(await askForInit(known, needed)) };
}

function checkAnswers({ queue, wait }: InitAnswers): void {
  const problems: Problem[] = [];
  const names = QUEUE_POLICIES.map(({ name }) => name);
  if (queue !== undefined && !names.includes(queue)) {
    const suggestion = didYouMean(queue, names);
    problems.push({
      file: "--queue",
      rule: "unknown-name",
      message: `there is no queue policy "${queue}"`,
      allowed: names,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  const parsed = wait === undefined ? undefined : parseDuration(wait);
  if (parsed?.ok === false)
    problems.push({ file: "--wait", rule: "bad-quantity", message: parsed.message });
  if (problems.length > 0) throw new InputError(problems);
}

/** The starter, and files that have to stand beside it. */
async function starterOf(
  inventory: readonly string[],
  options: InitOptions,
  { machines = USUAL.machines, trace, queue = USUAL.queue, wait = USUAL.wait }: InitAnswers,
): Promise<{ readonly starter: Starter; readonly more: readonly (readonly [string, string])[] }> {
  const { cluster, policy, gpus } =
    inventory.length > 0 ? await fromInventory(inventory, options) : fromCatalogue(machines);
  const name = basename(options.out).replace(/\.ya?ml$/u, "");
  const common = { name, cluster, queue, placement: "pack", waitP95: wait, ...policy };
  if (trace !== undefined && trace !== "") {
    const seen = relative(dirname(resolve(options.out)), resolve(trace)) || trace;
    const { format } = options;
    const jobs = { trace: seen, ...(format === undefined ? {} : { format }) };
    return { starter: { ...common, jobs }, more: [] };
  }
  const parameters = `${name}-jobs.yaml`;
  const load = Number((gpus / SAMPLE_GPUS).toPrecision(4));
  return {
    starter: { ...common, jobs: { generate: parameters, load } },
    more: [[join(dirname(options.out), parameters), await readTextFile(fileURLToPath(SAMPLE))]],
  };
}

type Part = Pick<Starter, "cluster"> & {
  readonly policy: Pick<Starter, "policy">;
  readonly gpus: number;
};

function fromCatalogue(text: string): Part {
  const parsed = parseMachines(text, "--machines");
  if (!parsed.ok) throw new InputError(parsed.problems);
  const { machines } = parsed;
  const gpus = machines.reduce((sum, { sku, count }) => sum + sku.gpuCount * count, 0);
  return { cluster: { machines }, policy: {}, gpus };
}

async function fromInventory(
  files: readonly string[],
  { gpu, machines }: InitOptions,
): Promise<Part> {
  if (machines !== undefined) {
    throw new InputError([
      {
        file: "--machines",
        rule: "conflicting-fields",
        message: "is given together with an inventory; machines come from one of them",
      },
    ]);
  }
  const sources = await Promise.all(
    files.map(async (file) => ({ file, text: await readTextFile(file) })),
  );
  const result = importFiles(sources, { gpus: gpuMapping(gpu) });
  if (result.kind !== "scenario" || result.scenario.cluster === undefined) {
    throw new InputError([
      {
        file: files.join(", "),
        rule: "file",
        message: "says nothing of machines",
        help: "an inventory is kubectl get nodes -o json, slurm.conf, or scontrol show node -o",
      },
    ]);
  }
  const { cluster, policy } = result.scenario;
  const gpus = cluster.nodes.reduce((sum, { count, gpus: each = 0 }) => sum + count * each, 0);
  return {
    cluster: { imported: cluster, from: files.map((file) => basename(file)) },
    policy: policy === undefined ? {} : { policy },
    gpus,
  };
}

function gpuMapping(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    given.map((entry) => {
      const at = entry.indexOf("=");
      if (at > 0) return [entry.slice(0, at).trim(), entry.slice(at + 1).trim()] as const;
      throw new InputError([
        { file: "--gpu", rule: "bad-set", message: `must be name=model, got "${entry}"` },
      ]);
    }),
  );
}
