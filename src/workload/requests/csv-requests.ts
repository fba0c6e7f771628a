import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";
import { parseTime } from "../reading/civil-time.js";
import { type CsvRecord, createCsvScanner } from "../reading/csv-scanner.js";
import {
  createRequestRows,
  type RequestReader,
  type RequestRow,
  type RequestRows,
  TOKENS_MAX,
} from "./request-rows.js";

/** A layout of request traces in CSV, told by its header. */
export interface CsvRequestFormat {
  readonly name: string;
  readonly description: string;
  /** Columns for arrival, prompt and answer. */
  readonly columns: readonly [arrival: string, prompt: string, output: string];
}

/** The layouts in CSV. */
export const CSV_REQUEST_FORMATS: readonly CsvRequestFormat[] = [
  {
    name: "azure",
    description: "Azure LLM inference traces of 2023 and 2024",
    columns: ["TIMESTAMP", "ContextTokens", "GeneratedTokens"],
  },
  {
    name: "burstgpt",
    description: "BurstGPT; requests without an answer are left out",
    columns: ["Timestamp", "Request tokens", "Response tokens"],
  },
  {
    name: "vidur",
    description: "traces of the Vidur simulator",
    columns: ["arrived_at", "num_prefill_tokens", "num_decode_tokens"],
  },
  {
    name: "headroom",
    description: "our own; class, adapter, prefixGroup, prefixTokens, conversation where wanted",
    columns: ["arrivalS", "promptTokens", "outputTokens"],
  },
];

/** Optional columns of our own layout. */
const OPTIONAL = ["class", "adapter", "prefixGroup", "prefixTokens", "conversation"] as const;

/** Makes a reader of request traces in CSV. */
export function createCsvRequestReader(file: string): RequestReader {
  return new CsvRequestReader(file);
}

class CsvRequestReader implements RequestReader {
  private format: CsvRequestFormat | undefined;
  private places: readonly number[] = [];
  private optional: readonly number[] = [];
  private headerProblem: Problem | undefined;
  private readonly rows: RequestRows;
  private readonly scanner = createCsvScanner({
    delimiter: ",",
    onRecord: (record) => {
      this.read(record);
    },
    onDefect: ({ rule, message, position }) => {
      this.rows.refuse({ file: this.file, rule, message, ...position });
    },
  });

  constructor(private readonly file: string) {
    this.rows = createRequestRows(file);
  }

  push(text: string): void {
    this.scanner.push(text);
  }

  end(): ReturnType<RequestReader["end"]> {
    this.scanner.end();
    const { file, format } = this;
    if (this.headerProblem !== undefined) throw new InputError([this.headerProblem]);
    if (format === undefined)
      throw new InputError([{ file, rule: "empty-file", message: "the file is empty" }]);
    return this.rows.end(format.name);
  }

  private read(record: CsvRecord): void {
    if (this.headerProblem !== undefined) return;
    if (this.format === undefined) this.readHeader(record);
    else if (!(record.fields.length === 1 && record.fields[0] === "")) this.readRow(record);
  }

  private readHeader(record: CsvRecord): void {
    const names = record.fields.map((name) => name.replace(/^\uFEFF/, "").trim());
    const format = CSV_REQUEST_FORMATS.find(({ columns }) =>
      columns.every((column) => names.includes(column)),
    );
    if (format === undefined) {
      const known = CSV_REQUEST_FORMATS.map(
        ({ name, columns }) => `${columns.join(", ")} (${name})`,
      );
      this.headerProblem = {
        file: this.file,
        ...record.positionOf(0),
        rule: "unknown-format",
        message: `the header is none of a request trace; it must have the columns ${known.join(" or ")}`,
      };
      return;
    }
    this.format = format;
    this.places = format.columns.map((column) => names.indexOf(column));
    this.optional =
      format.name === "headroom" ? OPTIONAL.map((column) => names.indexOf(column)) : [];
  }

  private readRow(record: CsvRecord): void {
    const [arrivalAt, promptAt, outputAt] = this.places as [number, number, number];
    const arrivalS = parseArrival(record.fields[arrivalAt] ?? "");
    if (arrivalS === undefined) {
      this.refuseField(record, 0, "must be a time, or seconds of 0 and more");
      return;
    }
    const promptTokens = tokensOf(record.fields[promptAt]);
    const outputTokens = tokensOf(record.fields[outputAt]);
    if (promptTokens === undefined || promptTokens === 0) {
      this.refuseField(record, 1, `must be a whole number of tokens from 1 to ${TOKENS_MAX}`);
    } else if (outputTokens === undefined) {
      this.refuseField(record, 2, `must be a whole number of tokens from 0 to ${TOKENS_MAX}`);
    } else if (this.optional.length === 0) {
      this.rows.add({ arrivalS, promptTokens, outputTokens });
    } else this.addWithExtras(record, { arrivalS, promptTokens, outputTokens });
  }

  private addWithExtras(record: CsvRecord, row: RequestRow): void {
    const text = (at: number): string => record.fields[this.optional[at]!] ?? "";
    const prefixText = text(3);
    const prefixTokens = prefixText === "" ? 0 : tokensOf(prefixText);
    if (prefixTokens === undefined || prefixTokens > row.promptTokens) {
      const place = this.optional[3]!;
      const message = `prefixTokens must be a whole number of tokens from 0 to promptTokens, ${row.promptTokens}, got "${prefixText.slice(0, 60)}"`;
      this.rows.refuse({
        file: this.file,
        ...record.positionOf(place),
        rule: "bad-request",
        message,
      });
      return;
    }
    this.rows.add({
      ...row,
      className: text(0),
      adapter: text(1),
      prefixGroup: text(2),
      prefixTokens,
      conversation: text(4),
    });
  }

  private refuseField(record: CsvRecord, column: 0 | 1 | 2, wanted: string): void {
    const place = this.places[column]!;
    const name = this.format!.columns[column];
    const message = `${name} ${wanted}, got "${(record.fields[place] ?? "").slice(0, 60)}"`;
    this.rows.refuse({
      file: this.file,
      ...record.positionOf(place),
      rule: "bad-request",
      message,
    });
  }
}

/** Seconds: of a clock time its Unix time, of a bare number itself. */
function parseArrival(text: string): number | undefined {
  if (/^\d{1,12}(\.\d+)?$/.test(text)) return Number(text);
  // The Azure trace has seven digits of a second and no zone; the ninth is as far as times are read.
  return parseTime(text)?.epochS;
}

function tokensOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,9}(\.0)?$/.test(text)) return undefined;
  const tokens = Number(text);
  return tokens <= TOKENS_MAX ? tokens : undefined;
}
