import { InputError, type Problem } from "../../diagnostics/problem.js";
import {
  DecoderConfigError,
  decoderFromConfig,
} from "../../performance/llm/decoder-from-config.js";
import type { DecoderModel } from "../../performance/llm/decoder-model.js";
import { findDecoder } from "../../performance/llm/known-decoders.js";
import { problem, type ServiceQuestion, type ServiceTexts } from "./service-question.js";
import type { SettledManifest } from "./settle-manifest.js";

/**
 * The model of a service: by its config.json, by the preset of its manifest, or by its name.
 *
 * @throws InputError when it is not known
 */
export function modelOf(
  question: ServiceQuestion,
  manifest: SettledManifest | undefined,
): DecoderModel {
  const { input, texts } = question;
  if (texts.config !== undefined) return modelOfConfig(texts.config, input.name);
  const name = manifest?.presetName ?? input.model ?? "";
  const field = manifest === undefined ? "model" : "manifest";
  const found = findDecoder(name);
  if (found.kind === "found") return found.model;
  const fault = modelFault(name, found);
  throw new InputError([problem(question, field, fault)]);
}

/** Why a name is no model that can be simulated. */
export function modelFault(
  name: string,
  found: Exclude<ReturnType<typeof findDecoder>, { readonly kind: "found" }>,
): Pick<Problem, "rule" | "message"> & { readonly suggestion?: string; readonly help: string } {
  if (found.kind === "no-shape") {
    return {
      rule: "unknown-model",
      message: `the catalogue knows how large ${name} is and not how it is built: ${found.reason}`,
      help: "give its config.json: config: path/to/config.json",
    };
  }
  const [nearest, ...others] = found.nearest;
  return {
    rule: "unknown-model",
    message: `there is no model "${name}" in the catalogue`,
    ...(nearest === undefined ? {} : { suggestion: nearest }),
    help:
      found.kind === "needs-config"
        ? `any model can be given by its config.json: config: path/to/config.json`
        : others.length > 0
          ? `or ${others.join(", ")}; any other model can be given by its config.json`
          : "any other model can be given by its config.json",
  };
}

function modelOfConfig(file: NonNullable<ServiceTexts["config"]>, name: string): DecoderModel {
  const refused = (message: string): InputError =>
    new InputError([{ file: file.path, rule: "model-config", message }]);
  try {
    return decoderFromConfig(name, JSON.parse(file.text));
  } catch (error) {
    if (error instanceof DecoderConfigError) throw refused(error.message);
    if (error instanceof SyntaxError) throw refused(`is not JSON: ${error.message}`);
    throw error;
  }
}
