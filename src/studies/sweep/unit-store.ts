import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import { asOutputError } from "../../io/output-folder.js";
import type { StoredOutcome } from "./stored-run.js";

/** Results of units in a folder, one file each, named by their content. */
export interface UnitStore {
  /** The result of a unit; undefined when it is not there, or its file is not whole. */
  read(key: string): StoredOutcome | undefined;
  /**
   * Keeps a result so that a reader sees all of it or nothing.
   *
   * @throws InputError when the disk is full or the folder may not be written
   */
  write(key: string, outcome: StoredOutcome): void;
}

/** Folder of the results inside the output folder of a sweep. */
export const UNITS_FOLDER = "units";

const TEMPORARY = /^\.[0-9a-f]{64}\.\d+\.tmp$/;

/**
 * Opens the results of a sweep's output folder, which need not be there yet.
 *
 * A file holds the SHA-256 of its text, so that one cut off by a power failure counts as missing.
 *
 * @param others more folders to read from, such as those that other machines wrote
 */
export function openUnitStore(folder: string, others: readonly string[] = []): UnitStore {
  const folders = [folder, ...others];
  const made = new Set<string>();
  return {
    read(key) {
      for (const one of folders) {
        const found = readWhole(unitPath(one, key));
        if (found !== undefined) return found;
      }
      return undefined;
    },
    write(key, outcome) {
      const path = unitPath(folder, key);
      const body = JSON.stringify(outcome);
      const temporary = join(dirname(path), `.${key}.${process.pid}.tmp`);
      try {
        if (!made.has(dirname(path))) mkdirSync(dirname(path), { recursive: true });
        made.add(dirname(path));
        writeFileSync(temporary, `${digest(body)}\n${body}\n`);
        renameSync(temporary, path);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw asOutputError(folder, error);
      }
    },
  };
}

/**
 * Removes what killed runs left half-written, in the output folder and among the results.
 *
 * @param ageMinS younger files stay: where machines share the folder, another one may be writing them
 */
export function removeLeftovers(folder: string, names: readonly string[], ageMinS: number): void {
  const isLeft = (path: string): boolean => !isAlive(path) && isOlder(path, ageMinS);
  const units = join(folder, UNITS_FOLDER);
  for (const part of existsSync(units) ? readdirSync(units) : []) {
    const inside = join(units, part);
    for (const name of readdirSync(inside)) {
      if (TEMPORARY.test(name) && isLeft(join(inside, name)))
        rmSync(join(inside, name), { force: true });
    }
  }
  for (const place of new Set(names.map((name) => dirname(join(folder, name))))) {
    if (!existsSync(place)) continue;
    for (const name of readdirSync(place)) {
      if (/^\..+\.\d+\.tmp$/.test(name) && isLeft(join(place, name)))
        rmSync(join(place, name), { force: true });
    }
  }
}

function isOlder(path: string, ageMinS: number): boolean {
  if (ageMinS === 0) return true;
  const written = statSync(path, { throwIfNoEntry: false });
  return written === undefined || Date.now() - written.mtimeMs > ageMinS * 1000;
}

/** Whether the process that wrote a temporary file still runs here. */
function isAlive(temporary: string): boolean {
  const pid = Number(/\.(\d+)\.tmp$/.exec(temporary)?.[1]);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function unitPath(folder: string, key: string): string {
  return join(folder, UNITS_FOLDER, key.slice(0, 2), key);
}

function readWhole(path: string): StoredOutcome | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const end = text.indexOf("\n");
  const body = text.slice(end + 1, -1);
  if (digest(body) !== text.slice(0, end)) return undefined;
  return JSON.parse(body) as StoredOutcome;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
