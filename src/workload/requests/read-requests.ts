import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";
import { type CsvRecord, createCsvScanner } from "../reading/csv-scanner.js";
import { parseTime } from "../reading/civil-time.js";
import type { RequestTable } from "./request-table.js";

/** A layout of request traces, told by its header. */
interface RequestFormat {
  readonly name: string;
  readonly description: string;
  /** Columns for arrival, prompt and answer. */
  readonly columns: readonly [arrival: string, prompt: string, output: string];
}

/** The layouts that are read. */
export const REQUEST_FORMATS: readonly RequestFormat[] = [
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
    description: "our own",
    columns: ["arrivalS", "promptTokens", "outputTokens"],
  },
];

/** Requests with what became of rows that are none. */
export interface RequestsRead {
  readonly format: string;
  readonly requests: RequestTable;
  /** Rows that ask for no answer: what a system refused. */
  readonly unanswered: number;
  /** Rows that cannot be read, in order; the first `PROBLEMS_KEPT` of them. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
}

/** Longer prompts and answers do not exist; such a figure is a broken row. */
const TOKENS_MAX = 10_000_000;
const PROBLEMS_KEPT = 20;

/** Reads a request trace piece by piece, so that any size can be read. */
export interface RequestReader {
  push(text: string): void;
  /** @throws InputError for an empty file, an unknown header, and a file without a request */
  end(): RequestsRead;
}

/** Makes a reader. @param file name for messages */
export function createRequestReader(file: string): RequestReader {
  return new CsvRequestReader(file);
}

class CsvRequestReader implements RequestReader {
  private format: RequestFormat | undefined;
  private places: readonly number[] = [];
  private headerProblem: Problem | undefined;
  private readonly arrivals: number[] = [];
  private readonly prompts: number[] = [];
  private readonly outputs: number[] = [];
  private unanswered = 0;
  private readonly problems: Problem[] = [];
  private problemCount = 0;
  private readonly scanner = createCsvScanner({
    delimiter: ",",
    onRecord: (record) => {
      this.read(record);
    },
    onDefect: ({ rule, message, position }) => {
      this.refuse({ file: this.file, rule, message, ...position });
    },
  });

  constructor(private readonly file: string) {}

  push(text: string): void {
    this.scanner.push(text);
  }

  end(): RequestsRead {
    this.scanner.end();
    const { file, format } = this;
    if (this.headerProblem !== undefined) throw new InputError([this.headerProblem]);
    if (format === undefined)
      throw new InputError([{ file, rule: "empty-file", message: "the file is empty" }]);
    if (this.arrivals.length === 0) {
      const message = "the file has no request that can be read";
      throw new InputError([{ file, rule: "no-requests", message }, ...this.problems]);
    }
    return {
      format: format.name,
      requests: tableOf(this.arrivals, this.prompts, this.outputs),
      unanswered: this.unanswered,
      problems: this.problems,
      problemCount: this.problemCount,
    };
  }

  private read(record: CsvRecord): void {
    if (this.headerProblem !== undefined) return;
    if (this.format === undefined) this.readHeader(record);
    else if (!(record.fields.length === 1 && record.fields[0] === "")) this.readRow(record);
  }

  private readHeader(record: CsvRecord): void {
    const names = record.fields.map((name) => name.replace(/^\uFEFF/, "").trim());
    const format = REQUEST_FORMATS.find(({ columns }) =>
      columns.every((column) => names.includes(column)),
    );
    if (format === undefined) {
      const known = REQUEST_FORMATS.map(({ name, columns }) => `${columns.join(", ")} (${name})`);
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
  }

  private readRow(record: CsvRecord): void {
    const [arrivalAt, promptAt, outputAt] = this.places as [number, number, number];
    const arrival = parseArrival(record.fields[arrivalAt] ?? "");
    if (arrival === undefined) {
      this.refuseField(record, 0, "must be a time, or seconds of 0 and more");
      return;
    }
    const prompt = tokensOf(record.fields[promptAt]);
    const output = tokensOf(record.fields[outputAt]);
    if (prompt === undefined || prompt === 0) {
      this.refuseField(record, 1, `must be a whole number of tokens from 1 to ${TOKENS_MAX}`);
    } else if (output === undefined) {
      this.refuseField(record, 2, `must be a whole number of tokens from 0 to ${TOKENS_MAX}`);
    } else if (output === 0) this.unanswered++;
    else {
      this.arrivals.push(arrival);
      this.prompts.push(prompt);
      this.outputs.push(output);
    }
  }

  private refuseField(record: CsvRecord, column: 0 | 1 | 2, wanted: string): void {
    const place = this.places[column]!;
    const name = this.format!.columns[column];
    const message = `${name} ${wanted}, got "${(record.fields[place] ?? "").slice(0, 60)}"`;
    this.refuse({ file: this.file, ...record.positionOf(place), rule: "bad-request", message });
  }

  private refuse(problem: Problem): void {
    this.problemCount++;
    if (this.problems.length < PROBLEMS_KEPT) this.problems.push(problem);
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

/** Rows in order of arrival, equal times in order of the file; the first arrival is second 0. */
function tableOf(
  arrivals: readonly number[],
  prompts: readonly number[],
  outputs: readonly number[],
): RequestTable {
  const order = Int32Array.from(arrivals.keys());
  const isSorted = arrivals.every((time, row) => row === 0 || arrivals[row - 1]! <= time);
  if (!isSorted) order.sort((a, b) => arrivals[a]! - arrivals[b]! || a - b);
  const startS = arrivals[order[0]!]!;
  return {
    count: arrivals.length,
    arrivalS: Float64Array.from(order, (row) => arrivals[row]! - startS),
    promptTokens: Int32Array.from(order, (row) => prompts[row]!),
    outputTokens: Int32Array.from(order, (row) => outputs[row]!),
  };
}
