import { InvalidArgumentError, type Command } from "commander";

import { openTraceFile } from "../io/trace-file.js";
import { TRACE_FORMATS } from "../workload/formats/registry.js";
import { readTrace } from "../workload/read-trace.js";
import type { TraceRead, TraceReadOptions } from "../workload/read-trace.js";

/** Options that say how a trace is read. */
export interface ReadingOptions {
  readonly format?: string;
  readonly processorsPerGpu?: number;
  readonly strict?: true;
}

/** A trace with the files it came from. */
export interface ReadFiles {
  readonly read: TraceRead;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** Adds the options that say how a trace is read. */
export function addReadingOptions(command: Command): Command {
  return command
    .option("--format <name>", "format of the trace; recognised when left out")
    .option(
      "--processors-per-gpu <n>",
      "processors that stand for one GPU, where the trace counts no GPUs",
      parsePositive,
    );
}

/** Names and titles of the formats, for the help. */
export function formatList(): string {
  const width = Math.max(...TRACE_FORMATS.map(({ name }) => name.length));
  return TRACE_FORMATS.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join("\n");
}

/**
 * Reads the files as one trace.
 *
 * @throws InputError as `readTrace`, and for files that cannot be read
 */
export async function readFiles(
  paths: readonly string[],
  { format, processorsPerGpu }: ReadingOptions,
  options: Pick<TraceReadOptions, "brokenRows" | "clock">,
): Promise<ReadFiles> {
  const opened = paths.map((path) => openTraceFile(path));
  const read = await readTrace(
    opened.map(({ path, chunks }) => ({ file: path, chunks })),
    {
      ...options,
      ...(format === undefined ? {} : { format }),
      ...(processorsPerGpu === undefined ? {} : { processorsPerGpu }),
    },
  );
  return { read, files: opened.map(({ path, sha256 }) => ({ path, sha256: sha256 ?? "" })) };
}

/**
 * A number above 0.
 *
 * @throws InvalidArgumentError otherwise; commander prints it with the option's name
 */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < Infinity)) {
    throw new InvalidArgumentError("It must be a number above 0.");
  }
  return value;
}
