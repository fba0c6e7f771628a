import type { PathPart } from "../diagnostics/field-path.js";
import type { LocatedNode, Place } from "../diagnostics/located-node.js";
import { nodeAt, placeOf } from "../diagnostics/located-node.js";
import { folderOf, joinPath } from "./file-path.js";

/** A file that a configuration reads: a trace, parameters of a workload, a backtest. */
export interface FileReference {
  /** As it stands in the scenario or on the command line; results name the file so. */
  readonly written: string;
  /** From where the command runs: relative paths in a file start at the folder of that file. */
  readonly path: string;
  /** True when a person named it on the command line, which allows any place. */
  readonly fromCommandLine: boolean;
  /** Where it is named, for a message when it cannot be read. */
  readonly place: Place;
}

/** A trace file. */
export type TraceReference = FileReference;

/** The trace a document names, or undefined when it names none (or no text). */
export function traceReference(root: LocatedNode): TraceReference | undefined {
  return fileReference(root, ["workload", "trace"]);
}

/** The file a document names in a field, or undefined when it names none (or no text). */
export function fileReference(
  root: LocatedNode,
  field: readonly PathPart[],
): FileReference | undefined {
  const node = nodeAt(root, field);
  if (node?.kind !== "scalar" || typeof node.value !== "string" || node.value === "")
    return undefined;
  const { origin, value: written } = node;
  const fromCommandLine = origin.kind === "argument";
  const folder = fromCommandLine ? "." : folderOf(origin.source.file);
  return { written, path: joinPath(folder, written), fromCommandLine, place: placeOf(origin) };
}
