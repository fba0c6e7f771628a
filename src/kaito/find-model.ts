import { didYouMean } from "../diagnostics/did-you-mean.js";
import { MODEL_CATALOGUE } from "./model-catalogue.js";
import type { ModelSpec } from "./model-spec.js";

/** Short names KAITO once had and still accepts (pkg/utils/plugin/plugin.go at v0.12.0), by catalogue name. */
export const LEGACY_NAMES: Readonly<Record<string, string>> = {
  "phi-4": "microsoft/phi-4",
  "phi-4-mini-instruct": "microsoft/Phi-4-mini-instruct",
  "llama-3.1-8b-instruct": "meta-llama/Llama-3.1-8B-Instruct",
  "llama-3.3-70b-instruct": "meta-llama/Llama-3.3-70B-Instruct",
  "deepseek-r1-distill-llama-8b": "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
  "deepseek-r1-distill-qwen-14b": "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B",
  "deepseek-r1-0528": "deepseek-ai/DeepSeek-R1-0528",
  "deepseek-v3-0324": "deepseek-ai/DeepSeek-V3-0324",
  "phi-3-mini-4k-instruct": "microsoft/Phi-3-mini-4k-instruct",
  "phi-3-mini-128k-instruct": "microsoft/Phi-3-mini-128k-instruct",
  "phi-3-medium-4k-instruct": "microsoft/Phi-3-medium-4k-instruct",
  "phi-3-medium-128k-instruct": "microsoft/Phi-3-medium-128k-instruct",
  "phi-3.5-mini-instruct": "microsoft/Phi-3.5-mini-instruct",
  "qwen2.5-coder-7b-instruct": "Qwen/Qwen2.5-Coder-7B-Instruct",
  "qwen2.5-coder-32b-instruct": "Qwen/Qwen2.5-Coder-32B-Instruct",
  "gpt-oss-20b": "openai/gpt-oss-20b",
  "gpt-oss-120b": "openai/gpt-oss-120b",
  "gemma-3-4b-instruct": "google/gemma-3-4b-it",
  "gemma-3-27b-instruct": "google/gemma-3-27b-it",
  "mistral-7b": "mistralai/Mistral-7B-v0.3",
  "mistral-7b-instruct": "mistralai/Mistral-7B-Instruct-v0.3",
  "ministral-3-3b-instruct": "mistralai/Ministral-3-3B-Instruct-2512",
  "ministral-3-8b-instruct": "mistralai/Ministral-3-8B-Instruct-2512",
  "ministral-3-14b-instruct": "mistralai/Ministral-3-14B-Instruct-2512",
  "mistral-large-3-675b-instruct": "mistralai/Mistral-Large-3-675B-Instruct-2512",
};

/** Names KAITO once had and refuses now. */
export const DEPRECATED_NAMES: readonly string[] = ["phi-2"];

/** Every name a preset may have, short ones last. */
export const PRESET_NAMES: readonly string[] = [
  ...MODEL_CATALOGUE.map(({ name }) => name),
  ...Object.keys(LEGACY_NAMES),
];

/** What became of a preset name. */
export type FoundModel =
  | { readonly kind: "found"; readonly model: ModelSpec }
  /** Any `organisation/name` is accepted; its figures come from its config.json. */
  | { readonly kind: "outside-catalogue" }
  | { readonly kind: "deprecated" }
  | { readonly kind: "unknown"; readonly nearest: string | undefined };

/** Looks a preset up as KAITO does: the catalogue and the short names, both without regard to letter case. */
export function findModel(name: string): FoundModel {
  const folded = name.toLowerCase();
  if (DEPRECATED_NAMES.includes(folded)) return { kind: "deprecated" };
  const full = Object.hasOwn(LEGACY_NAMES, folded) ? LEGACY_NAMES[folded]!.toLowerCase() : folded;
  const model = MODEL_CATALOGUE.find((candidate) => candidate.name.toLowerCase() === full);
  if (model !== undefined) return { kind: "found", model };
  if (/^[\w.-]+\/[\w.-]+$/.test(name)) return { kind: "outside-catalogue" };
  return { kind: "unknown", nearest: didYouMean(name, PRESET_NAMES) };
}

/** The nearest catalogue model of a name that is none, for `--lenient`; undefined when none is near. */
export function nearestModel(name: string): ModelSpec | undefined {
  const nearest = didYouMean(name, PRESET_NAMES);
  if (nearest === undefined) return undefined;
  const found = findModel(nearest);
  return found.kind === "found" ? found.model : undefined;
}
