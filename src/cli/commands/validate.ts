import type { Command } from "commander";

import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import type { Check, MissingData } from "../../studies/validate/check.js";
import { referenceDataFolder } from "../../studies/validate/data-folder.js";
import { VALIDATE_TOPICS } from "../../studies/validate/topics.js";
import { validate } from "../../studies/validate/validate.js";
import { EXIT_CODES } from "../exit-codes.js";
import { colours, createProgressLine } from "../terminal.js";

interface ValidateCommandOptions {
  readonly data?: string;
  readonly json?: true;
  readonly all?: true;
}

/** `headroom validate`: every comparison with published or measured numbers, also the bad ones. */
export function registerValidate(program: Command): void {
  const topics = Object.entries(VALIDATE_TOPICS).map(
    ([name, { description }]) => `  ${name.padEnd(8)} ${description}`,
  );
  program
    .command("validate")
    .summary("recompute every comparison with published results")
    .description(
      "Recomputes every comparison with published results and prints the errors, also the bad ones.",
    )
    .argument("[topic]", `one of: ${Object.keys(VALIDATE_TOPICS).join(", ")}; all when absent`)
    .option(
      "--data <folder>",
      "folder of the reference data; without it HEADROOM_DATA, else ../shared/data beside the project",
    )
    .option("--all", "print every row, also those that a summary row counts")
    .option("--json", "print {checks, missing} to stdout, and nothing else there")
    .addHelpText(
      "after",
      `
Topics:
${topics.join("\n")}

Exit code 1 when a comparison misses its bar, 3 when reference data is missing.`,
    )
    .action(run);
}

async function run(topic: string | undefined, options: ValidateCommandOptions): Promise<void> {
  const topics = topic === undefined ? Object.keys(VALIDATE_TOPICS) : [topicNamed(topic)];
  const progress = createProgressLine(options.json ? { quiet: true } : {});
  const startedMs = performance.now();
  try {
    const { checks, missing } = await validate(topics, referenceDataFolder(options.data), {
      onProgress: (done, total) => progress.show(`validate: ${done} of ${total} runs`),
    });
    progress.clear();
    if (options.json) process.stdout.write(`${JSON.stringify({ checks, missing }, null, 2)}\n`);
    else process.stdout.write(`${report(checks, missing, options.all === true).join("\n")}\n`);
    for (const { topic: name, path, isPart } of missing) {
      process.stderr.write(
        `${name}: ${isPart === true ? "some rows " : ""}not checked, there is no ${path}; name the folder of the reference data with --data or HEADROOM_DATA\n`,
      );
    }
    process.stderr.write(`validated in ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
    if (checks.some(({ pass }) => pass === false)) process.exitCode = EXIT_CODES.failed;
    else if (missing.length > 0) process.exitCode = EXIT_CODES.cannotMeasure;
  } finally {
    progress.clear();
  }
}

function topicNamed(name: string): string {
  const allowed = Object.keys(VALIDATE_TOPICS);
  if (allowed.includes(name)) return name;
  const suggestion = didYouMean(name, allowed);
  const message = `there is no topic "${name}"`;
  throw new InputError([
    {
      file: "validate",
      rule: "unknown-topic",
      message,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ]);
}

/** Longer texts stand on lines of their own below their row. */
const CELL_LENGTH_MAX = 16;
/** Descriptions longer than this go on below their row. */
const WHAT_LENGTH_MAX = 72;
const HEADER = ["", "what", "expected", "actual", "error", "bar", "unit"];

function report(checks: readonly Check[], missing: readonly MissingData[], all: boolean): string[] {
  const shown = checks.filter(({ detail, pass }) => all || detail !== true || pass === false);
  const what = shown.map((check) => wordWrapped(check.what, WHAT_LENGTH_MAX));
  const rows = shown.map((check, i) => [
    mark(check),
    what[i]![0]!,
    short(check.expected),
    short(check.actual),
    check.error === null ? "-" : number(check.error),
    check.bar === null ? "none" : number(check.bar),
    check.unit,
  ]);
  const table = aligned([HEADER, ...rows]);
  const below = shown.map(({ expected, actual }) =>
    [`expected: ${number(expected)}`, `actual:   ${number(actual)}`].filter(
      () => isLong(expected) || isLong(actual),
    ),
  );
  const count = (pass: boolean | null): number =>
    checks.filter((check) => check.pass === pass).length;
  const withBar = count(true) + count(false);
  const hidden = checks.length - shown.length;
  const lacking = (inPart: boolean): number =>
    new Set(missing.filter(({ isPart }) => (isPart === true) === inPart).map(({ topic }) => topic))
      .size;
  return [
    ...(shown.length > 0 ? ["", table[0]!] : []),
    ...shown.flatMap((check, i) => [
      ...heading(check, shown[i - 1]),
      table[i + 1]!,
      ...what[i]!.slice(1).map((line) => `${" ".repeat(8)}${line}`),
      ...below[i]!.map((line) => `${" ".repeat(12)}${line}`),
    ]),
    "",
    [
      `${count(true)} of ${withBar} comparisons hold their bar`,
      ...(count(null) > 0 ? [`shown without one: ${count(null)}`] : []),
      ...(lacking(false) > 0 ? [`topics not checked for lack of data: ${lacking(false)}`] : []),
      ...(lacking(true) > 0 ? [`topics checked in part for lack of data: ${lacking(true)}`] : []),
      ...(hidden > 0 ? [`rows only listed by --all: ${hidden}`] : []),
    ].join("; ") + ".",
  ];
}

/** A heading where the topic or the group of the row before ends. */
function heading(check: Check, before: Check | undefined): readonly string[] {
  const title = ({ topic, group }: Check): string =>
    group === undefined ? topic : `${topic}: ${group}`;
  if (before !== undefined && title(before) === title(check)) return [];
  return ["", colours(process.stdout).bold(title(check))];
}

/** Lines of at most so many characters, broken between words. */
function wordWrapped(text: string, lengthMax: number): readonly string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1]!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= lengthMax)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function mark({ pass }: Check): string {
  const colour = colours(process.stdout);
  if (pass === null) return colour.dim("info");
  return pass ? colour.green("pass") : colour.red("FAIL");
}

/** Six significant digits are enough to see a difference; whole numbers are printed whole. */
function number(value: number | string): string {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

function isLong(value: number | string): boolean {
  return number(value).length > CELL_LENGTH_MAX;
}

function short(value: number | string): string {
  return isLong(value) ? "below" : number(value);
}

/** Pads columns; the mark may carry colour codes, which have no width. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  // eslint-disable-next-line no-control-regex -- colour codes begin with the escape character
  const width = (cell: string): number => cell.replace(/\u001B\[\d+m/g, "").length;
  const widths = rows[0]!.map((_unused, column) =>
    Math.max(...rows.map((row) => width(row[column]!))),
  );
  const isNumber = (column: number): boolean => column >= 2 && column <= 5;
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = " ".repeat(widths[column]! - width(cell));
        return isNumber(column) ? padding + cell : cell + padding;
      })
      .join("  ")
      .trimEnd(),
  );
}
