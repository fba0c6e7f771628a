import type { JobStatus } from "../job-table.js";
import { createLineReader } from "../reading/line-reader.js";
import type { TextLine } from "../reading/line-reader.js";
import { GPU_COUNT_RULE, SECONDS_MAX, describeRule, parseNumber } from "../reading/number-text.js";
import { gpuGang } from "./gpu-gang.js";
import { createProcessorMapping } from "./processor-gpus.js";
import type { ProcessorMapping } from "./processor-gpus.js";
import { createSingleFileReader } from "./single-file-reader.js";
import type { ReadingContext, TraceFormat } from "./trace-format.js";

/** The 18 fields of a line, in their order; -1 means unknown in all of them. */
const FIELDS = [
  "job number",
  "submit time",
  "wait time",
  "run time",
  "allocated processors",
  "average CPU time",
  "used memory",
  "requested processors",
  "requested time",
  "requested memory",
  "status",
  "user",
  "group",
  "application",
  "queue",
  "partition",
  "preceding job",
  "think time",
] as const;

type FieldName = (typeof FIELDS)[number];

/** -1 stands for unknown in every field. */
const OTHER_RULE = { min: -1, max: SECONDS_MAX };
const PROCESSOR_RULE = { min: -1, max: GPU_COUNT_RULE.max, integer: true };

/** Memory is given in KiB per processor. */
const KIB = 1024;

/** 0 and 1 end a job; 5 is cancelled. 2 to 4 are parts of a job that has a line of its own. */
const STATUS_OF_CODE: Readonly<Record<number, JobStatus>> = {
  0: "failed",
  1: "completed",
  5: "cancelled",
};

/**
 * The Standard Workload Format of the Parallel Workloads Archive, version 2.2.
 *
 * It has processors and no GPUs: the mapping must be stated. The group becomes the tenant. A preceding
 * job must end before its successor may start; the think time after it is not modelled.
 */
export const standardWorkloadFormat: TraceFormat = {
  name: "swf",
  title: "Standard Workload Format",
  description: "Parallel Workloads Archive .swf files; processors are mapped to GPUs as stated",
  detect({ text }) {
    const lines = text.split(/\r?\n/).slice(0, -1);
    const first = lines.find((line) => line.trim() !== "" && !line.trimStart().startsWith(";"));
    if (first === undefined) return /^;\s*Version:/m.test(text) ? "a ; Version header" : undefined;
    const fields = first.trim().split(/\s+/);
    const numeric = fields.every((field) => /^-?\d+(\.\d+)?$/.test(field));
    return fields.length === FIELDS.length && numeric ? "18 numbers on a line" : undefined;
  },
  createReader(context) {
    const clock = { unixStartS: undefined as number | undefined };
    return createSingleFileReader(
      context,
      standardWorkloadFormat.title,
      (file) => {
        const gpusOf = createProcessorMapping(context, file, "processors");
        return createLineReader({
          file,
          log: context.log,
          rowsMax: context.options.rowsMax,
          onLine(line) {
            if (line.text.startsWith(";")) {
              const start = /^;\s*UnixStartTime:\s*(\d+)/.exec(line.text);
              if (start !== null) clock.unixStartS = Number(start[1]);
            } else addJob(context, line, gpusOf, clock.unixStartS ?? 0);
          },
        });
      },
      () => (clock.unixStartS === undefined ? {} : { unixClock: true }),
    );
  },
};

function addJob(
  context: ReadingContext,
  line: TextLine,
  gpusOf: ProcessorMapping,
  unixStartS: number,
): void {
  const { builder, log, options } = context;
  const values = valuesOf(line);
  if (values === undefined) return;
  const value = (name: FieldName): number | undefined => {
    const number = values[FIELDS.indexOf(name)]!;
    return number < 0 ? undefined : number;
  };
  const code = value("status");
  if (code !== undefined && code >= 2 && code <= 4) {
    return log.leaveOut("is a part of a job that has a line of its own", line.number);
  }
  const submitS = value("submit time");
  const durationS = value("run time");
  const processors = value("requested processors") ?? value("allocated processors");
  if (submitS === undefined) return log.leaveOut("has no submit time", line.number);
  if (durationS === undefined) return log.leaveOut("has no run time", line.number);
  if (processors === undefined || processors === 0) {
    return log.leaveOut("has no number of processors", line.number);
  }
  const gang = gpuGang(context, gpusOf(processors));
  const waitS = value("wait time") ?? Number.NaN;
  const memoryKib = value("requested memory") ?? value("used memory") ?? 0;
  const partition = value("partition");
  const user = value("user");
  const row = builder.add({
    id: String(values[0]),
    submitS: unixStartS + submitS,
    durationS,
    walltimeS: value("requested time"),
    workers: gang.workers,
    gpuCount: gang.gpuCount,
    gangGpus: gang.gangGpus,
    memoryBytes: Math.round((memoryKib * KIB * processors) / gang.workers),
    tenant: value("group") === undefined ? "" : `group-${value("group")}`,
    user: user === undefined ? undefined : `user-${user}`,
    partition: options.partitions === "use" && partition !== undefined ? String(partition) : "",
    status: code === undefined ? "unknown" : (STATUS_OF_CODE[code] ?? "unknown"),
    recordedStartS: unixStartS + submitS + waitS,
    recordedEndS: unixStartS + submitS + waitS + durationS,
  });
  if (row === -1) return line.reject(0, "duplicate-id", `job ${values[0]} stands twice`);
  addPrecedence(context, row, value("preceding job"), value("think time"));
}

function addPrecedence(
  { builder, log }: ReadingContext,
  row: number,
  preceding: number | undefined,
  thinkS: number | undefined,
): void {
  if (preceding === undefined) return;
  const after = builder.rowOf(String(preceding));
  if (after === -1) log.note("{count} jobs follow a job that is not among the jobs above them");
  else builder.addDependency(row, after);
  if (thinkS !== undefined && thinkS > 0) {
    log.note("{count} jobs wait for a think time after the job they follow; it is not modelled");
  }
}

/** The 18 numbers of a line; undefined after reporting problems. */
function valuesOf(line: TextLine): readonly number[] | undefined {
  const fields = line.text.split(/\s+/);
  if (fields.length !== FIELDS.length) {
    line.reject(undefined, "field-count", `the line has ${fields.length} fields, must have 18`);
    return undefined;
  }
  const values = fields.map((field, index) => {
    const rule = FIELDS[index]!.includes("processors") ? PROCESSOR_RULE : OTHER_RULE;
    const value = parseNumber(field, rule);
    if (typeof value === "number") return value;
    const message = `${FIELDS[index]} must be ${describeRule(rule)}, got ${field.slice(0, 60)}`;
    line.reject(index, value, message);
    return Number.NaN;
  });
  return values.some(Number.isNaN) ? undefined : values;
}
