import { InputError } from "../../diagnostics/problem.js";
import { readTextFile } from "../../io/read-file.js";
import {
  DecoderConfigError,
  decoderFromConfig,
} from "../../performance/llm/decoder-from-config.js";
import type { DecoderModel } from "../../performance/llm/decoder-model.js";
import { findDecoder } from "../../performance/llm/known-decoders.js";

/**
 * The model a person named, or the one their config.json describes.
 *
 * @throws InputError with the nearest names, or what the file lacks
 */
export async function servedModel(
  name: string,
  configPath: string | undefined,
): Promise<DecoderModel> {
  if (configPath !== undefined) return fromConfig(name, configPath);
  const found = findDecoder(name);
  const file = "--model";
  switch (found.kind) {
    case "found":
      return found.model;
    case "no-shape":
      throw new InputError([
        {
          file,
          rule: "unknown-shape",
          message: `how ${found.spec.name} is built is not known here: ${found.reason}`,
          help: "give its config.json: --config FILE",
        },
      ]);
    case "needs-config":
      throw new InputError([
        {
          file,
          rule: "needs-config",
          message: `nobody here knows how ${name} is built`,
          ...nearest(found.nearest),
          help: "give its config.json from the model hub: --config FILE",
        },
      ]);
    case "unknown":
      throw new InputError([
        {
          file,
          rule: "unknown-name",
          message: `there is no model "${name}"`,
          ...nearest(found.nearest),
          help: "headroom kaito models lists them; for any other give its config.json: --config FILE",
        },
      ]);
  }
}

function nearest(names: readonly string[]): {
  readonly suggestion?: string;
  readonly allowed?: readonly string[];
} {
  const [first] = names;
  return first === undefined ? {} : { suggestion: first, allowed: names };
}

async function fromConfig(name: string, path: string): Promise<DecoderModel> {
  const text = await readTextFile(path);
  try {
    return decoderFromConfig(name, JSON.parse(text));
  } catch (error) {
    if (!(error instanceof DecoderConfigError || error instanceof SyntaxError)) throw error;
    throw new InputError([{ file: path, rule: "model-config", message: error.message }]);
  }
}
