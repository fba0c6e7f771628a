import type { LocatedMap, LocatedNode } from "../../diagnostics/located-node.js";
import { childOf, placeOf } from "../../diagnostics/located-node.js";
import type { Lint } from "./manifest.js";

/** A document in the standard form, and what had to be changed for that. */
export interface Standardized {
  readonly root: LocatedNode;
  readonly lints: readonly Lint[];
}

type Entries = Map<string, LocatedNode>;

/**
 * Brings a Workspace in the widespread non-standard form (`spec.preset`, `spec.inference.vllm.enabled`,
 * `spec.resource`) into the standard one, and says what was wrong with it. Only what applies is said.
 *
 * Source of the form and of what an API server makes of it: kaito-project/kaito@056b8280 api/v1beta1, where a
 * Workspace has no `spec`, the preset stands in `inference.preset`, and unknown fields are pruned.
 */
export function standardizeWorkspace(root: LocatedMap): Standardized {
  const lints: Lint[] = [];
  const lint = (id: string, node: LocatedNode, path: string, message: string): void => {
    const { file, line = 1 } = placeOf(node.keyOrigin ?? node.origin);
    lints.push({ id, path, message, file, line });
  };
  const entries: Entries = new Map(root.entries);
  const hadContent = entries.has("inference") || entries.has("tuning");
  const spec = entries.get("spec");
  if (spec?.kind === "map") {
    lint(
      "spec-wrapper",
      spec,
      "spec",
      "a Workspace has no spec: resource and inference stand at the top level",
    );
    entries.delete("spec");
    for (const [name, child] of spec.entries) if (!entries.has(name)) entries.set(name, child);
  }
  const prefix = spec?.kind === "map" ? "spec." : "";
  const preset = entries.get("preset");
  if (preset !== undefined) {
    lint(
      "preset-place",
      preset,
      `${prefix}preset`,
      "the preset stands in inference.preset, never beside inference",
    );
    entries.delete("preset");
    entries.set("inference", withField(entries.get("inference"), "preset", preset));
  }
  const inference = entries.get("inference");
  const vllm = inference === undefined ? undefined : childOf(inference, "vllm");
  if (vllm !== undefined && inference?.kind === "map") {
    lint(
      "vllm-switch",
      vllm,
      `${prefix}inference.vllm`,
      "there is no inference.vllm: vLLM is the default runtime, the annotation kaito.sh/runtime chooses another, and its arguments come from the ConfigMap named by inference.config",
    );
    const kept = new Map(inference.entries);
    kept.delete("vllm");
    entries.set("inference", { ...inference, entries: kept });
  }
  lintVersionAndSelector(entries, prefix, lint);
  if (!hadContent && lints.some(({ id }) => id === "spec-wrapper")) {
    lint(
      "nothing-left",
      spec!,
      "spec",
      'once unknown fields are pruned nothing is left; KAITO would answer "Either Inference or Tuning must be specified, not neither"',
    );
  }
  return { root: { ...root, entries }, lints };
}

function lintVersionAndSelector(
  entries: Entries,
  prefix: string,
  lint: (id: string, node: LocatedNode, path: string, message: string) => void,
): void {
  const version = entries.get("apiVersion");
  if (version?.kind === "scalar" && version.value === "kaito.sh/v1alpha1") {
    lint(
      "api-version",
      version,
      "apiVersion",
      "kaito.sh/v1alpha1 is still served, but kaito.sh/v1beta1 is what KAITO stores: write that",
    );
  }
  const resource = entries.get("resource");
  if (resource?.kind === "map" && childOf(resource, "labelSelector") === undefined) {
    lint(
      "label-selector",
      resource,
      `${prefix}resource.labelSelector`,
      "resource.labelSelector is missing: it is required, and selects the nodes",
    );
    const empty: LocatedNode = { kind: "map", origin: resource.origin, entries: new Map() };
    entries.set("resource", withField(resource, "labelSelector", empty));
  }
}

function withField(owner: LocatedNode | undefined, name: string, child: LocatedNode): LocatedMap {
  const entries: Entries = owner?.kind === "map" ? new Map(owner.entries) : new Map();
  entries.set(name, child);
  return { kind: "map", origin: owner?.origin ?? child.origin, entries };
}
