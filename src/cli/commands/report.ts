import type { Command } from "commander";

import { InputError } from "../../diagnostics/problem.js";
import { checkOutputFolder } from "../../io/output-folder.js";
import { readReportFolder } from "../../io/report-folder-files.js";
import { pagesOf } from "../../report/redact/redact-files.js";
import type { TextFile } from "../../report/redact/report-texts.js";
import { ReportJsonFault } from "../../report/report-json.js";
import { withPageOptions, writeReportFiles, type PageCommandOptions } from "../page-options.js";
import { createProgressLine } from "../terminal.js";

interface ReportOptions extends PageCommandOptions {
  readonly out?: string;
}

/** `headroom report`: the pages of an earlier report, written again without simulating. */
export function registerReport(program: Command): void {
  const command = program
    .command("report")
    .summary("write the pages of an earlier report again, without simulating")
    .description(
      "Reads a folder that headroom run, compare, sweep, plan or backtest wrote, and writes report.html and report.md\n" +
        "from its report.json: with this version's style, with live charts, with pictures of them, or with pseudonyms.",
    )
    .argument("<folder>", "folder of the report");
  withPageOptions(command)
    .option(
      "--out <folder>",
      "where to write; the same folder when absent, which --redact does not allow",
    )
    .addHelpText(
      "after",
      `
Examples:
  headroom report reports/quickstart
  headroom report reports/quickstart --redact --out reports/quickstart-public
  headroom report reports/quickstart --charts svg,png
  headroom report reports/quickstart --interactive`,
    )
    .action(run);
}

async function run(folder: string, options: ReportOptions): Promise<void> {
  const out = options.out ?? folder;
  if (options.redact === true && out === folder) {
    throw new InputError([
      {
        file: "headroom report",
        rule: "missing-field",
        message:
          "--redact needs a folder of its own: the names would be lost in the only report there is",
        help: `add --out ${folder}-public`,
      },
    ]);
  }
  const progress = createProgressLine();
  try {
    progress.show(`reading ${folder}`);
    const files = readReportFolder(folder);
    checkOutputFolder(out, ["report.html", "report.md", "report.json"]);
    progress.show("drawing the report");
    await render(folder, files, out, options);
    progress.clear();
    process.stdout.write(`Report: ${out}/report.html\n`);
  } finally {
    progress.clear();
  }
}

async function render(
  folder: string,
  files: readonly TextFile[],
  out: string,
  options: ReportOptions,
): Promise<void> {
  try {
    const pages = new Set(["report.html", "report.md"]);
    const kept = files.filter(({ name }) => !pages.has(name));
    const { redact, interactive } = options;
    const all = redact ? kept : [...kept, ...(await pagesOf(kept, { interactive }))];
    const report = {
      files: all.map(({ name, text }) => ({ name, chunks: [text] })),
      warnings: [],
    };
    await writeReportFiles(out, report, options, () => ({}));
  } catch (error) {
    if (!(error instanceof ReportJsonFault) && !(error instanceof SyntaxError)) throw error;
    throw new InputError([
      {
        file: `${folder}/report.json`,
        rule: "file",
        message: `cannot be used: ${error.message}`,
        help: "make the report again with the command at its end",
      },
    ]);
  }
}
