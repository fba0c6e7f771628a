import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";
import { createJsonItemScanner, type JsonItem, type JsonPiece } from "../reading/json-items.js";
import {
  createRequestRows,
  type RequestReader,
  type RequestRow,
  type RequestRows,
  TOKENS_MAX,
} from "./request-rows.js";

/** Layouts in JSON, which also say what a real service took. */
export const JSON_REQUEST_FORMATS = [
  {
    name: "vllm-benchmark",
    description: "result of `vllm bench serve --save-result --save-detailed`",
  },
  {
    name: "inference-perf",
    description: "per_request_lifecycle_metrics.json of inference-perf",
  },
  {
    name: "vllm-requests",
    description:
      "one object per line: input_toks, output_toks, arrival_time, and engine timestamps",
  },
] as const;

/** Lists of a vLLM benchmark result; the last two are passed over element by element. */
const VLLM_LISTS = [
  "input_lens",
  "output_lens",
  "start_times",
  "ttfts",
  "itls",
  "errors",
  "generated_texts",
];

/** Makes a reader of one JSON document: a vLLM benchmark result, or inference-perf's list of requests. */
export function createJsonRequestReader(file: string): RequestReader {
  const rows = createRequestRows(file);
  const vllm = createVllmLists(file);
  let isList = false;
  const scanner = createJsonItemScanner({
    lists: VLLM_LISTS,
    onItem(item) {
      if (item.list === "") {
        isList = true;
        addPerfRequest(file, rows, item);
      } else vllm.add(item);
    },
    onField: () => undefined,
    onDefect({ message, line, col }) {
      throw new InputError([{ file, line, col, rule: "json", message }]);
    },
  });
  return {
    push: (text) => {
      scanner.push(text);
    },
    end() {
      scanner.end();
      if (isList) return rows.end("inference-perf");
      vllm.fill(rows);
      return rows.end("vllm-benchmark");
    },
  };
}

function parsed(file: string, piece: JsonPiece): unknown {
  try {
    return JSON.parse(piece.text) as unknown;
  } catch (error) {
    const { line, col } = piece;
    const message = `the value that begins here is not JSON: ${(error as Error).message}`;
    throw new InputError([{ file, line, col, rule: "json", message }]);
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The lists of a vLLM benchmark result, which stand side by side. */
function createVllmLists(file: string) {
  const numbers: Record<"input_lens" | "output_lens" | "start_times" | "ttfts", number[]> = {
    input_lens: [],
    output_lens: [],
    start_times: [],
    ttfts: [],
  };
  /** Seconds from the first token to the last. */
  const decodeS: number[] = [];
  const hasFailed: boolean[] = [];
  const lineOf: number[] = [];
  return {
    add(item: JsonItem): void {
      const { list } = item;
      if (list === "generated_texts") return;
      const value = parsed(file, item);
      if (list === "errors") hasFailed[item.index] = value !== "" && value !== null;
      else if (list === "itls") {
        decodeS[item.index] = Array.isArray(value)
          ? (value as number[]).reduce((sum, gap) => sum + gap, 0)
          : Number.NaN;
      } else {
        if (list === "input_lens") lineOf[item.index] = item.line;
        numbers[list as keyof typeof numbers][item.index] =
          typeof value === "number" ? value : Number.NaN;
      }
    },
    fill(rows: RequestRows): void {
      const { input_lens: inputs, output_lens: outputs, start_times: starts, ttfts } = numbers;
      if (inputs.length === 0 || outputs.length !== inputs.length) throw notDetailed(file);
      inputs.forEach((promptTokens, at) => {
        if (hasFailed[at] === true) {
          rows.addFailed();
          return;
        }
        const ttftS = ttfts[at];
        const decode = decodeS[at];
        const row: RequestRow = {
          arrivalS: starts[at] ?? Number.NaN,
          promptTokens,
          outputTokens: outputs[at]!,
          ...(ttftS === undefined ? {} : { ttftS }),
          ...(ttftS === undefined || decode === undefined ? {} : { e2eS: ttftS + decode }),
        };
        addChecked(rows, row, { file, line: lineOf[at] ?? 1 }, [
          "input_lens",
          "output_lens",
          ...(starts.length === 0 ? [] : ["start_times"]),
        ] as [string, string, string?]);
      });
    },
  };
}

function notDetailed(file: string): InputError {
  return new InputError([
    {
      file,
      rule: "unknown-format",
      message:
        "the JSON has no requests: it must be a list (inference-perf's per_request_lifecycle_metrics.json) or have input_lens and output_lens of equal length (vllm bench serve --save-detailed)",
      help: "run vllm bench serve with --save-result --save-detailed, or give a summary as --measured",
    },
  ]);
}

/** One request as inference-perf writes it. */
function addPerfRequest(file: string, rows: RequestRows, item: JsonItem): void {
  const value = parsed(file, item);
  const at = { file, line: item.line, col: item.col };
  const info = isFields(value) ? value["info"] : undefined;
  if (!isFields(value)) {
    rows.refuse({ ...at, rule: "bad-request", message: "a request must be an object" });
    return;
  }
  if (value["error"] !== null && value["error"] !== undefined) {
    rows.addFailed();
    return;
  }
  if (!isFields(info)) {
    rows.refuse({ ...at, rule: "bad-request", message: "a request must have info" });
    return;
  }
  const [startS, endS] = [numberOf(value["start_time"]), numberOf(value["end_time"])];
  const times = info["output_token_times"];
  const firstS = Array.isArray(times) ? numberOf(times[0]) : Number.NaN;
  const adapter = info["lora_adapter"];
  const row: RequestRow = {
    arrivalS: startS,
    promptTokens: numberOf(info["input_tokens"]),
    outputTokens: numberOf(info["output_tokens"]),
    ...(typeof adapter === "string" ? { adapter } : {}),
    ttftS: firstS - startS,
    e2eS: endS - startS,
  };
  addChecked(rows, row, at, ["info.input_tokens", "info.output_tokens", "start_time"]);
}

/** One request as a line of its own, with the engine's timestamps: from its entry into the queue. */
export function addEngineRequest(
  rows: RequestRows,
  value: unknown,
  at: { readonly file: string; readonly line: number },
): void {
  if (!isFields(value)) {
    rows.refuse({ ...at, rule: "bad-request", message: "a line must be an object" });
    return;
  }
  const queuedS = numberOf(value["queued_ts"]);
  const row: RequestRow = {
    arrivalS: numberOf(value["arrival_time"]),
    promptTokens: numberOf(value["input_toks"]),
    outputTokens: numberOf(value["output_toks"]),
    ttftS: numberOf(value["first_token_ts"]) - queuedS,
    e2eS: numberOf(value["last_token_ts"]) - queuedS,
  };
  addChecked(rows, row, at, ["input_toks", "output_toks", "arrival_time"]);
}

const numberOf = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);

function addChecked(
  rows: RequestRows,
  row: RequestRow,
  at: Pick<Problem, "file"> & Partial<Problem>,
  [promptName, outputName, arrivalName]: readonly [string, string, string?],
): void {
  const isCount = (value: number, least: number): boolean =>
    Number.isInteger(value) && value >= least && value <= TOKENS_MAX;
  const refuse = (name: string, least: number, value: number): void => {
    const got = Number.isNaN(value) ? "something that is no number" : String(value);
    const message = `${name} must be a whole number of tokens from ${least} to ${TOKENS_MAX}, got ${got}`;
    rows.refuse({ ...at, rule: "bad-request", message });
  };
  if (!isCount(row.promptTokens, 1)) refuse(promptName, 1, row.promptTokens);
  else if (!isCount(row.outputTokens, 0)) refuse(outputName, 0, row.outputTokens);
  else if (arrivalName !== undefined && !Number.isFinite(row.arrivalS)) {
    const message = `${arrivalName} must be a time in seconds`;
    rows.refuse({ ...at, rule: "bad-request", message });
  } else rows.add(row);
}
