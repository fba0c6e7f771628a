import type { Problem } from "../../diagnostics/problem.js";
import type { TextColumn } from "./csv-table.js";
import { createJsonItemScanner } from "./json-items.js";
import type { JsonItem, JsonItemScanner, JsonPiece } from "./json-items.js";
import type { ReadingLog } from "./reading-log.js";

/** An object of a JSON document. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One element of a list of objects, with its place for problems. */
export interface JsonElement {
  readonly value: JsonObject;
  /** Line on which the element begins. */
  readonly line: number;
  /** Position in its list, counted from 0. */
  readonly index: number;
  isBroken(): boolean;
  /** Reports that a field breaks a rule; the place is the first field of that name in the element. */
  reject(field: string, rule: string, message: string, help?: string): void;
  /** A field as a column of text, for readers that serve tables and documents alike; null is "". */
  column(field: string, value: unknown): TextColumn;
}

/** Settings of a reader of JSON documents. */
export interface JsonDocumentOptions {
  readonly file: string;
  readonly log: ReadingLog;
  /** Lists of the outermost object whose elements are read. */
  readonly lists: readonly string[];
  readonly rowsMax: number;
  readonly onElement: (element: JsonElement, list: string) => void;
  readonly onField?: (name: string, value: unknown, piece: JsonPiece) => void;
}

/** Creates a reader that hands over the objects of a document's lists one by one. */
export function createJsonDocument(options: JsonDocumentOptions): JsonItemScanner {
  const { file, log } = options;
  const parse = (piece: JsonPiece): unknown => {
    try {
      return JSON.parse(piece.text) as unknown;
    } catch (error) {
      const { line, col } = piece;
      const message = `the value that begins here is not JSON: ${(error as Error).message}`;
      return log.fatal({ file, line, col, rule: "json", message });
    }
  };
  return createJsonItemScanner({
    lists: options.lists,
    onItem(item) {
      if (item.index >= options.rowsMax) {
        const message = `the trace has more than ${options.rowsMax} elements`;
        log.fatal({ file, line: item.line, col: item.col, rule: "too-many-rows", message });
      }
      const value = parse(item);
      if (isObject(value)) options.onElement(createElement(options, item, value), item.list);
      else {
        const { line, col } = item;
        const message = `element ${item.index} must be an object`;
        log.problem("json-element", () => ({ file, line, col, message }));
      }
    },
    onField: (name, piece) => options.onField?.(name, parse(piece), piece),
    onDefect: ({ message, line, col }) => log.fatal({ file, line, col, rule: "json", message }),
  });
}

/** True for a JSON object, false for lists, null and scalars. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a list; nothing when it is no list. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A scalar as text; "" for null, for a missing field, and for lists and objects. */
export function scalarText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function createElement(
  { file, log }: JsonDocumentOptions,
  item: JsonItem,
  value: JsonObject,
): JsonElement {
  let broken = false;
  const reject = (field: string, rule: string, message: string, help?: string): void => {
    broken = true;
    log.problem(rule, () => ({
      file,
      ...placeIn(item, field),
      path: `${item.list}[${item.index}].${field}`,
      message,
      ...(help === undefined ? {} : { help }),
    }));
  };
  return {
    value,
    line: item.line,
    index: item.index,
    isBroken: () => broken,
    reject,
    column: (field, fieldValue) => ({
      name: field,
      isPresent: () => fieldValue !== undefined,
      text: () => scalarText(fieldValue).trim(),
      reject: (rule, message, help) => reject(field, rule, message, help),
    }),
  };
}

/** Place of the first field of this name in the element, or of the element. */
function placeIn(item: JsonItem, field: string): Pick<Problem, "line" | "col" | "sourceLine"> {
  const offset = Math.max(0, item.text.indexOf(`"${field}"`));
  const before = item.text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  const line = item.line + before.split("\n").length - 1;
  // The element's first line may have text before it that is no longer known.
  if (lineStart === 0) return { line, col: item.col + offset };
  const sourceLine = item.text.slice(lineStart).split("\n", 1)[0]!;
  return { line, col: offset - lineStart + 1, sourceLine };
}
