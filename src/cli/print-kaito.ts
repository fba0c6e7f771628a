import { attentionOf, bytesPerToken } from "../kaito/model-spec.js";
import { LEGACY_NAMES } from "../kaito/find-model.js";
import { GPU_SKUS } from "../kaito/gpu-skus.js";
import type { KaitoManifest, Lint } from "../kaito/manifest/manifest.js";
import { MODEL_CATALOGUE } from "../kaito/model-catalogue.js";
import type { NodeAnswer } from "../kaito/node-answer.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** What `kaito lint` prints for manifests that are not refused. */
export function lintLines(manifests: readonly KaitoManifest[], lints: readonly Lint[]): string[] {
  const lines = lints.flatMap(({ file, line, path, message, id }) => [
    `${file}:${line}: ${path} [${id}]`,
    `  ${wrapText(message, 2)}`,
  ]);
  const count = manifests.length === 1 ? "1 manifest" : `${manifests.length} manifests`;
  if (lints.length === 0) return [`${count}: nothing KAITO would refuse.`];
  return [
    ...lines,
    "",
    `${count}: ${lints.length === 1 ? "1 thing" : `${lints.length} things`} to mend; as it stands, KAITO refuses the form.`,
  ];
}

/** What `kaito nodes` prints. */
export function nodeLines(answers: readonly NodeAnswer[]): string[] {
  if (answers.length === 0) return ["No manifest here asks for GPU nodes by a preset or a count."];
  return answers.flatMap((answer, index) => [...(index === 0 ? [] : [""]), ...oneAnswer(answer)]);
}

function oneAnswer(answer: NodeAnswer): string[] {
  const { kind, name, nodes, nodesPerReplica, replicas, gpu, model, parallelism, estimator } =
    answer;
  const each = replicas === 1 ? "" : ` (${replicas} replicas of ${nodesPerReplica})`;
  const title = `${kind} ${name}: ${nodes} ${nodes === 1 ? "node" : "nodes"}${each}`;
  const rows: [string, string][] = [];
  if (model !== null) {
    const asked = model.substituted ? `, nearest to ${model.requested}` : "";
    rows.push(["model", `${model.used}${asked}`]);
  }
  if (gpu !== null) {
    const what = gpu.gpuModel === "" ? "GPU" : gpu.gpuModel;
    rows.push(["each node", `${gpu.name}: ${gpu.gpus} × ${what}, ${gpu.memoryGi} GiB in all`]);
  }
  if (parallelism !== null) {
    const { dataParallel, tensorParallel, pipelineParallel } = parallelism;
    rows.push([
      "spread",
      `data parallel ${dataParallel}, tensor parallel ${tensorParallel}, pipeline parallel ${pipelineParallel}`,
    ]);
  }
  rows.push([
    "estimator",
    model === null ? "none: without a preset the count is taken" : estimator,
  ]);
  const { vllm } = answer;
  if (vllm !== null) {
    const text = Object.entries(vllm)
      .map(([key, value]) => `--${key}=${value}`)
      .join(" ");
    rows.push(["vLLM", text]);
  }
  const width = Math.max(...rows.map(([label]) => label.length));
  return [
    title,
    ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${wrapText(text, width + 4)}`),
  ];
}

/** The models whose name holds the text, as lines or as one JSON list. */
export function modelLines(text: string | undefined, json: boolean): string[] {
  const shortNames = new Map(Object.entries(LEGACY_NAMES).map(([short, full]) => [full, short]));
  const models = MODEL_CATALOGUE.filter(
    ({ name }) => holds(name, text) || holds(shortNames.get(name), text),
  );
  if (json) {
    const list = models.map((model) => ({
      ...model,
      attention: attentionOf(model),
      bytesPerToken: bytesPerToken(model),
    }));
    return [JSON.stringify(list, null, 2)];
  }
  if (models.length === 0) return [`No model of the catalogue has "${text ?? ""}" in its name.`];
  return alignColumns([
    [
      "model",
      "short name",
      "weights (GiB)",
      "context (tokens)",
      "KV cache (bytes per token)",
      "attention",
      "quantised",
    ],
    ...models.map((model) => [
      model.name,
      shortNames.get(model.name) ?? "",
      model.weightsGi.toFixed(2),
      String(model.tokenLimit),
      String(bytesPerToken(model)),
      attentionOf(model),
      model.quantization ?? "",
    ]),
  ]);
}

/** The instance types whose name holds the text, as lines or as one JSON list. */
export function skuLines(text: string | undefined, json: boolean): string[] {
  const skus = GPU_SKUS.filter(({ name, gpuModel }) => holds(name, text) || holds(gpuModel, text));
  if (json) return [JSON.stringify(skus, null, 2)];
  if (skus.length === 0) return [`No instance type has "${text ?? ""}" in its name or its GPU.`];
  return alignColumns([
    ["instance type", "GPUs", "memory (GiB)", "table"],
    ...skus.map(({ name, gpus, gpuModel, memoryGi, pack }) => [
      name,
      `${gpus} × ${gpuModel}`,
      String(memoryGi),
      pack,
    ]),
  ]);
}

function holds(name: string | undefined, text: string | undefined): boolean {
  return text === undefined || name?.toLowerCase().includes(text.toLowerCase()) === true;
}
