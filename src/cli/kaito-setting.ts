import { parseBytes } from "../base/units.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { InputError, type Problem } from "../diagnostics/problem.js";
import { GIBIBYTE } from "../hardware/byte-units.js";
import { readTextFile } from "../io/read-file.js";
import type { KaitoSetting } from "../kaito/check-manifest.js";
import { findEstimator, NODE_ESTIMATORS, type NodeEstimator } from "../kaito/estimators.js";
import type { NodeLabels } from "../kaito/gpu-config.js";
import { readManifests, type ReadManifests } from "../kaito/manifest/parse-manifests.js";
import { ModelConfigError, modelFromConfig } from "../kaito/model-from-config.js";
import type { ModelSpec } from "../kaito/model-spec.js";

/** Options that `kaito lint` and `kaito nodes` share. */
export interface KaitoOptions {
  readonly lenient?: true;
  readonly byo?: string | true;
  readonly mig?: true;
  readonly accelerators?: true;
  readonly modelConfig: readonly string[];
  readonly estimator?: string;
  readonly json?: true;
}

/** Everything a command needs, read and checked. */
export interface KaitoInput {
  readonly parsed: ReadManifests;
  readonly setting: KaitoSetting;
  readonly readyNodes: readonly NodeLabels[];
}

/** Reads manifests, the nodes one brings and the config.json files a command line names. */
export async function readKaitoInput(
  files: readonly string[],
  options: KaitoOptions,
): Promise<KaitoInput> {
  const models = await Promise.all(options.modelConfig.map(readModelConfig));
  const nodes = typeof options.byo === "string" ? await readNodes(options.byo) : undefined;
  const sources = await Promise.all(
    files.map(async (file) => ({ file, text: await readTextFile(file) })),
  );
  const lenient = options.lenient === true;
  const parsed = readManifests(sources, { lenient });
  return {
    parsed,
    readyNodes: nodes?.ready ?? [],
    setting: {
      provisionsNodes: options.byo === undefined,
      hasMig: options.mig === true,
      hasAccelerators: options.accelerators === true,
      configs: parsed.configs,
      models,
      lenient,
      ...(nodes === undefined ? {} : { nodes: nodes.all }),
    },
  };
}

/** The estimator a command line names; v0.12.0 when it names none. */
export function estimatorNamed(id: string = NODE_ESTIMATORS[0]!.id): NodeEstimator {
  const found = findEstimator(id);
  if (found !== undefined) return found;
  const allowed = NODE_ESTIMATORS.map((estimator) => estimator.id);
  const suggestion = didYouMean(id, allowed);
  throw argumentError("--estimator", {
    rule: "unknown-name",
    message: `there is no estimator "${id}"`,
    allowed,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

/** `NAME=FILE:SIZE`, such as `org/name=config.json:15.0GiB`. */
async function readModelConfig(text: string): Promise<ModelSpec> {
  const match = /^([^=]+\/[^=]+)=(.+):([^:]+)$/.exec(text);
  if (match === null) {
    throw argumentError("--model-config", {
      rule: "bad-argument",
      message: `must be NAME=FILE:SIZE, such as org/name=config.json:15.0GiB, got "${text}"`,
    });
  }
  const [, name, file, size] = match as unknown as readonly [string, string, string, string];
  const bytes = parseBytes(size);
  if (!bytes.ok || bytes.value <= 0) {
    const why = bytes.ok ? "must be above 0" : bytes.message;
    throw argumentError("--model-config", { rule: "bad-quantity", message: `${size}: ${why}` });
  }
  const content = await readTextFile(file);
  try {
    return modelFromConfig(name, parseJson(file, content), bytes.value / GIBIBYTE);
  } catch (error) {
    if (!(error instanceof ModelConfigError)) throw error;
    throw new InputError([{ file, rule: "model-config", message: error.message }]);
  }
}

/** Labels of nodes, from `kubectl get nodes -o json`. */
async function readNodes(
  file: string,
): Promise<{ readonly all: readonly NodeLabels[]; readonly ready: readonly NodeLabels[] }> {
  const document = parseJson(file, await readTextFile(file)) as {
    readonly items?: unknown;
  } | null;
  const items = document?.items;
  if (!Array.isArray(items)) {
    const message = "must be the output of kubectl get nodes -o json: an object with items";
    throw new InputError([{ file, rule: "no-nodes", message }]);
  }
  const labelsOf = (node: unknown): NodeLabels => {
    const name = fieldOf(fieldOf(node, "metadata"), "name");
    const labels = stringsOf(fieldOf(fieldOf(node, "metadata"), "labels"));
    return typeof name === "string" ? { "kubernetes.io/hostname": name, ...labels } : labels;
  };
  return { all: items.map(labelsOf), ready: items.filter(isReady).map(labelsOf) };
}

function isReady(node: unknown): boolean {
  const conditions = fieldOf(fieldOf(node, "status"), "conditions");
  return (
    Array.isArray(conditions) &&
    conditions.some(
      (condition) =>
        fieldOf(condition, "type") === "Ready" && fieldOf(condition, "status") === "True",
    )
  );
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function stringsOf(value: unknown): NodeLabels {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = `is not JSON: ${(error as Error).message}`;
    throw new InputError([{ file, rule: "bad-json", message }]);
  }
}

function argumentError(argument: string, problem: Omit<Problem, "file">): InputError {
  return new InputError([{ file: argument, ...problem }]);
}
