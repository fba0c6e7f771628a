/** Where one field stands. Lines and columns count from 1, columns in UTF-16 code units. */
export interface FieldPosition {
  readonly line: number;
  readonly col: number;
  readonly endLine: number;
  readonly endCol: number;
  /** The line the field begins on. */
  readonly sourceLine: string;
}

/** One record of the file. Valid only during the call that hands it over. */
export interface CsvRecord {
  /** Unquoted values, exactly as many as the record has. */
  readonly fields: readonly string[];
  /** Line on which the record begins. */
  readonly line: number;
  /** Place of a field; of the end of the record for an index past the last. Costs a second scan. */
  positionOf(field: number): FieldPosition;
}

/** What breaks a record before its values can be looked at. */
export interface CsvDefect {
  readonly rule:
    | "unclosed-quote"
    | "text-after-quote"
    | "embedded-nul"
    | "lone-carriage-return"
    | "overlong-line";
  readonly message: string;
  readonly position: FieldPosition;
  /** True when nothing after it can be read: the reader must stop. */
  readonly fatal: boolean;
}

/** Settings and outlets of a scanner. */
export interface CsvScannerOptions {
  readonly delimiter: string;
  /** False for formats that know no quotes, where `"` is a character like any other; true by default. */
  readonly quoting?: boolean;
  readonly onRecord: (record: CsvRecord) => void;
  readonly onDefect: (defect: CsvDefect) => void;
}

/** Cuts text that arrives in pieces of any size into records. */
export interface CsvScanner {
  push(text: string): void;
  /** Says that the file is over; the last record may lack its line end. */
  end(): void;
}

/** Longest record in UTF-16 code units: a quote that is never closed must not swallow the whole file. */
const RECORD_LENGTH_MAX = 1 << 20;

/**
 * Creates a scanner for RFC 4180 text: quoted fields may hold delimiters, doubled quotes and line breaks.
 *
 * Own code and not a CSV package: the fast ones lose line numbers, and they join a record that is too
 * short with the next one, which shifts values into wrong columns without a word. Here a record without
 * quotes ends at its line end, always, and the number of its fields is what stands in the file.
 */
export function createCsvScanner(options: CsvScannerOptions): CsvScanner {
  const { delimiter, quoting = true } = options;
  let rest = "";
  let line = 1;

  const record = new ReusedRecord(delimiter);
  const emit = (text: string, quoted: boolean): void => {
    const split = quoted ? splitQuoted(text, delimiter) : { fields: text.split(delimiter) };
    record.hold(text, split.fields, line, quoted);
    const defect = defectOf(text, split);
    if (defect !== undefined) {
      const position = record.positionOf(defect.field);
      options.onDefect({ rule: defect.rule, message: defect.message, position, fatal: false });
    } else if (text.trim() !== "") options.onRecord(record);
  };
  const failUnclosed = (text: string): void => {
    const ranges = fieldRanges(text, delimiter, true);
    const position = positionIn(text, ranges, ranges.length - 1, line);
    const message = "a quoted field that begins here is not closed";
    options.onDefect({ rule: "unclosed-quote", message, position, fatal: true });
  };
  const failOverlong = (text: string): void => {
    const position = positionIn(text, [[0, text.length]], 0, line);
    const message = `a line is longer than ${RECORD_LENGTH_MAX} characters: this is no table with line ends`;
    options.onDefect({ rule: "overlong-line", message, position, fatal: true });
  };
  const scan = (text: string, atEnd: boolean): string => {
    let from = 0;
    let nextQuote = quoting ? text.indexOf('"') : -1;
    while (from < text.length) {
      if (nextQuote !== -1 && nextQuote < from) nextQuote = text.indexOf('"', from);
      let lineEnd = text.indexOf("\n", from);
      const quoted = nextQuote !== -1 && (lineEnd === -1 || nextQuote < lineEnd);
      if (quoted) lineEnd = quotedRecordEnd(text, from, delimiter);
      if (lineEnd === -1) {
        const unread = text.slice(from);
        if (quoted && atEnd && isOpen(unread, delimiter)) {
          failUnclosed(unread);
          return "";
        }
        if (!atEnd) return unread;
        lineEnd = text.length;
      }
      const contentEnd = text[lineEnd - 1] === "\r" && lineEnd > from ? lineEnd - 1 : lineEnd;
      emit(text.slice(from, contentEnd), quoted);
      line += 1 + (quoted ? countLineBreaks(record.text) : 0);
      from = lineEnd + 1;
    }
    return "";
  };

  return {
    push(text) {
      rest = scan(rest + text, false);
      if (rest.length <= RECORD_LENGTH_MAX) return;
      if (quoting && isOpen(rest, delimiter)) failUnclosed(rest);
      else failOverlong(rest.slice(0, 200));
      rest = "";
    },
    end() {
      rest = scan(rest, true);
    },
  };
}

/** The one record object of a scanner: a new one per row would only be garbage. */
class ReusedRecord implements CsvRecord {
  fields: readonly string[] = [];
  line = 1;
  text = "";
  #quoted = false;
  readonly #delimiter: string;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  hold(text: string, fields: readonly string[], line: number, quoted: boolean): void {
    this.text = text;
    this.fields = fields;
    this.line = line;
    this.#quoted = quoted;
  }

  positionOf(field: number): FieldPosition {
    const ranges = fieldRanges(this.text, this.#delimiter, this.#quoted);
    return positionIn(this.text, ranges, field, this.line);
  }
}

interface SplitRecord {
  readonly fields: readonly string[];
  /** Field after whose closing quote more text stands. */
  readonly trailingTextIn?: number;
}

function defectOf(
  text: string,
  record: SplitRecord,
): { rule: CsvDefect["rule"]; message: string; field: number } | undefined {
  if (record.trailingTextIn !== undefined) {
    const message =
      'text stands after the closing quote; a quote inside a quoted field is written as ""';
    return { rule: "text-after-quote", message, field: record.trailingTextIn };
  }
  const holding = (character: string): number =>
    record.fields.findIndex((field) => field.includes(character));
  if (text.includes("\0")) {
    const message = "the field holds a NUL character: the file is damaged or not text";
    return { rule: "embedded-nul", message, field: holding("\0") };
  }
  if (text.includes("\r")) {
    const field = holding("\r");
    // Inside quotes a CR LF pair is an ordinary line break of the value.
    if (!/\r(?!\n)/.test(record.fields[field] ?? "")) return undefined;
    const message = "a carriage return stands inside the line; lines must end in LF or CR LF";
    return { rule: "lone-carriage-return", message, field };
  }
  return undefined;
}

/** Index of the line end that closes the record beginning at `from`, or -1. Line ends in quotes do not count. */
function quotedRecordEnd(text: string, from: number, delimiter: string): number {
  let at = from;
  for (;;) {
    if (text[at] === '"') {
      at = closingQuote(text, at);
      if (at === -1) return -1;
      at += 1;
    }
    const lineEnd = text.indexOf("\n", at);
    const next = text.indexOf(delimiter, at);
    if (next === -1 || (lineEnd !== -1 && lineEnd < next)) return lineEnd;
    at = next + 1;
  }
}

/** Index of the quote that closes the one at `open`, or -1. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

/** True when the text ends inside a quoted field. */
function isOpen(text: string, delimiter: string): boolean {
  let at = 0;
  while (at <= text.length) {
    if (text[at] === '"') {
      at = closingQuote(text, at);
      if (at === -1) return true;
    }
    const next = text.indexOf(delimiter, at);
    if (next === -1) return false;
    at = next + 1;
  }
  return false;
}

type FieldRange = [start: number, end: number];

/** Start and end of every field of one record, quotes included. */
function fieldRanges(text: string, delimiter: string, quoted: boolean): FieldRange[] {
  const ranges: FieldRange[] = [];
  let start = 0;
  for (;;) {
    const closing = quoted && text[start] === '"' ? closingQuote(text, start) : start;
    if (closing === -1) {
      ranges.push([start, text.length]);
      return ranges;
    }
    const next = text.indexOf(delimiter, closing);
    ranges.push([start, next === -1 ? text.length : next]);
    if (next === -1) return ranges;
    start = next + 1;
  }
}

function splitQuoted(text: string, delimiter: string): SplitRecord {
  let trailingTextIn: number | undefined;
  const fields = fieldRanges(text, delimiter, true).map(([start, end], index) => {
    const raw = text.slice(start, end);
    if (!raw.startsWith('"')) return raw;
    const closing = closingQuote(raw, 0);
    if (closing !== -1 && closing < raw.length - 1) trailingTextIn ??= index;
    return raw.slice(1, closing === -1 ? raw.length : closing).replaceAll('""', '"');
  });
  return trailingTextIn === undefined ? { fields } : { fields, trailingTextIn };
}

function positionIn(
  text: string,
  ranges: readonly FieldRange[],
  field: number,
  recordLine: number,
): FieldPosition {
  const [start, end] = ranges[field] ?? [text.length, text.length];
  const placeOf = (offset: number): { line: number; col: number } => {
    const before = text.slice(0, offset);
    const lineStart = before.lastIndexOf("\n") + 1;
    return { line: recordLine + countLineBreaks(before), col: offset - lineStart + 1 };
  };
  const first = placeOf(start);
  const last = placeOf(end);
  const sourceLine = text.split("\n")[first.line - recordLine]!.replace(/\r$/, "");
  return { ...first, endLine: last.line, endCol: last.col, sourceLine };
}

function countLineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
