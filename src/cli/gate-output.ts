import { appendFileSync } from "node:fs";
import { InvalidArgumentError, Option, type Command } from "commander";

import { didYouMean } from "../diagnostics/did-you-mean.js";
import { fileProblem } from "../io/read-file.js";
import { writeTextFile } from "../io/write-text-file.js";
import { GATE_FORMATS, type GateFormat } from "../report/gate/formats.js";
import { STEP_SUMMARY_BYTES_MAX, gateMarkdown } from "../report/gate/markdown.js";
import type { GateOutcome } from "../studies/gate/gate-outcome.js";
import { EXIT_CODES } from "./exit-codes.js";

/** One output of `--format`: a format, and the file it goes to; stdout when absent. */
export interface GateTarget {
  readonly format: GateFormat;
  readonly file?: string;
}

/** Exit codes of everything that gates, for help texts. */
export const GATE_EXIT_HELP =
  "Exit code 0 when nothing got worse, 1 for a regression, 2 for bad input, 3 when it cannot be told.";

/** Adds `--format` and `--json`, which every gate has. */
export function addFormatOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--format <list>",
        `outputs, separated by commas: ${Object.keys(GATE_FORMATS).join(", ")}; NAME=FILE writes to a file, at most one goes to stdout. ` +
          "github prints annotations and adds to the step summary",
      ).argParser(parseTargets),
    )
    .option("--json", "the same as --format json");
}

/** Reads `text,junit=gate.xml`. @throws InvalidArgumentError for an unknown format or two for stdout */
export function parseTargets(text: string): readonly GateTarget[] {
  const targets = text.split(",").map((part): GateTarget => {
    const [name = "", ...rest] = part.trim().split("=");
    if (!Object.hasOwn(GATE_FORMATS, name)) {
      const near = didYouMean(name, Object.keys(GATE_FORMATS));
      throw new InvalidArgumentError(
        `there is no format "${name}".${near === undefined ? "" : ` Did you mean ${near}?`} Allowed: ${Object.keys(GATE_FORMATS).join(", ")}.`,
      );
    }
    const file = rest.join("=");
    if (rest.length > 0 && file === "")
      throw new InvalidArgumentError(`a file is missing after "${name}=".`);
    return { format: name as GateFormat, ...(rest.length === 0 ? {} : { file }) };
  });
  const toStdout = targets.filter(({ format, file }) => file === undefined && format !== "github");
  if (toStdout.length > 1) {
    throw new InvalidArgumentError(
      `${toStdout.map(({ format }) => format).join(" and ")} cannot both go to stdout; give one a file, such as ${toStdout[1]!.format}=FILE.`,
    );
  }
  return targets;
}

/** Targets of a command line: `--format`, `--json`, else text. */
export function targetsOf(options: {
  readonly format?: readonly GateTarget[];
  readonly json?: true;
}): readonly GateTarget[] {
  const targets = options.format ?? (options.json ? [] : [{ format: "text" as const }]);
  return options.json && !targets.some(({ format, file }) => format === "json" && !file)
    ? [{ format: "json" }, ...targets.filter(({ file, format }) => file ?? format === "github")]
    : targets;
}

/**
 * Writes the outcome in every format asked for, warns on stderr and sets the exit code.
 *
 * Annotations go to stdout where nothing else does, else to stderr: GitHub's runner reads both.
 */
export async function writeGate(
  outcome: GateOutcome,
  targets: readonly GateTarget[],
): Promise<void> {
  const stdoutTaken = targets.some(({ format, file }) => !file && format !== "github");
  for (const { format, file } of targets) {
    const text = GATE_FORMATS[format](outcome);
    if (file !== undefined) await writeTextFile(file, [text]);
    else if (format === "github" && stdoutTaken) process.stderr.write(text);
    else process.stdout.write(text);
    if (format === "github") writeStepSummary(outcome);
  }
  if (!targets.some(({ format, file }) => format === "text" && !file)) {
    for (const warning of outcome.warnings) process.stderr.write(`warning: ${warning}\n`);
  }
  process.exitCode = {
    pass: EXIT_CODES.done,
    regression: EXIT_CODES.failed,
    "cannot measure": EXIT_CODES.cannotMeasure,
  }[outcome.status];
}

/** Adds the outcome to the step's summary where GitHub names the file for it. */
function writeStepSummary(outcome: GateOutcome): void {
  const file = process.env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") return;
  try {
    appendFileSync(file, gateMarkdown(outcome, { bytesMax: STEP_SUMMARY_BYTES_MAX }));
  } catch (error) {
    throw fileProblem(
      file,
      `may not be written: ${(error as Error).message}`,
      "unset GITHUB_STEP_SUMMARY, or make it writable",
    );
  }
}

/** Reads a share such as `2%` or `0.02`. @throws InvalidArgumentError outside (0, 1) */
export function parseShare(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*$/.exec(text);
  const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === "%" ? 100 : 1);
  if (!(value > 0 && value < 1)) {
    throw new InvalidArgumentError(
      `it must be more than 0 and less than 100 %, such as 2% or 0.02, got "${text}".`,
    );
  }
  return value;
}
