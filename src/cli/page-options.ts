import type { Command } from "commander";

import { InputError } from "../diagnostics/problem.js";
import { writeFilesAtomically } from "../io/write-files.js";
import { parseImageKinds } from "./image-kinds.js";
import { finishFiles } from "../report/finish-files.js";
import type { ImageKind } from "../report/charts/chart-images.js";
import type { PrivateNames } from "../report/redact/redactor.js";
import type { ReportFiles } from "../report/report-files.js";
import type { WrittenReport } from "./print-study.js";

/** Options about the pages of a report that every study has. */
export interface PageCommandOptions {
  readonly interactive?: true;
  readonly redact?: true;
  readonly charts: readonly ImageKind[];
}

/** Adds `--interactive`, `--charts` and `--redact` to a command that writes a report. */
export function withPageOptions(command: Command): Command {
  return command
    .option(
      "--interactive",
      "let the charts of report.html answer the pointer: values, entries of legends, parts; half a megabyte more",
    )
    .option(
      "--charts <kinds>",
      "draw every chart as a file of its own: svg, png",
      parseImageKinds,
      [],
    )
    .option(
      "--redact",
      "put pseudonyms in place of the names of users, tenants, jobs, services, files and the scenario, everywhere",
    );
}

/**
 * Writes a report as the options ask.
 *
 * @param names everybody whom the report could name; called for `--redact` only
 */
export async function writeReportFiles(
  folder: string,
  { files, warnings }: ReportFiles<string | Uint8Array>,
  { redact, charts, interactive }: PageCommandOptions,
  names: () => Partial<PrivateNames> | Promise<Partial<PrivateNames>>,
): Promise<WrittenReport> {
  const finished = await finishFiles(files, {
    charts,
    interactive,
    ...(redact === undefined ? {} : { redact: await names() }),
  });
  await writeFilesAtomically(folder, finished);
  return { folder, warnings };
}

/** @throws InputError when a page would carry the very files whose names it must not tell */
export function refuseRedactedWhatIf(command: string): never {
  throw new InputError([
    {
      file: `headroom ${command}`,
      rule: "conflicting-fields",
      message:
        "--what-if puts the trace itself into the page, and --redact must not let its names out",
      help: "leave one of them out",
    },
  ]);
}
