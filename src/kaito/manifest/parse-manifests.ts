import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { childOf, type LocatedNode, placeOf, plainValue } from "../../diagnostics/located-node.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { parseYamlDocuments } from "../../diagnostics/yaml-documents.js";
import { checkFields } from "./check-fields.js";
import { crdOf, KAITO_API_VERSIONS, KAITO_KINDS, type KaitoKind } from "./crd-fields.js";
import { inferenceConfigOf } from "./inference-config.js";
import { standardizeWorkspace } from "./lenient.js";
import type { InferenceConfig, KaitoManifest, Lint, Partition } from "./manifest.js";

/** A file as it was read. */
export interface ManifestSource {
  /** As printed in messages. */
  readonly file: string;
  readonly text: string;
}

/** Everything of KAITO in some files, as far as it has the form of its kind. */
export interface ReadManifests extends ParsedManifests {
  /** Of the objects that are left out. */
  readonly problems: readonly Problem[];
}

/** Everything of KAITO in some files. */
export interface ParsedManifests {
  readonly manifests: readonly KaitoManifest[];
  readonly configs: readonly InferenceConfig[];
  readonly lints: readonly Lint[];
}

/**
 * Reads KAITO's objects and the ConfigMaps of vLLM's arguments from YAML files; objects of other owners are
 * passed over.
 *
 * @param options.lenient accept the non-standard form of a Workspace, and say what is wrong with it
 * @throws InputError with every problem of all files: syntax, fields the kind does not have, wrong types
 */
export function parseManifests(
  sources: readonly ManifestSource[],
  options: { readonly lenient: boolean },
): ParsedManifests {
  const { problems, ...parsed } = readManifests(sources, options);
  if (problems.length > 0) throw new InputError(problems);
  return parsed;
}

/**
 * The same, with what is wrong beside what is in order, so that everything can be told at once. A list of objects, as
 * kubectl prints several, counts as its objects.
 */
export function readManifests(
  sources: readonly ManifestSource[],
  options: { readonly lenient: boolean },
): ReadManifests {
  const manifests: KaitoManifest[] = [];
  const configs: InferenceConfig[] = [];
  const lints: Lint[] = [];
  const problems: Problem[] = [];
  for (const { file, text } of sources) {
    const before = manifests.length + configs.length + problems.length;
    for (const root of documentsIn(file, text, problems)) {
      const apiVersion = textOf(root, "apiVersion");
      if (textOf(root, "kind") === "ConfigMap" && apiVersion === "v1") {
        const config = inferenceConfigOf(root, file, problems);
        if (config !== undefined) configs.push(config);
        continue;
      }
      if (!isForKaito(root)) continue;
      const kind = kindOf(root, problems);
      if (kind === undefined) continue;
      const standard =
        options.lenient && kind === "Workspace" && root.kind === "map"
          ? standardizeWorkspace(root)
          : { root, lints: [] };
      lints.push(...standard.lints);
      const found = fieldProblems(standard.root, kind, apiVersion ?? "");
      problems.push(...found);
      if (found.length === 0) manifests.push(manifestOf(standard.root, kind, file));
    }
    if (manifests.length + configs.length + problems.length === before) {
      const message = `the file has no object of KAITO (kaito.sh): ${KAITO_KINDS.join(", ")}`;
      problems.push({ file, line: 1, col: 1, rule: "no-manifest", message });
    }
  }
  return { manifests, configs, lints, problems };
}

function documentsIn(file: string, text: string, problems: Problem[]): readonly LocatedNode[] {
  try {
    return parseYamlDocuments(file, text).flatMap(objectsOf);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
    return [];
  }
}

/** The objects of a list (`List`, `WorkspaceList`); anything else is itself. */
function objectsOf(root: LocatedNode): readonly LocatedNode[] {
  const items = childOf(root, "items");
  return items?.kind === "list" && textOf(root, "kind")?.endsWith("List") === true
    ? items.items
    : [root];
}

/** An object of KAITO by its group, or by a kind only KAITO has. */
function isForKaito(root: LocatedNode): boolean {
  if (textOf(root, "apiVersion")?.startsWith("kaito.sh") === true) return true;
  const kind = textOf(root, "kind");
  return kind !== undefined && KAITO_KINDS.includes(kind as KaitoKind);
}

function kindOf(root: LocatedNode, problems: Problem[]): KaitoKind | undefined {
  const kind = textOf(root, "kind") ?? "";
  if (KAITO_KINDS.includes(kind as KaitoKind)) return kind as KaitoKind;
  const suggestion = didYouMean(kind, KAITO_KINDS);
  const node = childOf(root, "kind") ?? root;
  problems.push({
    ...placeOf(node.origin),
    rule: "unknown-kind",
    path: "kind",
    message: `kind must be one of ${KAITO_KINDS.join(", ")}, got "${kind}"`,
    allowed: KAITO_KINDS,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
  return undefined;
}

function fieldProblems(root: LocatedNode, kind: KaitoKind, apiVersion: string): Problem[] {
  const problems: Problem[] = [];
  if (!KAITO_API_VERSIONS.some((version) => version === apiVersion)) {
    const suggestion = didYouMean(apiVersion, KAITO_API_VERSIONS);
    problems.push({
      ...placeOf((childOf(root, "apiVersion") ?? root).origin),
      rule: "unknown-name",
      path: "apiVersion",
      message: `apiVersion must be one of ${KAITO_API_VERSIONS.join(", ")}, got "${apiVersion}"`,
      allowed: KAITO_API_VERSIONS,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  const found = checkFields(root, crdOf(kind, apiVersion));
  const hasStraySpec =
    kind === "Workspace" &&
    found.some(({ rule, path }) => rule === "unknown-field" && path === "spec");
  const help =
    "a Workspace has no spec: lift resource and inference to the top level, or use --lenient to see all that is wrong";
  problems.push(
    ...found.map((problem) =>
      hasStraySpec && problem.path === "spec" ? { ...problem, help } : problem,
    ),
  );
  return problems;
}

/** The parts of a checked document that matter here; absent ones stay absent. */
function manifestOf(root: LocatedNode, kind: KaitoKind, file: string): KaitoManifest {
  const owner =
    kind === "Workspace"
      ? root
      : kind === "InferenceSet"
        ? at(root, "spec.template")
        : at(root, "spec");
  const resource =
    owner === undefined ? undefined : childOf(owner, kind === "RAGEngine" ? "compute" : "resource");
  const inference = owner === undefined ? undefined : childOf(owner, "inference");
  const tuning = kind === "Workspace" ? childOf(root, "tuning") : undefined;
  const work = tuning ?? inference;
  const preset = work === undefined ? undefined : childOf(work, "preset");
  const adapters = inference === undefined ? undefined : childOf(inference, "adapters");
  const count = numberOf(resource, "count");
  const replicas = kind === "InferenceSet" ? numberOf(at(root, "spec"), "replicas") : undefined;
  return {
    kind,
    apiVersion: textOf(root, "apiVersion") ?? "",
    name: textOf(at(root, "metadata"), "name") ?? "",
    namespace: textOf(at(root, "metadata"), "namespace") ?? "default",
    file,
    root,
    runtime: annotationOf(root, kind, "kaito.sh/runtime") ?? "vllm",
    replicas: replicas ?? 1,
    ...optional("instanceType", textOf(resource, "instanceType")),
    ...optional("count", count),
    ...optional("partition", partitionOf(resource)),
    ...optional("presetName", textOf(preset, "name")),
    hasTemplate: inference !== undefined && childOf(inference, "template") !== undefined,
    isTuning: tuning !== undefined,
    ...optional("tuningMethod", textOf(tuning, "method")),
    ...optional("configName", textOf(work, "config")),
    adapterCount: adapters?.kind === "list" ? adapters.items.length : 0,
    places: { root, resource, inference, tuning, preset, owner },
  };
}

/** An InferenceSet hands the annotations of its template on to its Workspaces. */
function annotationOf(root: LocatedNode, kind: KaitoKind, name: string): string | undefined {
  const ofTemplate =
    kind === "InferenceSet" ? at(root, "spec.template.metadata.annotations") : undefined;
  return textOf(ofTemplate, name) ?? textOf(at(root, "metadata.annotations"), name);
}

function partitionOf(resource: LocatedNode | undefined): Partition | undefined {
  const node = resource === undefined ? undefined : childOf(resource, "partition");
  if (node === undefined) return undefined;
  const value = plainValue(node) as Partial<Partition> | null;
  return { mode: "", ...value };
}

function at(root: LocatedNode | undefined, path: string): LocatedNode | undefined {
  let node = root;
  for (const part of path.split(".")) node = node === undefined ? undefined : childOf(node, part);
  return node;
}

function textOf(node: LocatedNode | undefined, name: string): string | undefined {
  const child = node === undefined ? undefined : childOf(node, name);
  return child?.kind === "scalar" && typeof child.value === "string" ? child.value : undefined;
}

function numberOf(node: LocatedNode | undefined, name: string): number | undefined {
  const child = node === undefined ? undefined : childOf(node, name);
  return child?.kind === "scalar" && typeof child.value === "number" ? child.value : undefined;
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}
