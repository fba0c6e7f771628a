import { childOf, type LocatedNode } from "../diagnostics/located-node.js";
import type { Problem } from "../diagnostics/problem.js";
import type { KaitoManifest } from "./manifest/manifest.js";

/** Takes what KAITO refuses, at its place. */
export type Report = (
  place: LocatedNode | undefined,
  path: string,
  message: string,
  more?: Partial<Problem>,
) => void;

/**
 * KAITO's refusals that need no nodes and no catalogue: names, adapters, sources of a tuning, the parts of a
 * RAGEngine, replicas and maintenance windows of an InferenceSet.
 *
 * Source: kaito-project/kaito api/v1beta1 workspace_validation.go, ragengine_validation.go, inferenceset_validation.go.
 */
export function checkContent(manifest: KaitoManifest, report: Report): void {
  checkName(manifest, report);
  checkAdapters(manifest, report);
  if (manifest.isTuning) checkTuning(manifest, report);
  if (manifest.kind === "RAGEngine") checkRagEngine(manifest, report);
  if (manifest.kind === "InferenceSet") checkInferenceSet(manifest, report);
}

/** As Kubernetes demands of a DNS label. */
function checkName({ kind, name, root }: KaitoManifest, report: Report): void {
  if (kind === "RAGEngine" || (name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)))
    return;
  const metadata = childOf(root, "metadata");
  const at = metadata === undefined ? undefined : (childOf(metadata, "name") ?? metadata);
  report(
    at,
    "metadata.name",
    `a lowercase RFC 1123 label must consist of at most 63 lower case alphanumeric characters or '-', and must start and end with an alphanumeric character, got "${name}"`,
  );
}

function checkAdapters({ places }: KaitoManifest, report: Report): void {
  const inference = places["inference"];
  const adapters = inference === undefined ? undefined : childOf(inference, "adapters");
  if (adapters?.kind !== "list") return;
  const known = new Set<string>();
  for (const adapter of adapters.items) {
    const source = childOf(adapter, "source");
    const name = source === undefined ? undefined : textOf(source, "name");
    if (source === undefined || name === undefined) continue;
    if (known.has(name))
      report(source, "inference.adapters", `Duplicate adapter source name found: ${name}`);
    known.add(name);
  }
}

function checkTuning({ places }: KaitoManifest, report: Report): void {
  const tuning = places["tuning"]!;
  for (const [field, name] of [
    ["input", "Input"],
    ["output", "Output"],
    ["preset", "Preset"],
  ] as const) {
    if (childOf(tuning, field) === undefined)
      report(tuning, `tuning.${field}`, `missing field(s): ${name}`);
  }
  const input = childOf(tuning, "input");
  if (input !== undefined && given(input, ["urls", "volumeSource", "image"]) !== 1)
    report(input, "tuning.input", "Exactly one of URLs, Volume, or Image must be specified");
  const output = childOf(tuning, "output");
  if (output === undefined) return;
  if (given(output, ["volumeSource", "image"]) !== 1)
    report(output, "tuning.output", "Exactly one of Volume or Image must be specified");
  if (has(output, "image") && !has(output, "imagePushSecret"))
    report(output, "tuning.output", "Must specify imagePushSecret with destination image");
}

function checkRagEngine({ root, places }: KaitoManifest, report: Report): void {
  const spec = childOf(root, "spec");
  if (spec === undefined) return;
  if (places["resource"] === undefined)
    report(spec, "spec.compute", "Compute resource must be specified");
  const embedding = childOf(spec, "embedding");
  if (embedding !== undefined) {
    const local = childOf(embedding, "local");
    const remote = childOf(embedding, "remote");
    const which = "Either remote embedding or local embedding must be specified";
    if (local === undefined && remote === undefined)
      report(embedding, "spec.embedding", `${which}, not neither`);
    if (local !== undefined && remote !== undefined)
      report(embedding, "spec.embedding", `${which}, but not both`);
    if (local !== undefined) checkLocalEmbedding(local, report);
    if (remote !== undefined) checkUrl(remote, "spec.embedding.remote.url", report);
  }
  const service = childOf(spec, "inferenceService");
  if (service === undefined) return;
  checkUrl(service, "spec.inferenceService.url", report);
  const window = childOf(service, "contextWindowSize");
  if (!(window?.kind === "scalar" && typeof window.value === "number" && window.value > 0))
    report(
      window ?? service,
      "spec.inferenceService.contextWindowSize",
      "ContextWindowSize must be a positive integer",
    );
}

function checkLocalEmbedding(local: LocatedNode, report: Report): void {
  const image = textOf(local, "image");
  const named = given(local, ["image", "modelID"]);
  const path = "spec.embedding.local";
  if (named === 0) report(local, path, "Either image or modelID must be specified, not neither");
  if (named === 2) report(local, path, "Either image or modelID must be specified, but not both");
  if (image !== undefined && image !== "" && !/^(.+\/[^:/]+):([^:/]+)$/.test(image))
    report(local, `${path}.image`, "Invalid image format, require full input image URL");
}

/** As Go's url.ParseRequestURI: an absolute address, or a path from the root. */
function checkUrl(owner: LocatedNode, path: string, report: Report): void {
  const url = textOf(owner, "url");
  if (url === undefined || url === "" || /^([a-zA-Z][a-zA-Z0-9+.-]*:|\/)\S*$/.test(url)) return;
  report(childOf(owner, "url"), path, `URL input error: parse "${url}": invalid URI for request`);
}

function checkInferenceSet({ root, replicas }: KaitoManifest, report: Report): void {
  const spec = childOf(root, "spec");
  if (spec === undefined) return;
  if (replicas < 0)
    report(childOf(spec, "replicas"), "spec.replicas", `must be non-negative, got ${replicas}`);
  const upgrade = childOf(spec, "autoUpgrade");
  const window = upgrade === undefined ? undefined : childOf(upgrade, "maintenanceWindow");
  if (window === undefined) return;
  const schedule = textOf(window, "schedule");
  const path = "spec.autoUpgrade.maintenanceWindow.schedule";
  if (schedule === undefined || schedule === "") report(window, path, `missing field(s): ${path}`);
  else if (schedule.trim().split(/\s+/).length !== 5 && !/^@\w+/.test(schedule))
    report(
      window,
      path,
      `invalid cron expression: expected exactly 5 fields, found ${schedule.trim().split(/\s+/).length}: [${schedule}]`,
    );
}

function has(owner: LocatedNode, name: string): boolean {
  const child = childOf(owner, name);
  return (
    child !== undefined &&
    !(child.kind === "scalar" && (child.value === null || child.value === ""))
  );
}

function given(owner: LocatedNode, names: readonly string[]): number {
  return names.filter((name) => has(owner, name)).length;
}

function textOf(node: LocatedNode, name: string): string | undefined {
  const child = childOf(node, name);
  return child?.kind === "scalar" && typeof child.value === "string" ? child.value : undefined;
}
