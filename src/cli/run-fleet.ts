import { InputError } from "../diagnostics/problem.js";
import { loadFleet } from "../io/load-fleet.js";
import { checkOutputFolder } from "../io/output-folder.js";
import { VERSION } from "../io/version.js";
import { refuseFiguresAsNames } from "../report/redact/fleet-redactor.js";
import { fleetRunFiles, fleetTables } from "../report/fleet/fleet-run-files.js";
import type { FleetResult } from "../studies/fleet/fleet-result-document.js";
import { runFleet } from "../studies/fleet/run-fleet.js";
import { EXIT_CODES } from "./exit-codes.js";
import { writeReportFiles, type PageCommandOptions } from "./page-options.js";
import { printFleet } from "./print-fleet.js";
import { shownDocument } from "./redacted-document.js";
import { defaultReportFolder } from "./report-folder.js";
import { createProgressLine } from "./terminal.js";
import { shellQuoted } from "./text-layout.js";

/** Options of `headroom run`, as far as fleets have them. */
export interface RunFleetOptions extends PageCommandOptions {
  readonly seed?: number;
  readonly out?: string;
  readonly set: readonly string[];
  readonly allowPath: readonly string[];
  readonly whatIf?: true;
  readonly trace?: true;
  readonly json?: true;
  readonly quiet?: true;
}

const REPORT_FILES = ["result.json", "report.md", "report.html"];

/** `headroom run` of a fleet: from YAML to a finished report. */
export async function runFleetFile(path: string, options: RunFleetOptions): Promise<void> {
  refuseOthers(options);
  const progress = createProgressLine(options.quiet ? { quiet: true } : {});
  try {
    progress.show(`reading ${path}`);
    if (options.out !== undefined) checkOutputFolder(options.out, REPORT_FILES);
    const loaded = await loadFleet({
      path,
      sets: options.set,
      allowedFolders: options.allowPath,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
    });
    if (options.redact === true) refuseFiguresAsNames(loaded.fleet.names, path);
    const out = options.out ?? (options.json ? undefined : defaultReportFolder(loaded.fleet.name));
    if (out !== undefined) checkOutputFolder(out, REPORT_FILES);
    const study = runFleet(loaded, (index, count) => {
      progress.show(count === 1 ? "simulating" : `simulating run ${index + 1} of ${count}`);
    });
    let written;
    if (out !== undefined) {
      progress.show("drawing the report");
      const files = await fleetRunFiles(study, {
        reproduce: reproduceLines(path, options, study.result),
        interactive: options.interactive,
      });
      progress.show(`writing ${out}`);
      written = await writeReportFiles(out, files, options, () => ({
        files: [path, ...options.allowPath],
      }));
    }
    const shown = await shownDocument(study.result, options, [path, ...options.allowPath]);
    progress.clear();
    if (options.json) {
      process.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
      for (const warning of written?.warnings ?? []) process.stderr.write(`warning: ${warning}\n`);
    } else if (!options.quiet) {
      printFleet(
        shown,
        written,
        fleetTables(study).map(({ name }) => `${name}.csv`),
      );
    }
    if (study.result.goals.some((goal) => !goal.met)) process.exitCode = EXIT_CODES.failed;
  } finally {
    progress.clear();
  }
}

function refuseOthers(options: RunFleetOptions): void {
  const given = [
    ...(options.whatIf === true ? ["--what-if"] : []),
    ...(options.trace === true ? ["--trace"] : []),
  ];
  if (given.length === 0) return;
  throw new InputError([
    {
      file: "headroom run",
      rule: "conflicting-fields",
      message: `${given.join(" and ")} ${given.length === 1 ? "is" : "are"} for scenarios; the file is a fleet`,
      help: `leave ${given.length === 1 ? "it" : "them"} out`,
    },
  ]);
}

/** The command and the hashes that make the same bytes again. */
function reproduceLines(path: string, options: RunFleetOptions, result: FleetResult): string[] {
  const sets = options.set.map((set) => ` --set ${shellQuoted(set)}`).join("");
  const allowed = options.allowPath
    .map((folder) => ` --allow-path ${shellQuoted(folder)}`)
    .join("");
  return [
    `headroom run ${shellQuoted(path)}${sets}${allowed} --seed ${result.seed}`,
    `Headroom ${VERSION}`,
    ...result.inputs.map(({ path: file, sha256 }) => `${file} sha256 ${sha256}`),
  ];
}
