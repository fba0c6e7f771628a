import { parseDuration } from "../../base/units/parse-duration.js";
import { parseShare } from "../../base/units/parse-number.js";
import type { Parsed } from "../../base/units/parsed.js";
import type { PathPart } from "../../diagnostics/field-path.js";
import { plainValue, type LocatedNode } from "../../diagnostics/located-node.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { parseYaml } from "../../diagnostics/yaml-source.js";
import { expandCases } from "./expand-cases.js";
import { schemaProblems, suiteProblem } from "./suite-problems.js";
import { suiteSchema, type SuiteDocument } from "./suite-schema.js";
import { SAMPLING_DEFAULTS, type Suite, type SuiteSampling } from "./suite.js";

/**
 * Reads a suite.
 *
 * @param file name printed in messages
 * @throws InputError with everything that is wrong, each with line and column
 */
export function parseSuite(file: string, text: string): Suite {
  const root = parseYaml(file, text);
  const parsed = suiteSchema.safeParse(plainValue(root));
  if (!parsed.success) throw new InputError(schemaProblems(root, parsed.error.issues));
  const problems: Problem[] = [];
  const sampling = readSampling(root, parsed.data, problems);
  const cases = expandCases(root, parsed.data, problems);
  if (problems.length > 0) throw new InputError(problems);
  const { name, description } = parsed.data;
  return { name, description, sampling, cases };
}

function readSampling(
  root: LocatedNode,
  document: SuiteDocument,
  problems: Problem[],
): SuiteSampling {
  const given = document.sampling ?? {};
  const quantity = (
    name: "precision" | "sampleTime" | "caseTime" | "budget",
    read: (value: string | number) => Parsed,
    least: number,
    otherwise: number,
  ): number => {
    const value = given[name];
    if (value === undefined) return otherwise;
    const path: readonly PathPart[] = ["sampling", name];
    const parsed = read(value);
    if (!parsed.ok) {
      problems.push(suiteProblem(root, path, { rule: "bad-quantity", message: parsed.message }));
      return otherwise;
    }
    if (parsed.value >= least) return parsed.value;
    const message = `sampling.${name} must be at least ${least}${name === "precision" ? "" : " s"}`;
    problems.push(suiteProblem(root, path, { rule: "out-of-range", message }));
    return otherwise;
  };
  const defaults = SAMPLING_DEFAULTS;
  const processes = given.processes ?? Math.min(defaults.processes, given.processesMax ?? Infinity);
  const processesMax = given.processesMax ?? Math.max(defaults.processesMax, processes);
  if (processesMax < processes) {
    const message = `sampling.processesMax is ${processesMax}, must be at least processes (${processes})`;
    problems.push(
      suiteProblem(root, ["sampling", "processesMax"], { rule: "out-of-range", message }),
    );
  }
  return {
    processes,
    processesMax,
    precision: quantity("precision", parseShare, 0.0001, defaults.precision),
    samples: given.samples ?? defaults.samples,
    warmUpSamples: given.warmUp ?? defaults.warmUpSamples,
    sampleS: quantity("sampleTime", parseDuration, 0.00001, defaults.sampleS),
    caseS: quantity("caseTime", parseDuration, 0.001, defaults.caseS),
    budgetS: quantity("budget", parseDuration, 1, defaults.budgetS),
  };
}
