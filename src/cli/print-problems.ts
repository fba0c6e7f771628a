import { problemsJson } from "../diagnostics/problem-json.js";
import type { InputError, Problem } from "../diagnostics/problem.js";
import { renderProblems } from "../diagnostics/render-problems.js";
import { annotate } from "./github-annotations.js";
import { colours } from "./terminal.js";

/** Prints everything that is wrong with the input: for people on stderr, as one object on stdout under --json. */
export function printInputError(error: InputError, json: boolean): void {
  const colour = colours(process.stderr);
  const style = { place: colour.bold, mark: colour.red, dim: colour.dim };
  const count = error.problems.length;
  process.stderr.write(
    `${renderProblems(error.problems, { style })}\n\n` +
      `${count === 1 ? "1 problem" : `${count} problems`}; nothing was written.\n`,
  );
  if (json) printJson(error.problems);
  if (process.env["GITHUB_ACTIONS"] === "true") process.stderr.write(annotate(error.problems));
}

/** A command line that cannot be understood, as the one object on stdout under --json; the text for people is out already. */
export function printUsageProblem(error: {
  readonly code: string;
  readonly message: string;
}): void {
  const isHelp = error.code === "commander.help";
  const [message = "", ...more] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = /Did you mean (?:one of )?([^\s,?]+)/.exec(more.join(" "))?.[1];
  printJson([
    {
      file: "command line",
      rule: "usage",
      message: isHelp ? "a command is missing" : message,
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "run with --help for usage",
    },
  ]);
}

function printJson(problems: readonly Problem[]): void {
  process.stdout.write(`${JSON.stringify({ problems: problemsJson(problems) }, null, 2)}\n`);
}
