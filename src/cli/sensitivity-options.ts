import { InputError, type Problem } from "../diagnostics/problem.js";
import { parseVary, type Factor } from "../studies/sensitivity/factor.js";
import type { PageCommandOptions } from "./page-options.js";

/** Options of `headroom sensitivity`. */
export interface SensitivityOptions extends PageCommandOptions {
  readonly vary: readonly string[];
  readonly only?: true;
  readonly metric?: string;
  readonly global?: number;
  readonly replications?: number;
  readonly set: readonly string[];
  readonly seed?: number;
  readonly threads?: number;
  readonly out?: string;
  readonly allowPath: readonly string[];
  readonly json?: true;
  readonly quiet?: true;
}

/** Files that every study of sensitivity writes. */
export const REPORT_FILES = ["sensitivity.json", "report.md", "report.html"];

/** Those of the ledger and those of `--vary`, which take the place of others of the same field. */
export function factorsOf(
  options: SensitivityOptions,
  ledger: readonly Factor[],
): readonly Factor[] {
  const problems: Problem[] = [];
  const given: Factor[] = [];
  for (const text of options.vary) {
    const parsed = parseVary(text);
    if ("rule" in parsed) problems.push(parsed);
    else given.push(parsed);
  }
  if (problems.length > 0) throw new InputError(problems);
  const paths = new Set(given.map(({ path }) => path));
  const all = [...given, ...ledger.filter(({ path }) => !paths.has(path))];
  if (all.length > 0) return all;
  throw new InputError([
    {
      file: "headroom sensitivity",
      rule: "missing-field",
      message: "there is nothing to vary",
      help: "name a field and its range: --vary workload.load=0.8..1.2",
    },
  ]);
}
