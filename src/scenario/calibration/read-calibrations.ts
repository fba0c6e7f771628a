import { sha256 } from "../../base/sha256.js";
import { nodeAt, type LocatedMap } from "../../diagnostics/located-node.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import {
  parseCalibration,
  type NamedCalibration,
} from "../../performance/calibrated/calibration-file.js";
import type { CatalogueFiles } from "../catalogue/read-catalogue.js";
import { readFault } from "../document.js";
import { fileReference, type FileReference } from "../trace-reference.js";

const FIELD = "cluster.calibrations";

/** A calibration with the place where the scenario names it. */
export interface ScenarioCalibration extends NamedCalibration {
  readonly reference: FileReference;
}

/**
 * Reads the calibrations that a configuration names. Problems are appended: of a file that cannot be read at the place
 * where it is named, of one that is no calibration with its own name.
 */
export function readCalibrationsOf(
  root: LocatedMap,
  files: CatalogueFiles,
  problems: Problem[],
): readonly ScenarioCalibration[] {
  const list = nodeAt(root, ["cluster", "calibrations"]);
  if (list?.kind !== "list") return [];
  return list.items.flatMap((_unused, index) => {
    const reference = fileReference(root, ["cluster", "calibrations", index]);
    return reference === undefined ? [] : readOne(reference, `${FIELD}[${index}]`, files, problems);
  });
}

function readOne(
  reference: FileReference,
  path: string,
  files: CatalogueFiles,
  problems: Problem[],
): readonly ScenarioCalibration[] {
  const { written } = reference;
  const fault = reference.fromCommandLine
    ? undefined
    : readFault(written, reference.path, files.mayRead);
  const missing = fault === undefined ? files.fileFault(reference.path) : undefined;
  if (fault !== undefined || missing !== undefined || files.catalogueText === undefined) {
    const { suggestion: near, ...said } = missing ?? {};
    const folder = written.slice(0, written.lastIndexOf("/") + 1);
    add(problems, {
      ...said,
      ...reference.place,
      rule: fault?.rule ?? "unreadable-file",
      path,
      message:
        fault === undefined
          ? `${path}: ${written} ${missing?.message ?? "cannot be read here"}`
          : `${path} ${fault.message}`,
      ...(fault?.help === undefined ? {} : { help: fault.help }),
      ...(near === undefined ? {} : { suggestion: folder + near }),
    });
    return [];
  }
  try {
    const text = files.catalogueText(reference);
    const calibration = parseCalibration(written, text);
    return [{ file: written, sha256: sha256(text), calibration, reference }];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const problem of error.problems) {
      // What is wrong is in the file; where to mend it is the scenario.
      add(problems, {
        ...problem,
        ...reference.place,
        path,
        message: `${path}: ${written} ${problem.message}`,
      });
    }
    return [];
  }
}

/** The base and every variant read the same file: its problems are reported once. */
function add(problems: Problem[], problem: Problem): void {
  const isSame = (other: Problem): boolean =>
    other.file === problem.file &&
    other.line === problem.line &&
    other.col === problem.col &&
    other.message === problem.message;
  if (!problems.some(isSame)) problems.push(problem);
}
