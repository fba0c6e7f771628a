import { didYouMean } from "../../diagnostics/did-you-mean.js";
import type { Problem } from "../../diagnostics/problem.js";
import { createCsvScanner } from "./csv-scanner.js";
import type { CsvDefect, CsvRecord, FieldPosition } from "./csv-scanner.js";
import { describeRule, parseNumber } from "./number-text.js";
import type { NumberRule } from "./number-text.js";
import type { ReadingLog } from "./reading-log.js";

/** One column of a table; its value is that of the record being read. */
export interface TextColumn {
  readonly name: string;
  /** False when the header does not have the column. */
  isPresent(): boolean;
  /** The value without surrounding blanks; "" when the column is absent. */
  text(): string;
  /** Reports that the value breaks a rule; the record then counts as broken. */
  reject(rule: string, message: string, help?: string): void;
}

/** A column of numbers. */
export interface NumberColumn extends TextColumn {
  /** The value; `absent` when the column is absent or the field empty; NaN when it breaks the rule. */
  number(): number;
}

/** How a column of numbers is read. */
export interface NumberColumnOptions extends NumberRule {
  /** Without it the header must have the column. */
  readonly optional?: boolean;
  /** What an empty field means; without it an empty field is a problem. */
  readonly absent?: number;
}

/** A table with a header line, read record by record. */
export interface CsvTable {
  /** Declares a column of text. Columns must be declared before the first text is pushed. */
  textColumn(name: string, options?: { readonly optional?: boolean }): TextColumn;
  /** Declares a column of numbers. */
  numberColumn(name: string, options: NumberColumnOptions): NumberColumn;
  /** Line of the record being read. */
  readonly line: number;
  /** True when a value of the record being read was rejected. */
  readonly broken: boolean;
  /** Records read, header not counted. */
  readonly recordCount: number;
  push(text: string): void;
  end(): void;
}

/** Settings of a table. */
export interface CsvTableOptions {
  readonly file: string;
  readonly log: ReadingLog;
  readonly delimiter?: string;
  /** False for formats that know no quotes; true by default. */
  readonly quoting?: boolean;
  /** What to do when a column is missing or a row has too many fields. */
  readonly help?: string;
  /** Column names of a file without a header line. */
  readonly header?: readonly string[];
  /** Called for every record that has as many fields as the header. */
  readonly onRecord: () => void;
  /** A name nobody declared is a `problem` in our own format and gets a `note` in others'. */
  readonly unknownColumns: "problem" | "note";
  /** Most records of a file; more is a problem. */
  readonly rowsMax: number;
}

/** A declared column and where the header has it; -1 when it has not. */
interface Slot {
  readonly name: string;
  readonly optional: boolean;
  at: number;
}

/** The record being read, shared by the table and its columns. */
interface Current {
  record: CsvRecord | undefined;
  broken: boolean;
  reject(rule: string, field: number, message: string, rest?: Partial<Problem>): void;
}

/** Creates a table without columns; declare them, then push the text. */
export function createCsvTable(options: CsvTableOptions): CsvTable {
  const { file, log } = options;
  const slots: Slot[] = [];
  let headerWidth = 0;
  let recordCount = 0;

  const current: Current = {
    record: undefined,
    broken: false,
    reject(rule, field, message, rest = {}) {
      current.broken = true;
      const position = (): FieldPosition => current.record!.positionOf(field);
      log.problem(rule, () => ({ file, ...position(), message, ...rest }));
    },
  };
  const declare = (name: string, optional = false): Slot => {
    const slot = { name, optional, at: -1 };
    slots.push(slot);
    return slot;
  };
  const onRecord = (record: CsvRecord): void => {
    if (headerWidth === 0) {
      const { header } = options;
      headerWidth = (header ?? record.fields).length;
      bindHeader(record, header ?? record.fields, slots, options);
      if (header === undefined) return;
    }
    current.record = record;
    current.broken = false;
    recordCount += 1;
    if (recordCount > options.rowsMax) failTooManyRows(options, record.line);
    const width = record.fields.length;
    if (width === headerWidth) return options.onRecord();
    const message = `the row has ${width} fields and the header ${headerWidth}`;
    const { help } = options;
    current.reject(
      "field-count",
      Math.min(width, headerWidth),
      message,
      help === undefined ? {} : { help },
    );
  };
  const onDefect = ({ rule, message, position, fatal }: CsvDefect): void => {
    if (fatal) log.fatal({ file, ...position, message, rule });
    recordCount += 1;
    log.problem(rule, () => ({ file, ...position, message }));
  };
  const { delimiter = ",", quoting = true } = options;
  const scanner = createCsvScanner({ delimiter, quoting, onRecord, onDefect });

  return {
    textColumn: (name, { optional } = {}) => createTextColumn(declare(name, optional), current),
    numberColumn: (name, rule) => createNumberColumn(declare(name, rule.optional), current, rule),
    get line() {
      return current.record?.line ?? 1;
    },
    get broken() {
      return current.broken;
    },
    get recordCount() {
      return recordCount;
    },
    push: (text) => scanner.push(text),
    end: () => scanner.end(),
  };
}

function createTextColumn(slot: Slot, current: Current): TextColumn {
  return {
    name: slot.name,
    isPresent: () => slot.at !== -1,
    text: () => (slot.at === -1 ? "" : current.record!.fields[slot.at]!.trim()),
    reject(rule, message, help) {
      const rest = help === undefined ? { path: slot.name } : { path: slot.name, help };
      current.reject(rule, Math.max(slot.at, 0), message, rest);
    },
  };
}

function createNumberColumn(slot: Slot, current: Current, rule: NumberColumnOptions): NumberColumn {
  const column = createTextColumn(slot, current);
  const { absent } = rule;
  return {
    ...column,
    number() {
      if (slot.at === -1) return absent ?? Number.NaN;
      const text = column.text();
      if (text === "" && absent !== undefined) return absent;
      const value = parseNumber(text, rule);
      if (typeof value === "number") return value;
      const shown = text === "" ? "an empty field" : text.slice(0, 60);
      column.reject(value, `${slot.name} must be ${describeRule(rule)}, got ${shown}`);
      return Number.NaN;
    },
  };
}

/** Finds the declared columns in the header and complains about what is missing, doubled or unknown. */
function bindHeader(
  header: CsvRecord,
  fields: readonly string[],
  slots: readonly Slot[],
  options: CsvTableOptions,
): void {
  const { file, log } = options;
  const names = fields.map((name) => name.trim());
  const known = slots.map((slot) => slot.name);
  for (const slot of slots) slot.at = names.indexOf(slot.name);
  const unknown = new Set<string>();
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) {
      const message = `column "${name}" stands twice in the header`;
      log.fatal({ file, ...header.positionOf(index), rule: "doubled-column", message });
    }
    // A line that ends in a delimiter has an empty column at its end.
    if (known.includes(name) || (name === "" && index === names.length - 1)) return;
    unknown.add(name);
    if (options.unknownColumns === "note") return;
    const suggestion = didYouMean(name, known);
    const message = `unknown column "${name}"`;
    const hint = suggestion === undefined ? {} : { suggestion };
    log.problem("unknown-column", () => ({
      file,
      ...header.positionOf(index),
      message,
      allowed: known,
      ...hint,
    }));
  });
  const missing = slots.filter((slot) => slot.at === -1 && !slot.optional);
  if (missing.length > 0) {
    const list = missing.map((slot) => slot.name).join(", ");
    const suggestion = didYouMean(missing[0]!.name, [...unknown]);
    const near = suggestion === undefined ? "" : `; is "${suggestion}" meant for it?`;
    const message = `the header lacks the column${missing.length > 1 ? "s" : ""} ${list}${near}`;
    const hint = options.help === undefined ? {} : { help: options.help };
    const rule = "missing-column";
    log.fatal({ file, ...header.positionOf(0), rule, message, allowed: known, ...hint });
  }
  if (unknown.size > 0 && options.unknownColumns === "note") {
    log.note(`${file}: columns not used: ${[...unknown].join(", ")}`);
  }
}

function failTooManyRows({ file, log, rowsMax }: CsvTableOptions, line: number): never {
  return log.fatal({
    file,
    line,
    col: 1,
    rule: "too-many-rows",
    message: `the trace has more than ${rowsMax} rows`,
    help: "cut the trace to the days of interest, or raise the limit",
  });
}
