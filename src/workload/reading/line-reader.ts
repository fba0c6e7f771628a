import type { ReadingLog } from "./reading-log.js";

/** One line of a file of fields between blanks or other separators. */
export interface TextLine {
  /** Without the line end and surrounding blanks; never empty. */
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
  /** Reports a problem at a field, counted from 0, or at the whole line. */
  reject(field: number | undefined, rule: string, message: string, help?: string): void;
}

/** Settings of a reader of lines. */
export interface LineReaderOptions {
  readonly file: string;
  readonly log: ReadingLog;
  /** Separator of the fields, for positions; blanks by default. */
  readonly separator?: RegExp;
  readonly rowsMax: number;
  /** Called for every line that is not blank. */
  readonly onLine: (line: TextLine) => void;
}

/** Longest line in UTF-16 code units. */
const LINE_LENGTH_MAX = 1 << 20;

/** Creates a reader that cuts text that arrives in pieces of any size into lines. */
export function createLineReader(options: LineReaderOptions): {
  push(text: string): void;
  end(): void;
} {
  const { file, log } = options;
  let rest = "";
  let number = 0;
  let rows = 0;
  const emit = (raw: string): void => {
    number += 1;
    const text = raw.trim();
    if (text === "") return;
    rows += 1;
    if (rows > options.rowsMax) {
      const message = `the trace has more than ${options.rowsMax} lines`;
      log.fatal({ file, line: number, col: 1, rule: "too-many-rows", message });
    }
    options.onLine(createLine(options, raw.replace(/\r$/, ""), text, number));
  };
  return {
    push(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      lines.forEach(emit);
      if (rest.length <= LINE_LENGTH_MAX) return;
      const message = `a line is longer than ${LINE_LENGTH_MAX} characters`;
      log.fatal({ file, line: number + 1, col: 1, rule: "overlong-line", message });
    },
    end() {
      emit(rest);
      rest = "";
    },
  };
}

function createLine(
  { file, log, separator = /\s+/g }: LineReaderOptions,
  raw: string,
  text: string,
  number: number,
): TextLine {
  return {
    text,
    number,
    reject(field, rule, message, help) {
      log.problem(rule, () => {
        const [start, end] = fieldRange(raw, separator, field);
        return {
          file,
          line: number,
          col: start + 1,
          endLine: number,
          endCol: end + 1,
          sourceLine: raw,
          message,
          ...(help === undefined ? {} : { help }),
        };
      });
    },
  };
}

/** Offsets of one field in the line as it stands in the file, leading blanks included. */
function fieldRange(raw: string, separator: RegExp, field: number | undefined): [number, number] {
  const start = raw.length - raw.trimStart().length;
  const end = raw.trimEnd().length;
  if (field === undefined) return [start, end];
  const bounds = [start];
  for (const match of raw.slice(0, end).matchAll(new RegExp(separator.source, "g"))) {
    if (match.index < start) continue;
    bounds.push(match.index, match.index + match[0].length);
  }
  bounds.push(end);
  return [bounds[2 * field] ?? end, bounds[2 * field + 1] ?? end];
}
