import type { Command } from "commander";

import { placeOf } from "../../diagnostics/located-node.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { checkManifest } from "../../kaito/check-manifest.js";
import { NODE_ESTIMATORS } from "../../kaito/estimators.js";
import { KaitoRefusal } from "../../kaito/gpu-config.js";
import { nearestGpuSku } from "../../kaito/gpu-skus.js";
import type { KaitoManifest } from "../../kaito/manifest/manifest.js";
import { answerNodes, type NodeAnswer } from "../../kaito/node-answer.js";
import {
  estimatorNamed,
  type KaitoInput,
  type KaitoOptions,
  readKaitoInput,
} from "../kaito-setting.js";
import { lintLines, modelLines, nodeLines, skuLines } from "../print-kaito.js";

/** `headroom kaito`: what KAITO would make of a manifest, before there is a cluster. */
export function registerKaito(program: Command): void {
  const kaito = program
    .command("kaito")
    .summary("check KAITO manifests, and reckon the nodes they will get")
    .description(
      "Reads KAITO's Workspace, InferenceSet and RAGEngine manifests as an API server and KAITO's webhook do, and\n" +
        "reckons nodes and parallelism with the estimator of a KAITO version.",
    );
  sharedOptions(kaito.command("lint"))
    .summary("everything KAITO would refuse in manifests")
    .description("Prints everything in the manifests that KAITO or the API server would refuse.")
    .option("--json", "print {manifests, lints} to stdout, and nothing else there")
    .action(lint);
  sharedOptions(kaito.command("nodes"))
    .summary("how many nodes, of what, and how vLLM is spread over them")
    .description("Reckons the nodes of every manifest, and the parallelism and arguments of vLLM.")
    .option(
      "--estimator <version>",
      `rule of a KAITO version: ${NODE_ESTIMATORS.map(({ id }) => id).join(", ")}`,
      NODE_ESTIMATORS[0]!.id,
    )
    .option("--json", "print {nodes, estimator, model, lints, …} to stdout, and nothing else there")
    .addHelpText("after", `\nEstimators:\n${estimatorHelp()}`)
    .action(nodes);
  kaito
    .command("models")
    .summary("the models of KAITO's catalogue")
    .argument("[name]", "part of a name")
    .option("--json", "print the models as a JSON list")
    .action((name: string | undefined, options: { readonly json?: true }) => {
      process.stdout.write(`${modelLines(name, options.json === true).join("\n")}\n`);
    });
  kaito
    .command("skus")
    .summary("instance types KAITO knows, and ours for cards it does not")
    .argument("[name]", "part of a name")
    .option("--json", "print the instance types as a JSON list")
    .action((name: string | undefined, options: { readonly json?: true }) => {
      process.stdout.write(`${skuLines(name, options.json === true).join("\n")}\n`);
    });
}

function sharedOptions(command: Command): Command {
  return command
    .argument("<file...>", "YAML files: manifests, and ConfigMaps they name")
    .option(
      "--lenient",
      "accept the widespread non-standard form of a Workspace, and say what is wrong with it",
    )
    .option(
      "--byo [nodes.json]",
      "nodes one brings (disableNodeAutoProvisioning), from kubectl get nodes -o json",
    )
    .option("--mig", "the feature gate enableMIG is on")
    .option("--accelerators", "the feature gate enableAccelerator is on")
    .option(
      "--model-config <name=file:size>",
      "config.json and weight size of a model outside the catalogue; may be repeated",
      (value: string, before: readonly string[]) => [...before, value],
      [],
    );
}

function estimatorHelp(): string {
  return NODE_ESTIMATORS.map(
    ({ id, description, isExact }) =>
      `  ${id.padEnd(20)} ${description}${isExact ? "" : " (from its description, not its code)"}`,
  ).join("\n");
}

async function lint(files: readonly string[], options: KaitoOptions): Promise<void> {
  const input = await readKaitoInput(files, options);
  refuseProblems(input);
  const { manifests, lints } = input.parsed;
  if (options.json === true) {
    const names = manifests.map(({ kind, name, file }) => ({ kind, name, file }));
    process.stdout.write(`${JSON.stringify({ manifests: names, lints }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${lintLines(manifests, lints).join("\n")}\n`);
}

async function nodes(files: readonly string[], options: KaitoOptions): Promise<void> {
  const estimator = estimatorNamed(options.estimator);
  const input = await readKaitoInput(files, options);
  refuseProblems(input);
  const { lints } = input.parsed;
  const answers = input.parsed.manifests.map((manifest) =>
    answer(manifest, () => answerNodes(manifest, input.setting, estimator, input.readyNodes)),
  );
  for (const { model } of answers) {
    if (model?.substituted !== true) continue;
    process.stderr.write(
      `warning: "${model.requested}" is not in KAITO's catalogue; reckoned with the nearest, ${model.used}\n`,
    );
  }
  for (const { message, path, file, line } of lints)
    process.stderr.write(`warning: ${file}:${line}: ${path}: ${message}\n`);
  if (options.json === true)
    process.stdout.write(`${JSON.stringify(documentOf(answers, input), null, 2)}\n`);
  else process.stdout.write(`${nodeLines(answers).join("\n")}\n`);
}

/** One object for one manifest; for several the sum, and the objects in a list. */
function documentOf(answers: readonly NodeAnswer[], { parsed }: KaitoInput): unknown {
  const lints = parsed.lints.map(({ id, path, message }) => ({ id, path, message }));
  const [only] = answers;
  if (answers.length === 1) return { ...only, lints };
  const sum = answers.reduce((total, { nodes: count }) => total + count, 0);
  return { nodes: sum, estimator: only?.estimator ?? null, manifests: answers, lints };
}

function refuseProblems({ parsed, setting }: KaitoInput): void {
  const found = parsed.manifests.flatMap((manifest) => checkManifest(manifest, setting));
  const problems = [...parsed.problems, ...found];
  if (problems.length > 0) throw new InputError(problems);
}

/** A refusal of the estimator is bad input, at the place of the resources. */
function answer(manifest: KaitoManifest, compute: () => NodeAnswer): NodeAnswer {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof KaitoRefusal)) throw error;
    const at = manifest.places["resource"] ?? manifest.places["root"]!;
    const problem: Problem = {
      ...placeOf(at.keyOrigin ?? at.origin),
      rule: "kaito-refuses",
      message: error.message,
    };
    const suggestion = suggestedType(manifest, error.message);
    throw new InputError([suggestion === undefined ? problem : { ...problem, suggestion }]);
  }
}

function suggestedType({ instanceType }: KaitoManifest, message: string): string | undefined {
  if (instanceType === undefined || !message.includes("instance type")) return undefined;
  return nearestGpuSku(instanceType);
}
