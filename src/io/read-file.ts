import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import { InputError } from "../diagnostics/problem.js";
import { faultOf } from "./file-fault.js";

const gunzipAsync = promisify(gunzip);

/** Largest file read whole, in bytes; larger ones must go through a streaming reader. */
const WHOLE_FILE_BYTES_MAX = 512 * 1024 * 1024;

/** Bytes asked for at once from something that does not tell its size. */
const PIECE_BYTES = 1024 * 1024;

/** A file read whole: its bytes as stored, and their SHA-256. */
export interface FileBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** How much of a file is read, and what to do about a larger one. */
export interface ReadLimit {
  readonly bytesMax: number;
  readonly help: string;
}

const WHOLE_FILE: ReadLimit = {
  bytesMax: WHOLE_FILE_BYTES_MAX,
  help: "split it, or compress it with gzip and use it as a trace",
};

/**
 * Reads a file whole, as stored.
 *
 * @throws InputError when it is missing, a folder, unreadable or larger than the limit (512 MiB when absent)
 */
export async function readBytes(path: string, limit: ReadLimit = WHOLE_FILE): Promise<FileBytes> {
  try {
    const file = await open(path, "r");
    try {
      const status = await file.stat();
      if (status.isDirectory())
        throw fileProblem(path, "is a folder, a file is needed", "name a file inside it");
      if (status.size > limit.bytesMax) throw tooLarge(path, `${status.size}`, limit);
      const bytes = await readUpTo(file, path, limit);
      return { path, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw asInputError(path, error);
  }
}

/** A pipe or a device tells no size, and some of them never end. */
async function readUpTo(file: FileHandle, path: string, limit: ReadLimit): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, null);
    if (bytesRead === 0) return Buffer.concat(pieces, length);
    pieces.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
    if (length > limit.bytesMax) throw tooLarge(path, `more than ${limit.bytesMax}`, limit);
  }
}

function tooLarge(path: string, size: string, { bytesMax, help }: ReadLimit): InputError {
  return fileProblem(path, `is ${size} bytes; at most ${bytesMax} are read at once`, help);
}

/**
 * Reads a text file whole, decompressing gzip recognised by its first bytes (not by its name).
 *
 * @throws InputError when it cannot be read, is broken gzip, or is not UTF-8
 */
export async function readTextFile(path: string): Promise<string> {
  const { bytes } = await readBytes(path);
  return decodeText(path, await decompress(path, bytes));
}

/** Like `readTextFile`, with the SHA-256 of the stored bytes for the reproduce line. */
export async function readTextFileHashed(path: string): Promise<{ text: string; sha256: string }> {
  const { bytes, sha256 } = await readBytes(path);
  return { text: decodeText(path, await decompress(path, bytes)), sha256 };
}

/** True when the bytes begin with the gzip magic number. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function decompress(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  try {
    return await gunzipAsync(bytes, { maxOutputLength: 4 * WHOLE_FILE_BYTES_MAX });
  } catch (error) {
    throw fileProblem(
      path,
      `is not complete gzip: ${(error as Error).message}`,
      "copy or download the file again",
    );
  }
}

function decodeText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
      throw fileProblem(
        path,
        "is UTF-16 text, must be UTF-8",
        "save it as UTF-8, for example: iconv -f UTF-16 -t UTF-8",
      );
    throw fileProblem(
      path,
      "is not UTF-8 text",
      "save it as UTF-8, for example: iconv -f LATIN1 -t UTF-8",
    );
  }
}

/** The one problem of a file as a whole, as an InputError. */
export function fileProblem(path: string, message: string, help: string): InputError {
  return new InputError([{ file: path, rule: "file", message, help }]);
}

/** Turns an error of the file system into one a person can act on; others pass unchanged. */
export function asInputError(path: string, error: unknown): Error {
  if (error instanceof InputError) return error;
  const fault = faultOf(path, (error as NodeJS.ErrnoException).code ?? "");
  if (fault !== undefined) return new InputError([{ file: path, rule: "file", ...fault }]);
  return error instanceof Error ? error : new Error(String(error));
}
