import { createWriteStream, openSync, renameSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { constants } from "node:os";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import {
  asOutputError,
  checkOutputFolder,
  holdsEarlierReport,
  removeEmptyFolders,
  removeStaleFiles,
} from "./output-folder.js";
import { removeTemporary } from "./remove-temporary.js";

/** A file to be: its name inside the output folder, and its text (or bytes) in chunks. */
export interface OutputFile {
  readonly name: string;
  readonly chunks: Iterable<string | Uint8Array>;
}

/** Signals that end a program and leave it time to tidy up. */
const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What shells add to the number of the signal that ended a program. */
const SIGNALLED = 128;

/**
 * Writes files so that a reader sees all of a file or nothing of it.
 *
 * Everything is written under temporary names first and renamed only when all of it is complete:
 * an error or Ctrl-C leaves no half-written report behind, nor folders made for it.
 *
 * @throws InputError when the folder cannot be written (permissions, a full disk), or holds files that
 *   are not an earlier report's and would be lost
 */
export async function writeFilesAtomically(
  folder: string,
  files: readonly OutputFile[],
): Promise<void> {
  checkOutputFolder(
    folder,
    files.map(({ name }) => name),
  );
  const written: { temporary: string; final: string }[] = [];
  const made: string[] = [];
  const tidyUp = (): void => {
    for (const { temporary } of written) removeTemporary(temporary);
    for (const path of made) removeEmptyFolders(path);
  };
  // Only while writing: a handler would also hold back Ctrl-C during a long simulation, which never
  // returns to the event loop and has nothing to clean up.
  const ended = (signal: NodeJS.Signals): void => {
    tidyUp();
    process.exit(SIGNALLED + constants.signals[signal]);
  };
  for (const signal of ENDING_SIGNALS) process.once(signal, ended);
  try {
    for (const file of files) {
      const final = join(folder, file.name);
      const temporary = join(dirname(final), `.${basename(final)}.${process.pid}.tmp`);
      const firstMade = await mkdir(dirname(final), { recursive: true });
      if (firstMade !== undefined) made.push(firstMade);
      written.push({ temporary, final });
      await pipeline(
        Readable.from(file.chunks),
        createWriteStream(temporary, { encoding: "utf8", fd: openSync(temporary, "w") }),
      );
    }
    const wasReport = holdsEarlierReport(folder);
    // Synchronous, so that no signal falls between two of them.
    for (const { temporary, final } of written) renameSync(temporary, final);
    if (wasReport)
      removeStaleFiles(
        folder,
        files.map(({ name }) => name),
      );
  } catch (error) {
    throw asOutputError(folder, error);
  } finally {
    for (const signal of ENDING_SIGNALS) process.removeListener(signal, ended);
    tidyUp();
  }
}
