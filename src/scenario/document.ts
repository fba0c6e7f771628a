import type { LocatedMap, LocatedNode, Place } from "../diagnostics/located-node.js";
import { placeOf } from "../diagnostics/located-node.js";
import type { Problem } from "../diagnostics/problem.js";
import { InputError } from "../diagnostics/problem.js";
import { describeValue } from "../diagnostics/describe-value.js";
import { parseYaml } from "../diagnostics/yaml-source.js";
import { LIMITS } from "./defaults.js";
import type { ScenarioField } from "./field-tree.js";
import { folderOf, isInsideFolder, joinPath, pathFault } from "./file-path.js";
import { layOver } from "./overlay.js";
import type { ScenarioRule } from "./rules.js";

/** The text of a scenario and of the files it extends, and what it may read. */
export interface ScenarioTexts {
  /** Path of the scenario as the person wrote it; relative paths in it start at its folder. */
  readonly file: string;
  readonly text: string;
  /** Texts of extended files by path, as `missingExtends` asked for them. */
  readonly texts?: ReadonlyMap<string, string>;
  /**
   * Whether a file may be read; decides over `extends` and traces alike. The caller knows the file
   * system: links, folders named on the command line. Absent means the folder of the scenario only.
   */
  readonly mayRead?: (path: string) => boolean;
  /**
   * Why a file cannot be read, so that a trace that is not there is found together with everything else.
   * Absent: files are not looked at.
   */
  readonly fileFault?: (path: string) => FileFault | undefined;
}

/**
 * What is wrong with a file that a scenario names: `message` completes the name of the file, `suggestion` is the
 * name of one in the same folder.
 */
export type FileFault = Pick<Problem, "message" | "suggestion" | "help">;

/** A file that has to be read before the scenario can be. */
export interface NeededFile {
  readonly path: string;
  /** Where it is named, for a message when it cannot be read. */
  readonly place: Place;
}

/** Documents of the chain, the scenario itself first. */
interface Chain {
  readonly documents: readonly LocatedMap[];
  readonly files: readonly string[];
  readonly missing: NeededFile | undefined;
}

/**
 * The next file that `extends` asks for and that was not handed in, or undefined when all are there.
 *
 * A caller reads it, adds it to `texts` and asks again.
 *
 * @throws InputError when a file of the chain cannot be used
 */
export function missingExtends(texts: ScenarioTexts): NeededFile | undefined {
  return readChain(texts).missing;
}

/** A scenario with all it extends laid under it. */
export interface MergedDocument {
  readonly root: LocatedMap;
  /** Files that were extended, nearest first. */
  readonly extended: readonly string[];
}

/**
 * Reads the chain of files and lays them over each other.
 *
 * @throws InputError as `missingExtends`, and when a text is missing
 */
export function readDocument(texts: ScenarioTexts, fields: ScenarioField): MergedDocument {
  const { documents, files, missing } = readChain(texts);
  if (missing !== undefined) {
    throw new InputError([
      {
        ...missing.place,
        rule: "unreadable-file" satisfies ScenarioRule,
        path: "extends",
        message: `the file "${missing.path}" cannot be read`,
      },
    ]);
  }
  const [top, ...below] = documents;
  let root: LocatedNode = below.length === 0 ? top! : below[below.length - 1]!;
  for (const over of [...documents].reverse().slice(1)) root = layOver(root, over, fields);
  return { root: withoutExtends(root as LocatedMap), extended: files.slice(1) };
}

/** Default rule of `mayRead`: inside the folder of the scenario. */
export function mayReadDefault(file: string): (path: string) => boolean {
  return (path) => isInsideFolder(folderOf(file), path);
}

/** Why a file named in a scenario may not be read, or undefined. */
export function readFault(
  written: string,
  path: string,
  mayRead: (path: string) => boolean,
): (Pick<Problem, "message" | "help"> & { readonly rule: ScenarioRule }) | undefined {
  const fault = pathFault(written);
  if (fault !== undefined)
    return { rule: "bad-path", message: `${fault}, got ${describeValue(written)}` };
  if (mayRead(path)) return undefined;
  return {
    rule: "path-outside",
    message: `must stay in the folders a scenario may read from, got ${describeValue(written)}`,
    help: "move the file into the project, or allow its folder with --allow-path",
  };
}

function readChain(options: ScenarioTexts): Chain {
  const { texts = new Map<string, string>(), mayRead = mayReadDefault(options.file) } = options;
  const documents: LocatedMap[] = [];
  const files = [joinPath(".", options.file)];
  let text: string | undefined = options.text;
  let shownFile = options.file;
  for (;;) {
    const document = parseYaml(shownFile, text);
    if (document.kind !== "map") throw new InputError([notAMap(document)]);
    documents.push(document);
    const node = document.entries.get("extends");
    if (node === undefined) return { documents, files, missing: undefined };
    const path = extendedPath(node, folderOf(shownFile), mayRead, files);
    files.push(path);
    text = texts.get(path);
    if (text === undefined)
      return { documents, files, missing: { path, place: placeOf(node.origin) } };
    shownFile = path;
  }
}

/** Path of the file that `extends` names, checked. */
function extendedPath(
  node: LocatedNode,
  folder: string,
  mayRead: (path: string) => boolean,
  files: readonly string[],
): string {
  const refuse = (rule: ScenarioRule, message: string, help?: string): InputError => {
    const rest = { rule, path: "extends", message: `extends ${message}` };
    return new InputError([
      { ...placeOf(node.origin), ...rest, ...(help === undefined ? {} : { help }) },
    ]);
  };
  if (node.kind !== "scalar" || typeof node.value !== "string" || node.value === "") {
    const value = node.kind === "scalar" ? node.value : node.kind === "list" ? [] : {};
    throw refuse("wrong-type", `must be the path of a file, got ${describeValue(value)}`);
  }
  const path = joinPath(folder, node.value);
  const fault = readFault(node.value, path, mayRead);
  if (fault !== undefined) throw refuse(fault.rule, fault.message, fault.help);
  const seenAt = files.indexOf(path);
  if (seenAt !== -1) {
    const circle = [...files.slice(seenAt), path].join(" → ");
    throw refuse(
      "extends-cycle",
      `makes a circle: ${circle}`,
      "take one extends out of the circle",
    );
  }
  if (files.length > LIMITS.extendsMax) {
    throw refuse("extends-depth", `makes a chain of more than ${LIMITS.extendsMax} files`);
  }
  return path;
}

function notAMap(document: LocatedNode): Problem {
  const given = document.kind === "list" ? [] : document.kind === "scalar" ? document.value : {};
  return {
    ...placeOf(document.origin),
    rule: "wrong-type" satisfies ScenarioRule,
    message: `the scenario must be a map of fields, got ${describeValue(given)}`,
    help: "begin the file with: schema: headroom/scenario/v1",
  };
}

function withoutExtends(root: LocatedMap): LocatedMap {
  const entries = new Map(root.entries);
  entries.delete("extends");
  return { ...root, entries };
}
