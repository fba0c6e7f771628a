import { InputError } from "../../diagnostics/problem.js";
import { createCsvRequestReader, CSV_REQUEST_FORMATS } from "./csv-requests.js";
import {
  addEngineRequest,
  createJsonRequestReader,
  JSON_REQUEST_FORMATS,
} from "./json-requests.js";
import { createRequestRows, type RequestReader } from "./request-rows.js";

export type { RequestReader, RequestsRead } from "./request-rows.js";

/** The layouts that are read. */
export const REQUEST_FORMATS: readonly { readonly name: string; readonly description: string }[] = [
  ...CSV_REQUEST_FORMATS,
  ...JSON_REQUEST_FORMATS,
];

/** Makes a reader that takes whatever layout the beginning of the file shows. @param file name for messages */
export function createRequestReader(file: string): RequestReader {
  let reader: RequestReader | undefined;
  let held = "";
  const choose = (): RequestReader | undefined => {
    const begin = held.replace(/^\uFEFF/, "").trimStart();
    if (begin === "") return undefined;
    if (begin.startsWith("[")) return createJsonRequestReader(file);
    if (!begin.startsWith("{")) return createCsvRequestReader(file);
    // One object per line, or one object in all: the first line tells.
    const end = begin.indexOf("\n");
    if (end === -1 && held.length < FIRST_LINE_MAX) return undefined;
    return begin.slice(0, Math.max(0, end)).includes('"input_toks"')
      ? createLineRequestReader(file)
      : createJsonRequestReader(file);
  };
  return {
    push(text) {
      if (reader !== undefined) {
        reader.push(text);
        return;
      }
      held += text;
      reader = choose();
      if (reader === undefined) return;
      reader.push(held.replace(/^\uFEFF/, ""));
      held = "";
    },
    end() {
      if (reader === undefined) {
        reader = held.trimStart().startsWith("{")
          ? held.includes('"input_toks"')
            ? createLineRequestReader(file)
            : createJsonRequestReader(file)
          : createCsvRequestReader(file);
        reader.push(held.replace(/^\uFEFF/, ""));
      }
      return reader.end();
    },
  };
}

const FIRST_LINE_MAX = 64 * 1024;

function createLineRequestReader(file: string): RequestReader {
  const rows = createRequestRows(file);
  let rest = "";
  let line = 0;
  const read = (text: string): void => {
    line++;
    if (text.trim() === "") return;
    try {
      addEngineRequest(rows, JSON.parse(text), { file, line });
    } catch (error) {
      if (error instanceof InputError) throw error;
      rows.refuse({
        file,
        line,
        rule: "json",
        message: `the line is not JSON: ${(error as Error).message}`,
      });
    }
  };
  return {
    push(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      lines.forEach(read);
    },
    end() {
      if (rest !== "") read(rest);
      return rows.end("vllm-requests");
    },
  };
}
