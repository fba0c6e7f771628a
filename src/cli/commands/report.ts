import { InvalidArgumentError, type Command } from "commander";

import { InputError } from "../../diagnostics/problem.js";
import { checkOutputFolder } from "../../io/output-folder.js";
import { readReportFolder } from "../../io/report-folder-files.js";
import { writeFilesAtomically } from "../../io/write-files.js";
import { IMAGE_KINDS, type ImageKind } from "../../report/charts/chart-images.js";
import { finishFiles } from "../../report/finish-files.js";
import { pagesOf, type TextFile } from "../../report/redact/redact-files.js";
import { ReportJsonFault } from "../../report/report-json.js";
import { createProgressLine } from "../terminal.js";

interface ReportOptions {
  readonly redact?: true;
  readonly charts: readonly ImageKind[];
  readonly out?: string;
}

/** Reads `svg,png`. @throws InvalidArgumentError for anything else */
export function parseImageKinds(text: string): readonly ImageKind[] {
  const kinds = text.split(",").map((kind) => kind.trim());
  const wrong = kinds.find((kind) => !IMAGE_KINDS.includes(kind as ImageKind));
  if (wrong === undefined) return [...new Set(kinds as ImageKind[])];
  throw new InvalidArgumentError(
    `there is no picture "${wrong}". Allowed: ${IMAGE_KINDS.join(", ")}.`,
  );
}

/** `headroom report`: the pages of an earlier report, written again without simulating. */
export function registerReport(program: Command): void {
  program
    .command("report")
    .summary("write the pages of an earlier report again, without simulating")
    .description(
      "Reads a folder that headroom run, compare, sweep, plan or backtest wrote, and writes report.html and report.md\n" +
        "from its report.json: with this version's style, with pictures of the charts, or with pseudonyms.",
    )
    .argument("<folder>", "folder of the report")
    .option(
      "--redact",
      "put pseudonyms in place of the names of users, tenants and jobs, in every file",
    )
    .option(
      "--charts <kinds>",
      "draw every chart as a file of its own: svg, png",
      parseImageKinds,
      [],
    )
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
  headroom report reports/quickstart --charts svg,png`,
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
    const written = await rendered(folder, files, options);
    await writeFilesAtomically(out, written);
    progress.clear();
    process.stdout.write(`Report: ${out}/report.html\n`);
  } finally {
    progress.clear();
  }
}

async function rendered(folder: string, files: readonly TextFile[], options: ReportOptions) {
  try {
    const pages = new Set(["report.html", "report.md"]);
    const kept = files.filter(({ name }) => !pages.has(name));
    const { redact, charts } = options;
    const all = redact ? kept : [...kept, ...(await pagesOf(kept))];
    return await finishFiles(
      all.map(({ name, text }) => ({ name, chunks: [text] })),
      { charts, ...(redact ? { redact: {} } : {}) },
    );
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
