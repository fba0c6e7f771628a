import type { JobTableBuildOptions } from "../job-table-builder.js";
import type { CsvTable } from "../reading/csv-table.js";
import type { ReadingContext, TraceFormatReader } from "./trace-format.js";

/** What a format does with its one file. */
export interface SingleFileSource {
  push(text: string): void;
  end(): void;
}

/**
 * A reader for formats that are one file.
 *
 * `open` gets the file's name when it is known and returns what takes its text.
 */
export function createSingleFileReader(
  context: ReadingContext,
  title: string,
  open: (file: string) => SingleFileSource | CsvTable,
  finish: () => JobTableBuildOptions,
): TraceFormatReader {
  let source: SingleFileSource | undefined;
  return {
    beginFile(file) {
      if (source !== undefined) {
        context.log.fatal({
          file,
          rule: "one-file",
          message: `a ${title} trace is one file, this is a second one`,
          help: "import the files one by one",
        });
      }
      source = open(file);
    },
    push: (text) => source!.push(text),
    endFile: () => source!.end(),
    finish,
  };
}
