import { createWriteStream, renameSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { fileProblem } from "./read-file.js";
import { removeTemporary } from "./remove-temporary.js";

/** Reasons of the file system that a person can mend. */
const MENDABLE: Readonly<Record<string, string>> = {
  EACCES: "may not be written",
  EPERM: "may not be written",
  EROFS: "may not be written: the file system is read-only",
  EISDIR: "is a folder",
  ENOTDIR: "lies in a path that is not a folder",
  EEXIST: "lies in a path that is not a folder",
  ENOSPC: "does not fit: the disk is full",
  EDQUOT: "does not fit: the quota is used up",
  EFBIG: "does not fit: no file may be of this size here",
  EIO: "cannot be written: the device reports an error",
  ELOOP: "is a link that leads in a circle",
  EMFILE: "cannot be opened: too many files are open",
  EINVAL: "is no name for a file here",
  ENAMETOOLONG: "has a name that is too long for any file",
  ENOENT: "cannot be made there",
  ENXIO: "cannot be written",
  EBUSY: "is in use",
};

/**
 * Writes one file so that a reader sees all of it or nothing; makes its folder when there is none.
 *
 * Leaves the other files of the folder alone. It may take the place of the file it was made from.
 *
 * @throws InputError when the file system does not allow it
 */
export async function writeTextFile(path: string, chunks: Iterable<string>): Promise<void> {
  if (path === "") throw fileProblem("--out", "is empty", "name a file");
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const interrupted = (): void => {
    removeTemporary(temporary);
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(Readable.from(chunks), createWriteStream(temporary, { encoding: "utf8" }));
    renameSync(temporary, path);
  } catch (error) {
    const reason = MENDABLE[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    throw fileProblem(path, reason, "choose another --out");
  } finally {
    process.removeListener("SIGINT", interrupted);
    removeTemporary(temporary);
  }
}
