import { InputError } from "../../diagnostics/problem.js";

/** A piece of a trace: decompressed bytes, or text. */
export type TraceChunk = Uint8Array | string;

/** Turns pieces of a file into text, across characters that are cut by the end of a piece. */
export interface ChunkDecoder {
  /** @throws InputError when the bytes are not UTF-8 */
  decode(chunk: TraceChunk): string;
  /** The text of a character left unfinished. @throws InputError when there is one */
  end(): string;
}

/** Creates a decoder for one file; a byte order mark at its beginning is dropped. */
export function createChunkDecoder(file: string): ChunkDecoder {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytesBefore = 0;
  let atBeginning = true;

  const guarded = (decode: () => string): string => {
    try {
      return decode();
    } catch {
      throw new InputError([
        {
          file,
          rule: "encoding",
          message: `is not UTF-8 text (after byte ${bytesBefore})`,
          help: "save it as UTF-8, for example: iconv -f UTF-16 -t UTF-8",
        },
      ]);
    }
  };
  return {
    decode(chunk) {
      if (typeof chunk !== "string") {
        const text = guarded(() => decoder.decode(chunk, { stream: true }));
        bytesBefore += chunk.length;
        return text;
      }
      const text = atBeginning && chunk.startsWith("\uFEFF") ? chunk.slice(1) : chunk;
      if (chunk !== "") atBeginning = false;
      return text;
    },
    end: () => guarded(() => decoder.decode()),
  };
}
