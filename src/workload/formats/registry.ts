import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { batsimJson } from "./batsim-json.js";
import { dlrm2025Csv } from "./dlrm-2025-csv.js";
import { gavelTrace } from "./gavel-trace.js";
import { headroomCsv } from "./headroom-csv.js";
import { heliosCsv } from "./helios-csv.js";
import { kubectlPods } from "./kubectl-pods.js";
import { openbPodsCsv } from "./openb-pods-csv.js";
import { paiSimulatorCsv } from "./pai-simulator-csv.js";
import { paiTables } from "./pai-tables.js";
import { phillyCsv } from "./philly-csv.js";
import { phillyJson } from "./philly-json.js";
import { polluxCsv } from "./pollux-csv.js";
import { slurmSacct } from "./slurm-sacct.js";
import { spot2026Csv } from "./spot-2026-csv.js";
import { standardWorkloadFormat } from "./standard-workload-format.js";
import { tiresiasCsv } from "./tiresias-csv.js";
import type { TraceFormat, TraceOpening } from "./trace-format.js";

/**
 * Every format that can be read, in the order in which a guess tries them: those with the most telling
 * openings first.
 */
export const TRACE_FORMATS: readonly TraceFormat[] = [
  headroomCsv,
  phillyCsv,
  phillyJson,
  heliosCsv,
  tiresiasCsv,
  paiSimulatorCsv,
  paiTables,
  spot2026Csv,
  dlrm2025Csv,
  openbPodsCsv,
  polluxCsv,
  slurmSacct,
  kubectlPods,
  batsimJson,
  gavelTrace,
  standardWorkloadFormat,
];

/** A guessed format and why. */
export interface FormatGuess {
  readonly format: TraceFormat;
  /** `looks like Philly CSV: columns …`, printed so that a wrong guess is seen. */
  readonly guess: string;
}

/**
 * The format of the given name.
 *
 * @throws InputError when there is none
 */
export function findFormat(name: string): TraceFormat {
  const format = TRACE_FORMATS.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  const allowed = TRACE_FORMATS.map((candidate) => candidate.name);
  const suggestion = didYouMean(name, allowed);
  throw new InputError([
    {
      file: `--format ${name}`,
      rule: "unknown-format",
      message: `unknown trace format "${name}"`,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ]);
}

/**
 * The format a file seems to have.
 *
 * @throws InputError when it looks like none of them
 */
export function guessFormat(opening: TraceOpening): FormatGuess {
  for (const format of TRACE_FORMATS) {
    const reason = format.detect(opening);
    if (reason !== undefined) return { format, guess: `looks like ${format.title}: ${reason}` };
  }
  throw new InputError([
    {
      file: opening.file,
      line: 1,
      col: 1,
      endLine: 1,
      endCol: opening.firstLine.length + 1,
      sourceLine: opening.firstLine,
      rule: "unknown-format",
      message: "the trace looks like none of the formats that can be read",
      allowed: TRACE_FORMATS.map((format) => format.name),
      help:
        otherSeparator(opening) ??
        "name the format, or write the jobs as headroom-csv: submit_s,duration_s,gpus",
    },
  ]);
}

/** Spreadsheets of many countries separate fields by semicolons, and copied tables by tabs. */
function otherSeparator({ file, text, firstLine }: TraceOpening): string | undefined {
  for (const [separator, name] of [
    [";", "semicolons"],
    ["\t", "tabs"],
  ] as const) {
    const withCommas = (given: string): string => given.replaceAll(separator, ",");
    const opening = { file, text: withCommas(text), firstLine: withCommas(firstLine) };
    const meant = TRACE_FORMATS.find((format) => format.detect(opening) !== undefined);
    if (meant !== undefined)
      return `with commas in place of its ${name} it would be ${meant.title}; save it again as CSV with commas, and a point in numbers`;
  }
  return undefined;
}
