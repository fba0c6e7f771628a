import { problemsJson } from "../diagnostics/problem-json.js";
import type { InputError } from "../diagnostics/problem.js";
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
      `${count === 1 ? "1 problem" : `${count} problems`} in the input; nothing was run and nothing was written.\n`,
  );
  if (json)
    process.stdout.write(
      `${JSON.stringify({ problems: problemsJson(error.problems) }, null, 2)}\n`,
    );
  if (process.env["GITHUB_ACTIONS"] === "true") process.stderr.write(annotate(error.problems));
}
