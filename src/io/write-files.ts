import { createWriteStream, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A file to be: its name inside the output folder, and its text in chunks. */
export interface OutputFile {
  readonly name: string;
  readonly chunks: Iterable<string>;
}

/** Folders a report owns wholly: what an earlier run left there is not part of this one. */
const OWNED_FOLDERS = ["charts", "variants"];

/** What shells report for a process ended by Ctrl-C. */
const INTERRUPTED = 130;

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
  const removeTemporaryFiles = (): void => {
    for (const { temporary } of written) rmSync(temporary, { force: true });
  };
  // Only while writing: a handler would also hold back Ctrl-C during a long simulation, which never
  // returns to the event loop and has nothing to clean up.
  const interrupted = (): void => {
    removeTemporaryFiles();
    process.exit(INTERRUPTED);
  };
  process.once("SIGINT", interrupted);
  try {
    for (const file of files) {
      const final = join(folder, file.name);
      const temporary = join(dirname(final), `.${basename(final)}.${process.pid}.tmp`);
      await mkdir(dirname(final), { recursive: true });
      written.push({ temporary, final });
      await pipeline(
        Readable.from(file.chunks),
        createWriteStream(temporary, { encoding: "utf8" }),
      );
    }
    // Synchronous, so that no signal falls between two of them.
    for (const { temporary, final } of written) renameSync(temporary, final);
    removeStale(folder, files);
  } finally {
    process.removeListener("SIGINT", interrupted);
    removeTemporaryFiles();
  }
}

/** Removes files of an earlier run from the owned folders: a variant that is gone must not look current. */
function removeStale(folder: string, files: readonly OutputFile[]): void {
  const current = new Set(files.map(({ name }) => join(folder, name)));
  for (const owned of OWNED_FOLDERS) {
    if (!existsSync(join(folder, owned))) continue;
    const entries = readdirSync(join(folder, owned), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !current.has(path)) rmSync(path, { force: true });
    }
  }
}
