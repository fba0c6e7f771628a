import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { InputError } from "../diagnostics/problem.js";

/** A text file of a report's folder. */
export interface FolderFile {
  /** Name inside the folder, with slashes. */
  readonly name: string;
  readonly text: string;
}

/** Files a report consists of; pictures are drawn again. */
const TEXTS = /\.(?:json|csv|md|html)$/u;
/** Folders below a report that hold parts of it. */
const FOLDERS = ["charts", "variants"];

/**
 * Reads the text files of a folder that Headroom wrote.
 *
 * @throws InputError when the folder is not there or holds no report
 */
export function readReportFolder(folder: string): readonly FolderFile[] {
  const fault = (message: string, help: string): InputError =>
    new InputError([{ file: folder, rule: "file", message, help }]);
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    throw fault(
      "is no folder that can be read",
      "name the folder of a report, such as reports/quickstart",
    );
  }
  if (!names.includes("report.json")) {
    throw fault(
      "holds no report.json",
      "name a folder that headroom run, compare, sweep, plan or backtest wrote; older ones have to be made again",
    );
  }
  return names.flatMap((name) => filesOf(folder, name, 0));
}

function filesOf(folder: string, name: string, depth: number): readonly FolderFile[] {
  const path = join(folder, name);
  if (statSync(path).isDirectory()) {
    if (depth === 0 && !FOLDERS.includes(name)) return [];
    return readdirSync(path).flatMap((child) => filesOf(folder, `${name}/${child}`, depth + 1));
  }
  return TEXTS.test(name) ? [{ name, text: readFileSync(path, "utf8") }] : [];
}
