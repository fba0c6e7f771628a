import { childOf, type LocatedNode, placeOf } from "../../diagnostics/located-node.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { parseYaml } from "../../diagnostics/yaml-source.js";
import type { InferenceConfig } from "./manifest.js";

/** Key of the ConfigMap that KAITO reads. */
export const CONFIG_KEY = "inference_config.yaml";

/**
 * Arguments of vLLM from a ConfigMap; undefined for one that is not meant for KAITO.
 *
 * @param problems takes what is wrong inside the key: no YAML, `vllm` that is no map, values that are no scalars
 */
export function inferenceConfigOf(
  root: LocatedNode,
  file: string,
  problems: Problem[],
): InferenceConfig | undefined {
  const data = childOf(root, "data");
  const node = data === undefined ? undefined : childOf(data, CONFIG_KEY);
  if (node?.kind !== "scalar" || typeof node.value !== "string") return undefined;
  const { line: keyLine = 1 } = placeOf(node.keyOrigin ?? node.origin);
  const inner = innerDocument(file, node.value, keyLine, problems);
  if (inner === undefined) return undefined;
  const values: Record<string, string> = {};
  const lineOf: Record<string, number> = {};
  const vllm = childOf(inner, "vllm");
  const refuse = (at: LocatedNode, path: string, message: string): void => {
    const line = keyLine + (placeOf(at.keyOrigin ?? at.origin).line ?? 1);
    problems.push({ file, line, col: 1, rule: "wrong-type", path, message });
  };
  if (vllm !== undefined && vllm.kind !== "map") {
    refuse(vllm, `${CONFIG_KEY}: vllm`, `${CONFIG_KEY}: vllm must be a map of arguments`);
  } else if (vllm !== undefined) {
    for (const [name, child] of vllm.entries) {
      if (child.kind !== "scalar") {
        refuse(
          child,
          `vllm.${name}`,
          `${CONFIG_KEY}: vllm.${name} must be one value, got a ${child.kind}`,
        );
        continue;
      }
      values[name] = String(child.value);
      lineOf[name] = keyLine + (placeOf(child.origin).line ?? 1);
    }
    checkContext(values["max-model-len"], (message) => {
      refuse(vllm.entries.get("max-model-len")!, "vllm.max-model-len", message);
    });
  }
  const metadata = childOf(root, "metadata");
  const text = (name: string): string | undefined => {
    const child = metadata === undefined ? undefined : childOf(metadata, name);
    return child?.kind === "scalar" && child.value !== null ? String(child.value) : undefined;
  };
  return {
    name: text("name") ?? "",
    namespace: text("namespace") ?? "default",
    file,
    vllm: values,
    lineOf,
  };
}

function checkContext(value: string | undefined, refuse: (message: string) => void): void {
  if (value === undefined || value === "auto" || /^[1-9]\d{0,8}$/.test(value)) return;
  refuse(`vllm.max-model-len must be a whole number of tokens above 0 or auto, got "${value}"`);
}

function innerDocument(
  file: string,
  text: string,
  keyLine: number,
  problems: Problem[],
): LocatedNode | undefined {
  try {
    return parseYaml(`${file} (${CONFIG_KEY})`, text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(
      ...error.problems.map((problem) => ({
        ...problem,
        file,
        line: keyLine + (problem.line ?? 1),
        endLine: keyLine + (problem.endLine ?? problem.line ?? 1),
      })),
    );
    return undefined;
  }
}
