import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";

import { InputError } from "../diagnostics/problem.js";

/** Documents that every report of ours has one of; each begins with the name of its schema. */
const REPORT_DOCUMENTS = [
  "result.json",
  "backtest.json",
  "plan.json",
  "compare.json",
  "sweep.json",
];
const REPORT_MARK = '"schema": "headroom/';
const MARK_WITHIN_BYTES = 200;

/** Files whose number differs from report to report: those of an earlier one must not look current. */
const STALE_FOLDERS = ["charts", "variants"];
const STALE_FILE = /^(charts\/[^/]+\.(vl\.json|svg|png)|variants\/\d+\/(jobs|utilization)\.csv)$/;

/**
 * Checks, before hours of simulation, that a report can be written into a folder and destroys nothing
 * there but an earlier report.
 *
 * @param names of the files to be, inside the folder
 * @throws InputError when the folder is a file, may not be written, or holds such files of somebody else
 */
export function checkOutputFolder(folder: string, names: readonly string[]): void {
  if (folder.trim() === "") {
    throw outputProblem("--out", "the output folder has no name", "name one: --out reports/mine");
  }
  try {
    const there = nearestExisting(resolve(folder));
    if (!statSync(there).isDirectory()) {
      throw outputProblem(
        folder,
        there === resolve(folder)
          ? "is a file, and the report needs a folder"
          : `cannot be made: ${there} is a file`,
        "name another folder with --out",
      );
    }
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw asOutputError(folder, error);
  }
  const lost = names.filter((name) => existsSync(join(folder, name)));
  if (lost.length === 0 || holdsEarlierReport(folder)) return;
  const more = lost.length > 3 ? ` and ${lost.length - 3} more` : "";
  throw outputProblem(
    folder,
    `holds ${lost.slice(0, 3).join(", ")}${more}, and not from an earlier report: writing would overwrite ${lost.length === 1 ? "it" : "them"}`,
    "name another folder with --out, or move the files away",
  );
}

/** True when the folder holds the document of a report that this program wrote. */
export function holdsEarlierReport(folder: string): boolean {
  return REPORT_DOCUMENTS.some((name) => {
    try {
      const file = openSync(join(folder, name), "r");
      try {
        const start = Buffer.alloc(MARK_WITHIN_BYTES);
        const length = readSync(file, start, 0, start.length, 0);
        return start.toString("latin1", 0, length).includes(REPORT_MARK);
      } finally {
        closeSync(file);
      }
    } catch {
      return false;
    }
  });
}

/** Removes files that an earlier report left and this one does not have: a variant that is gone must not look current. */
export function removeStaleFiles(folder: string, names: readonly string[]): void {
  const current = new Set(names);
  for (const owned of STALE_FOLDERS) {
    if (!existsSync(join(folder, owned))) continue;
    for (const entry of readdirSync(join(folder, owned), { recursive: true }) as string[]) {
      const name = `${owned}/${entry.replaceAll("\\", "/")}`;
      if (STALE_FILE.test(name) && !current.has(name)) rmSync(join(folder, name), { force: true });
    }
    removeEmptyFolders(join(folder, owned));
  }
}

/** Removes a folder and those inside it as far as they hold no file. */
export function removeEmptyFolders(folder: string): void {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name));
    }
    rmdirSync(folder);
  } catch {
    // Not empty, or gone already: it stays as it is.
  }
}

/** What the operating system answers when a folder cannot be written, and what to do about it. */
const SYSTEM_ANSWERS: Readonly<Record<string, readonly [message: string, help: string]>> = {
  EACCES: ["may not be written", "check its permissions, or name another folder with --out"],
  EPERM: ["may not be written", "check its permissions, or name another folder with --out"],
  EROFS: ["is on a read-only file system", "name another folder with --out"],
  ENOSPC: [
    "has no space left: the disk is full",
    "free some space, or name another folder with --out",
  ],
  EDQUOT: [
    "has no space left: the quota is used up",
    "free some space, or name another folder with --out",
  ],
  EFBIG: ["takes no file of this size", "name another folder with --out"],
  ENOTDIR: ["cannot be made: a part of its path is a file", "name another folder with --out"],
  EEXIST: ["cannot be made: a part of its path is a file", "name another folder with --out"],
  EISDIR: ["has a folder where a file of the report goes", "name another folder with --out"],
  ENAMETOOLONG: [
    "has a name that is too long for this file system",
    "name another folder with --out",
  ],
  ELOOP: ["is a link that leads in a circle", "name another folder with --out"],
  EMFILE: ["cannot be opened: too many files are open", "raise the limit: ulimit -n"],
  EIO: ["cannot be written: the device reports an error", "check the disk"],
  ENOENT: ["was removed while the report was written", "run again"],
};

/** Turns an error of the file system while writing into one a person can act on; others pass unchanged. */
export function asOutputError(folder: string, error: unknown): Error {
  if (error instanceof InputError) return error;
  const answer = SYSTEM_ANSWERS[(error as NodeJS.ErrnoException).code ?? ""];
  if (answer !== undefined) return outputProblem(folder, ...answer);
  return error instanceof Error ? error : new Error(String(error));
}

function outputProblem(folder: string, message: string, help: string): InputError {
  return new InputError([{ file: folder, rule: "output", message, help }]);
}

/** The path itself, or the nearest folder above it that is there. */
function nearestExisting(path: string): string {
  for (let above = path; ; above = dirname(above)) {
    if (existsSync(above) || dirname(above) === above) return above;
  }
}
