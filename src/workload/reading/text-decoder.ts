import { InputError } from "../../diagnostics/problem.js";

/** A piece of a trace: decompressed bytes, or text. */
export type TraceChunk = Uint8Array | string;

/** Turns pieces of a file into text, across characters that are cut by the end of a piece. */
export interface ChunkDecoder {
  /** @throws InputError when the bytes are not UTF-8 */
  decode(chunk: TraceChunk): string;
  /** Says that the file is over. @throws InputError when its last character is cut */
  end(): void;
}

/** Creates a decoder for one file; a byte order mark at its beginning is dropped. */
export function createChunkDecoder(file: string): ChunkDecoder {
  // Not its own streaming mode: that decodes several times slower than whole pieces.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let tail = new Uint8Array(0);
  let bytesBefore = 0;
  let atBeginning = true;

  const decodeBytes = (chunk: Uint8Array): string => {
    const bytes = tail.length === 0 ? chunk : joined(tail, chunk);
    const complete = completeLength(bytes);
    tail = bytes.slice(complete);
    try {
      const text = decoder.decode(bytes.subarray(0, complete));
      bytesBefore += complete;
      return text;
    } catch {
      throw notUtf8(file, bytesBefore, bytesBefore === 0 && isUtf16(bytes));
    }
  };
  return {
    decode(chunk) {
      const text = typeof chunk === "string" ? chunk : decodeBytes(chunk);
      if (text === "" || !atBeginning) return text;
      atBeginning = false;
      return text.startsWith("\uFEFF") ? text.slice(1) : text;
    },
    end() {
      if (tail.length > 0) throw notUtf8(file, bytesBefore, false);
    },
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** Bytes up to the last character that is complete; a character has at most 4. */
function completeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    // 10xxxxxx goes on with a character that began before.
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

function notUtf8(file: string, bytesBefore: number, utf16: boolean): InputError {
  const message = utf16
    ? "the file is UTF-16 text, must be UTF-8"
    : `the file is not UTF-8 text, after byte ${bytesBefore}`;
  const help = "save the file as UTF-8, for example: iconv -f LATIN1 -t UTF-8 old > new";
  return new InputError([{ file, rule: "not-utf8", message, help }]);
}
