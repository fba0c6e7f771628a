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
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const help = isGzip
    ? "the file is compressed with gzip: unpack it first"
    : `save the file as UTF-8, for example: iconv -f ${utf16 ? "UTF-16" : "LATIN1"} -t UTF-8 old > new`;
  if (utf16) {
    const message = "the file is UTF-16 text, must be UTF-8";
    throw new InputError([
      { file, line: 1, col: 1, endLine: 1, endCol: 1, rule: "not-utf8", message, help },
    ]);
  }
  const offset = firstInvalidByte(bytes);
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, offset));
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, "0");
  const message = `byte 0x${byte} is not UTF-8 text`;
  const source = createSourceText(file, `${before}\u{FFFD}`);
  throw new InputError([
    problemAt(source, before.length, before.length + 1, { rule: "not-utf8", message, help }),
  ]);
}

/** Offset of the first byte of the first character that is not UTF-8 (RFC 3629); the length when all are. */
function firstInvalidByte(bytes: Uint8Array): number {
  let offset = 0;
  while (offset < bytes.length) {
    const length = characterLength(bytes, offset);
    if (length === 0) return offset;
    offset += length;
  }
  return offset;
}

/** Bytes of the character that begins here, or 0 when none does: wrong lead, cut off, overlong, a surrogate. */
function characterLength(bytes: Uint8Array, offset: number): number {
  const lead = bytes[offset]!;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || offset + length > bytes.length) return 0;
  for (let index = 1; index < length; index += 1) {
    if ((bytes[offset + index]! & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[offset + 1]!;
  const isBroken =
    (lead === 0xe0 && second < 0xa0) ||
    (lead === 0xed && second > 0x9f) ||
    (lead === 0xf0 && second < 0x90) ||
    (lead === 0xf4 && second > 0x8f);
  return isBroken ? 0 : length;
}
