import type { Problem } from "./problem.js";
import { sortProblems } from "./render-problems.js";

/** A problem as `--json` prints it: every key is always there, null where it does not apply. */
export interface ProblemJson {
  readonly file: string;
  readonly line: number | null;
  readonly col: number | null;
  readonly endLine: number | null;
  readonly endCol: number | null;
  readonly path: string | null;
  readonly rule: string;
  readonly message: string;
  readonly allowed: readonly string[] | null;
  readonly suggestion: string | null;
  /** The next step. */
  readonly help: string | null;
}

/** All problems as plain data, sorted by position. None is left out: machines do not tire. */
export function problemsJson(problems: readonly Problem[]): readonly ProblemJson[] {
  return sortProblems(problems).map((problem) => ({
    file: problem.file,
    line: problem.line ?? null,
    col: problem.col ?? null,
    endLine: problem.endLine ?? null,
    endCol: problem.endCol ?? null,
    path: problem.path ?? null,
    rule: problem.rule,
    message: problem.message,
    allowed: problem.allowed ?? null,
    suggestion: problem.suggestion ?? null,
    help: problem.help ?? null,
  }));
}
