import { InputError } from "./problem.js";
import { createSourceText, problemAt } from "./source-text.js";

/**
 * Turns the bytes of a text file into text.
 *
 * A byte-order mark is kept: the reader of the format decides what it means.
 *
 * @throws InputError at the first byte that is not UTF-8; UTF-16 is recognised by its byte-order mark
 */
export function decodeText(file: string, bytes: Uint8Array): string {
  const utf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (!utf16) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      // The position is found below; the decoder does not tell it.
    }
  }
  const help = "save the file as UTF-8, for example: iconv -f LATIN1 -t UTF-8 old > new";
  if (utf16) {
    const message = "the file is UTF-16 text, must be UTF-8";
    throw new InputError([
      { file, line: 1, col: 1, endLine: 1, endCol: 1, rule: "not-utf8", message, help },
    ]);
  }
  const offset = validPrefixLength(bytes);
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, offset));
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, "0");
  const message = `byte 0x${byte} is not UTF-8 text`;
  const source = createSourceText(file, `${before}\u{FFFD}`);
  throw new InputError([
    problemAt(source, before.length, before.length + 1, { rule: "not-utf8", message, help }),
  ]);
}

/** Bytes before the first one at which UTF-8 breaks, found by halving: decoding a prefix is all or nothing. */
function validPrefixLength(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  // `stream` lets a prefix end inside a character, so validity of prefixes is monotonic.
  const isValid = (length: number): boolean => {
    try {
      decoder.decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    } finally {
      try {
        decoder.decode();
      } catch {
        // Flushing an unfinished character throws; the decoder is reset by it.
      }
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isValid(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
