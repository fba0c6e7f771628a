import type { Problem } from "../../diagnostics/problem.js";
import type { ImportSource } from "./imported.js";

/** One `Key=Value` of a Slurm file, and where it stands. */
export interface SlurmField {
  /** As written; Slurm does not look at letter case. */
  readonly key: string;
  readonly value: string;
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly sourceLine: string;
}

/** A line of fields; the first names what it is about. */
export type SlurmLine = readonly SlurmField[];

/**
 * The lines of slurm.conf or of `scontrol show … -o`.
 *
 * Comments go, a backslash at the end of a line joins it with the next one, and a value lasts to the next
 * `Key=`: reasons and names of systems have blanks in them.
 */
export function slurmLines({ file, text }: ImportSource): readonly SlurmLine[] {
  const lines: SlurmLine[] = [];
  let open: SlurmField[] = [];
  text.split(/\r?\n/).forEach((sourceLine, index) => {
    const bare = withoutComment(sourceLine);
    const isContinued = /\\\s*$/.test(bare);
    const body = bare.replace(/\\\s*$/, " ");
    const starts = [...body.matchAll(/(?<=^|\s)([A-Za-z][\w/]*)\s*=/g)];
    starts.forEach((match, at) => {
      const start = match.index;
      const end = starts[at + 1]?.index ?? body.length;
      const value = body.slice(start + match[0].length, end).trim();
      const place = { file, line: index + 1, col: start + 1, sourceLine };
      open.push({ key: match[1]!, value: value.replace(/^"(.*)"$/, "$1"), ...place });
    });
    if (isContinued) return;
    if (open.length > 0) lines.push(open);
    open = [];
  });
  if (open.length > 0) lines.push(open);
  return lines;
}

/**
 * A comment begins at a # at the start or after a blank. What scontrol prints has none, and the name of
 * the operating system (`OS=Linux … #40-Ubuntu`) may hold one.
 */
function withoutComment(line: string): string {
  if (/\s(OS|CPUAlloc)=/.test(line)) return line;
  const comment = /(?:^|\s)#/.exec(line);
  return comment === null ? line : line.slice(0, comment.index);
}

/** The field of this name, letter case aside; the last one counts, as in Slurm. */
export function fieldOf(line: SlurmLine, key: string): SlurmField | undefined {
  const wanted = key.toLowerCase();
  return line.findLast((field) => field.key.toLowerCase() === wanted);
}

/** A problem at a field, with the field marked. */
export function problemAtField(
  field: SlurmField,
  rule: string,
  message: string,
  help?: string,
): Problem {
  const { file, line, col, sourceLine } = field;
  const endCol = col + field.key.length;
  const place = { file, line, col, endLine: line, endCol, sourceLine };
  return { ...place, rule, path: field.key, message, ...(help === undefined ? {} : { help }) };
}
