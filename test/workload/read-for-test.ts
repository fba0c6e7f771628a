import { InputError } from "../../src/diagnostics/problem.js";
import type { Problem } from "../../src/diagnostics/problem.js";
import { readTraceText } from "../../src/workload/read-trace.js";
import type { TraceRead, TraceReadOptions, TraceSource } from "../../src/workload/read-trace.js";

/** Reads a trace from text, under the file name `t`. */
export function read(text: string, options?: TraceReadOptions): TraceRead {
  return readTraceText("t", text, options);
}

/** The problems for which a trace is refused; none when it is read. */
export function problemsOf(text: string, options?: TraceReadOptions): readonly Problem[] {
  try {
    read(text, options);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** Workers and GPUs of each, as `2x8`. */
export function gangOf({ jobs }: TraceRead, row: number): string {
  return `${jobs.workers[row]}x${jobs.shapes[jobs.shape[row]!]!.gpuCount}`;
}

/** Why rows were left out, in order of first appearance. */
export function reasonsOf({ leftOut }: TraceRead): string[] {
  return leftOut.map(({ reason }) => reason);
}

/** Texts as the files f0, f1, … of one trace. */
export function filesOf(...texts: string[]): TraceSource[] {
  return texts.map((text, index) => ({ file: `f${index}`, chunks: [text] }));
}
