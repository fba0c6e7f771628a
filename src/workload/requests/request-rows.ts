import {
  createGrowableFloat64,
  createGrowableInt32,
  type GrowableFloat64,
} from "../../base/growable.js";
import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";
import { createNamePool, type NamePool } from "../name-pool.js";
import type { NamedColumn, RequestTable } from "./request-table.js";

/** Requests with what became of rows that are none. */
export interface RequestsRead {
  readonly format: string;
  readonly requests: RequestTable;
  /** False where the file tells lengths but not when requests came: all arrivals are 0. */
  readonly hasArrivals: boolean;
  /** Rows that ask for no answer: what a system refused. */
  readonly unanswered: number;
  /** Requests a measured service did not answer, left out. */
  readonly failed: number;
  /** Rows that came before one above them; sorted in. */
  readonly outOfOrder: number;
  /** Rows that cannot be read, in order; the first `PROBLEMS_KEPT` of them. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  /** What a real service took, where the file has it. */
  readonly measured?: MeasuredRequests;
}

/** Reads a request trace piece by piece, so that any size can be read. */
export interface RequestReader {
  push(text: string): void;
  /** @throws InputError for an empty file, an unknown layout, and a file without a request */
  end(): RequestsRead;
}

/** Latencies of a real service, in order of the requests. Seconds; NaN where unknown. */
export interface MeasuredRequests {
  readonly ttftS: Float64Array;
  /** Per token after the first. */
  readonly tpotS: Float64Array;
  readonly e2eS: Float64Array;
}

/** One request of a file. */
export interface RequestRow {
  /** Any clock; the first arrival becomes 0. NaN where the file has none. */
  readonly arrivalS: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly className?: string;
  readonly adapter?: string;
  readonly prefixGroup?: string;
  readonly prefixTokens?: number;
  readonly conversation?: string;
  readonly ttftS?: number;
  readonly e2eS?: number;
}

/** What readers of any format fill. */
export interface RequestRows {
  /** Adds a request; one of 0 output tokens is counted as unanswered. */
  add(row: RequestRow): void;
  addFailed(): void;
  refuse(problem: Problem): void;
  /** @throws InputError when there is no request */
  end(format: string): RequestsRead;
}

/** Longer prompts and answers do not exist; such a figure is a broken row. */
export const TOKENS_MAX = 10_000_000;
const PROBLEMS_KEPT = 20;

/** Makes an empty collector. @param file name for messages */
export function createRequestRows(file: string): RequestRows {
  const arrivals = createGrowableFloat64();
  const prompts = createGrowableInt32();
  const outputs = createGrowableInt32();
  const extras = createExtras();
  const problems: Problem[] = [];
  const counts = { problems: 0, unanswered: 0, failed: 0 };
  return {
    add(row) {
      if (row.outputTokens === 0) {
        counts.unanswered++;
        return;
      }
      const at = arrivals.push(row.arrivalS);
      prompts.push(row.promptTokens);
      outputs.push(row.outputTokens);
      extras.add(at, row);
    },
    addFailed() {
      counts.failed++;
    },
    refuse(problem) {
      counts.problems++;
      if (problems.length < PROBLEMS_KEPT) problems.push(problem);
    },
    end(format) {
      if (arrivals.length === 0) {
        const message = "the file has no request that can be read";
        throw new InputError([{ file, rule: "no-requests", message }, ...problems]);
      }
      const times = arrivals.view();
      const hasArrivals = !times.some((time) => Number.isNaN(time));
      const { order, outOfOrder } = inOrder(times, hasArrivals);
      const startS = hasArrivals ? times[order[0]!]! : 0;
      const outputTokens = Int32Array.from(order, (row) => outputs.get(row));
      return {
        format,
        requests: {
          count: order.length,
          arrivalS: Float64Array.from(order, (row) => (hasArrivals ? times[row]! - startS : 0)),
          promptTokens: Int32Array.from(order, (row) => prompts.get(row)),
          outputTokens,
          ...extras.columns(order),
        },
        hasArrivals,
        unanswered: counts.unanswered,
        failed: counts.failed,
        outOfOrder,
        problems,
        problemCount: counts.problems,
        ...extras.measured(order, outputTokens),
      };
    },
  };
}

/** Rows in order of arrival, equal times in order of the file. */
function inOrder(
  times: Float64Array,
  hasArrivals: boolean,
): { readonly order: Int32Array; readonly outOfOrder: number } {
  const order = new Int32Array(times.length).map((_, row) => row);
  if (!hasArrivals) return { order, outOfOrder: 0 };
  let outOfOrder = 0;
  let latestS = -Infinity;
  for (const time of times) {
    if (time < latestS) outOfOrder++;
    else latestS = time;
  }
  if (outOfOrder > 0) order.sort((a, b) => times[a]! - times[b]! || a - b);
  return { order, outOfOrder };
}

/** Columns that few files have; each begins with the first row that has it. */
function createExtras() {
  const classes = createNamed();
  const adapters = createNamed();
  const groups = createNamed();
  const conversations = createNamed();
  const prefixTokens = createSparse();
  const ttft = createSparse();
  const e2e = createSparse();
  return {
    add(at: number, row: RequestRow): void {
      classes.set(at, row.className);
      adapters.set(at, row.adapter);
      groups.set(at, row.prefixGroup);
      conversations.set(at, row.conversation);
      prefixTokens.set(at, row.prefixTokens);
      ttft.set(at, row.ttftS);
      e2e.set(at, row.e2eS);
    },
    columns(order: Int32Array): Partial<RequestTable> {
      const group = groups.column(order);
      const tokens = Int32Array.from(order, (row) => prefixTokens.get(row) || 0);
      const conversation = conversations.column(order);
      const withClass = classes.column(order);
      const withAdapter = adapters.column(order);
      return {
        ...(withClass === undefined ? {} : { classes: withClass }),
        ...(withAdapter === undefined ? {} : { adapters: withAdapter }),
        ...(group === undefined ? {} : { prefixes: { group: group.index, tokens } }),
        ...(conversation === undefined ? {} : { conversation: conversation.index }),
      };
    },
    measured(
      order: Int32Array,
      outputTokens: Int32Array,
    ): { readonly measured?: MeasuredRequests } {
      if (ttft.isEmpty() && e2e.isEmpty()) return {};
      const ttftS = Float64Array.from(order, (row) => ttft.get(row));
      const e2eS = Float64Array.from(order, (row) => e2e.get(row));
      const tpotS = e2eS.map((value, row) =>
        outputTokens[row]! > 1 ? (value - ttftS[row]!) / (outputTokens[row]! - 1) : Number.NaN,
      );
      return { measured: { ttftS, tpotS, e2eS } };
    },
  };
}

/** Numbers by row, NaN where none was set. */
function createSparse() {
  const values: GrowableFloat64 = createGrowableFloat64();
  return {
    isEmpty: () => values.length === 0,
    set(row: number, value: number | undefined): void {
      if (value === undefined) return;
      while (values.length < row) values.push(Number.NaN);
      values.push(value);
    },
    get: (row: number): number => (row < values.length ? values.get(row) : Number.NaN),
  };
}

function createNamed() {
  const names: NamePool = createNamePool();
  const index = createSparse();
  return {
    set(row: number, name: string | undefined): void {
      if (name !== undefined && name !== "") index.set(row, names.indexOf(name));
    },
    column(order: Int32Array): NamedColumn | undefined {
      if (index.isEmpty()) return undefined;
      const at = (row: number): number => {
        const found = index.get(row);
        return Number.isNaN(found) ? -1 : found;
      };
      return { names: names.names, index: Int32Array.from(order, at) };
    },
  };
}
