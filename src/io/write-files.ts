import { createWriteStream, rmSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A file to be: its name inside the output folder, and its text in chunks. */
export interface OutputFile {
  readonly name: string;
  readonly chunks: Iterable<string>;
}

/** Temporary files of writes in progress, so that an interrupt can remove them. */
const temporaryFiles = new Set<string>();

/** Removes what an interrupted write left under temporary names. Synchronous: for signal handlers. */
export function removeTemporaryFiles(): void {
  for (const path of temporaryFiles) rmSync(path, { force: true });
}

/**
 * Writes files so that a reader sees all of a file or nothing of it.
 *
 * Everything is written under temporary names first and renamed only when all of it is complete:
 * an error or Ctrl-C leaves no half-written report behind.
 */
export async function writeFilesAtomically(
  folder: string,
  files: readonly OutputFile[],
): Promise<void> {
  const written: { temporary: string; final: string }[] = [];
  try {
    for (const file of files) {
      const final = join(folder, file.name);
      const temporary = join(dirname(final), `.${basename(final)}.${process.pid}.tmp`);
      await mkdir(dirname(final), { recursive: true });
      written.push({ temporary, final });
      temporaryFiles.add(temporary);
      await pipeline(
        Readable.from(file.chunks),
        createWriteStream(temporary, { encoding: "utf8" }),
      );
    }
    for (const { temporary, final } of written) await rename(temporary, final);
  } finally {
    for (const { temporary } of written) {
      await rm(temporary, { force: true });
      temporaryFiles.delete(temporary);
    }
  }
}
