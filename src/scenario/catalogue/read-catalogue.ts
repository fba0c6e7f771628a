import type { LocatedMap } from "../../diagnostics/located-node.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { readFault, type FileFault } from "../document.js";
import type { FileReference } from "../trace-reference.js";
import { fileReference } from "../trace-reference.js";
import { parseCatalogue } from "./parse-catalogue.js";
import { useCatalogue, type WithCatalogue } from "./use-catalogue.js";

/** What reading a catalogue that a scenario names needs from outside. */
export interface CatalogueFiles {
  readonly mayRead: (path: string) => boolean;
  readonly fileFault: (path: string) => FileFault | undefined;
  /** Text of the file; absent where no files can be read. @throws InputError when it cannot be read */
  readonly catalogueText?: (reference: FileReference) => string;
}

const FIELD = "cluster.catalogue";

/**
 * Lays the catalogue that a configuration names under it. Problems of the file are appended with their places
 * in it; the configuration then stays as it is.
 */
export function readCatalogueOf(
  root: LocatedMap,
  files: CatalogueFiles,
  problems: Problem[],
): WithCatalogue {
  const untouched = { root, assumptions: [] };
  const reference = fileReference(root, ["cluster", "catalogue"]);
  if (reference === undefined) return untouched;
  const fault = reference.fromCommandLine
    ? undefined
    : readFault(reference.written, reference.path, files.mayRead);
  const missing = fault === undefined ? files.fileFault(reference.path) : undefined;
  if (fault !== undefined || missing !== undefined || files.catalogueText === undefined) {
    const { suggestion: near, ...said } = missing ?? {};
    const folder = reference.written.slice(0, reference.written.lastIndexOf("/") + 1);
    const message =
      fault === undefined
        ? `${FIELD}: ${reference.written} ${missing?.message ?? "cannot be read here"}`
        : `${FIELD} ${fault.message}`;
    add(problems, {
      ...said,
      ...reference.place,
      rule: fault?.rule ?? "unreadable-file",
      path: FIELD,
      message,
      ...(fault?.help === undefined ? {} : { help: fault.help }),
      ...(near === undefined ? {} : { suggestion: folder + near }),
    });
    return untouched;
  }
  try {
    const entries = parseCatalogue(
      reference.path,
      files.catalogueText(reference),
      reference.written,
    );
    return useCatalogue(root, entries);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const problem of error.problems) add(problems, problem);
    return untouched;
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

/**
 * Amends what was found about machines after a catalogue was named: with a file that could not be read nobody
 * knows which of them are missing; with one that could, its machines are among those that may have been meant.
 *
 * @param from position of the first problem found since
 */
export function amendUnknownMachines(
  problems: Problem[],
  from: number,
  { root, machines }: WithCatalogue,
): void {
  if (fileReference(root, ["cluster", "catalogue"]) === undefined) return;
  const found = problems.splice(from);
  for (const problem of found) {
    if (problem.rule !== "unknown-sku") problems.push(problem);
    else if (machines !== undefined) {
      const given = /sku "([^"]*)"/.exec(problem.message)?.[1] ?? "";
      const suggestion = didYouMean(given, machines) ?? problem.suggestion;
      const allowed = [...machines, ...(problem.allowed ?? [])];
      problems.push({ ...problem, allowed, ...(suggestion === undefined ? {} : { suggestion }) });
    }
  }
}
