import { isObject } from "../reading/json-element.js";
import type { JsonObject } from "../reading/json-element.js";
import type { ReadingContext } from "./trace-format.js";

/** Steps per second of Gavel's job types on one GPU model. */
export interface GavelRates {
  push(text: string): void;
  end(): void;
  /** The GPU model whose rates are used. */
  readonly gpu: string;
  /** Steps per second of a job type on a number of GPUs; undefined when the file has none. */
  rateOf(type: string, gpus: number): number | undefined;
}

/** Largest throughput file; Gavel's are 1.3 MB. */
const LENGTH_MAX = 64 * 1024 * 1024;

/**
 * Reads Gavel's throughput file: GPU model → job type → `null` → steps per second, alone on the GPUs.
 *
 * Job types are `('ResNet-18 (batch size 32)', 2)` with the number of GPUs, or without it for one GPU.
 * Entries under the names of other job types are rates of pairs that share a GPU, and are not used.
 */
export function createGavelRates(context: ReadingContext, file: string): GavelRates {
  const { log, options } = context;
  let text = "";
  let gpu = "";
  let ofModel: JsonObject = {};
  return {
    push(piece) {
      text += piece;
      if (text.length > LENGTH_MAX) {
        const message = `a throughput file has at most ${LENGTH_MAX} characters`;
        log.fatal({ file, rule: "too-large", message });
      }
    },
    end() {
      const document = parse(context, file, text);
      const models = Object.keys(document);
      gpu = options.referenceGpu ?? models[0] ?? "";
      const found = document[gpu];
      if (!isObject(found)) {
        return log.fatal({
          file,
          rule: "unknown-gpu",
          message: `the throughput file has no GPU model "${gpu}"`,
          allowed: models,
        });
      }
      ofModel = found;
      log.note(`durations are steps ÷ the rate of the job type on ${gpu}`);
      text = "";
    },
    get gpu() {
      return gpu;
    },
    rateOf(type, gpus) {
      const entry = ofModel[`('${type}', ${gpus})`] ?? (gpus === 1 ? ofModel[type] : undefined);
      const rate = isObject(entry) ? entry.null : undefined;
      return typeof rate === "number" ? rate : undefined;
    },
  };
}

function parse({ log }: ReadingContext, file: string, text: string): JsonObject {
  try {
    const document: unknown = JSON.parse(text);
    if (isObject(document)) return document;
  } catch (error) {
    const message = `the throughput file is not JSON: ${(error as Error).message}`;
    return log.fatal({ file, line: 1, col: 1, rule: "json", message });
  }
  return log.fatal({ file, line: 1, col: 1, rule: "json", message: "must be a JSON object" });
}
