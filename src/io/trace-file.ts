import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

import { asInputError, fileProblem, isGzip } from "./read-file.js";

/** A trace file opened for reading once. */
export interface TraceFile {
  readonly path: string;
  /** The decompressed content in pieces, read as they are asked for. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** SHA-256 of the stored bytes, in hexadecimal; undefined until the last piece was read. */
  readonly sha256: string | undefined;
}

/** Bytes asked from the file at once; larger pieces of text would outlive the collections of young memory. */
const PIECE_BYTES = 64 * 1024;

/**
 * Opens a trace of any size; gzip is recognised by its first bytes, whatever the name says.
 *
 * Reading the chunks throws InputError when the file is missing or cut, or its gzip is broken.
 */
export function openTraceFile(path: string): TraceFile {
  const hash = createHash("sha256");
  let sha256: string | undefined;

  async function* storedPieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
      hash.update(piece as Uint8Array);
      yield piece as Uint8Array;
    }
    sha256 = hash.digest("hex");
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      const pieces = storedPieces();
      const first = await pieces.next();
      if (first.done === true) return;
      if (isGzip(first.value)) yield* gunzipped(path, first.value, pieces);
      else yield* withFirst(first.value, pieces);
    } catch (error) {
      throw asInputError(path, error);
    }
  }
  return {
    path,
    chunks: chunks(),
    get sha256() {
      return sha256;
    },
  };
}

/** The decompressed content of a trace file in pieces; see `openTraceFile`. */
export function openTraceChunks(path: string): AsyncIterable<Uint8Array> {
  return openTraceFile(path).chunks;
}

async function* withFirst(
  first: Uint8Array,
  others: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* others;
}

async function* gunzipped(
  path: string,
  first: Uint8Array,
  others: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  // Errors of the input stop the output too; the loop below throws them.
  const feed = async (): Promise<void> => {
    try {
      for await (const piece of withFirst(first, others)) {
        if (gunzip.destroyed) return;
        if (!gunzip.write(piece)) {
          await new Promise<void>((resolve) => {
            gunzip.once("drain", resolve);
            gunzip.once("close", resolve);
          });
        }
      }
      gunzip.end();
    } catch (error) {
      gunzip.destroy(error as Error);
    }
  };
  const feeding = feed();
  try {
    for await (const piece of gunzip) yield piece as Uint8Array;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith("Z_") === true) {
      // The first header was right: a wrong one stands behind complete content.
      const isBehind = message === "incorrect header check";
      throw fileProblem(
        path,
        isBehind ? "holds other data behind its gzip content" : `is not complete gzip: ${message}`,
        "copy or download the file again",
      );
    }
    throw error;
  } finally {
    gunzip.destroy();
    await feeding;
  }
}
