import { createLineReader } from "../reading/line-reader.js";
import type { TextLine } from "../reading/line-reader.js";
import { GPU_COUNT_RULE, SECONDS_RULE, describeRule, parseNumber } from "../reading/number-text.js";
import type { NumberRule } from "../reading/number-text.js";
import { createGavelRates } from "./gavel-rates.js";
import type { GavelRates } from "./gavel-rates.js";
import { gpuGang } from "./gpu-gang.js";
import type { ReadingContext, TraceFormat, TraceFormatReader } from "./trace-format.js";

/** Where the fields stand, by the number of fields of a line. */
interface Layout {
  readonly steps: number;
  readonly gpus: number;
  readonly arrivalS: number;
  /** Seconds the job takes; only Shockwave writes them. */
  readonly durationS?: number;
}

/** Gavel's first and second layout, and Shockwave's. All begin with the type of the job. */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map([
  [7, { steps: 4, arrivalS: 5, gpus: 6 }],
  [9, { steps: 4, gpus: 5, arrivalS: 8 }],
  [12, { steps: 5, gpus: 6, durationS: 10, arrivalS: 11 }],
]);

/**
 * `.trace` files of Gavel and Shockwave: tab-separated, without a header.
 *
 * Gavel's jobs are a number of training steps; how long they take is in its throughput file (JSON), which
 * must be named beside the trace. The rates of one GPU model are used (`referenceGpu`, the first of the
 * file by default): the duration at the reference placement. Shockwave's lines carry the duration.
 */
export const gavelTrace: TraceFormat = {
  name: "gavel-trace",
  title: "Gavel trace",
  description: "Gavel and Shockwave .trace files; Gavel needs its throughput JSON beside it",
  detect({ firstLine }) {
    const fields = firstLine.split("\t");
    const layout = LAYOUTS.get(fields.length);
    if (layout === undefined) return undefined;
    const numeric = [layout.steps, layout.gpus, layout.arrivalS].every((index) =>
      /^-?[\d.]+$/.test(fields[index]!.trim()),
    );
    return numeric
      ? `${fields.length} tab-separated fields with steps, GPUs and arrival`
      : undefined;
  },
  createReader: createGavelReader,
};

/** A job whose duration hangs on a rate that may come in a later file. */
interface Waiting {
  readonly row: number;
  readonly line: TextLine;
  readonly type: string;
  readonly gpus: number;
  readonly steps: number;
}

function createGavelReader(context: ReadingContext): TraceFormatReader {
  const waiting: Waiting[] = [];
  let rates: GavelRates | undefined;
  let source: { push(text: string): void; end(): void } | undefined;
  let file = "";
  let held = "";
  const choose = (): void => {
    if (held.trimStart().startsWith("{")) {
      rates = createGavelRates(context, file);
      source = rates;
    } else {
      source = createLineReader({
        file,
        log: context.log,
        separator: /\t/,
        rowsMax: context.options.rowsMax,
        onLine: (line) => addJob(context, line, waiting),
      });
    }
    source.push(held);
    held = "";
  };
  return {
    beginFile(name) {
      file = name;
      source = undefined;
      held = "";
    },
    push(text) {
      if (source !== undefined) return source.push(text);
      held += text;
      if (held.trim() !== "") choose();
    },
    endFile: () => source?.end(),
    finish() {
      for (const job of waiting) finishJob(context, job, rates);
      return {};
    },
  };
}

function addJob(context: ReadingContext, line: TextLine, waiting: Waiting[]): void {
  const fields = line.text.split("\t").map((field) => field.trim());
  const layout = LAYOUTS.get(fields.length);
  if (layout === undefined) {
    return line.reject(
      undefined,
      "field-count",
      `the line has ${fields.length} tab-separated fields, must have 7, 9 (Gavel) or 12 (Shockwave)`,
    );
  }
  const number = (index: number, name: string, rule: NumberRule): number => {
    const value = parseNumber(fields[index]!, rule);
    if (typeof value === "number") return value;
    const message = `${name} must be ${describeRule(rule)}, got ${fields[index]!.slice(0, 60)}`;
    line.reject(index, value, message);
    return Number.NaN;
  };
  const submitS = number(layout.arrivalS, "the arrival time", SECONDS_RULE);
  const gpus = number(layout.gpus, "the scale factor", { ...GPU_COUNT_RULE, min: 1 });
  const steps = number(layout.steps, "total_steps", { min: 0, max: 1e15 });
  const durationS =
    layout.durationS === undefined ? 0 : number(layout.durationS, "the duration", SECONDS_RULE);
  if ([submitS, gpus, steps, durationS].some(Number.isNaN)) return;
  const type = fields[0]!;
  const gang = gpuGang(context, gpus);
  const row = context.builder.add({
    id: String(context.builder.count + 1),
    submitS,
    durationS,
    workers: gang.workers,
    gpuCount: gang.gpuCount,
    gangGpus: gang.gangGpus,
  });
  if (layout.durationS === undefined) waiting.push({ row, line, type, gpus, steps });
}

function finishJob({ builder }: ReadingContext, job: Waiting, rates: GavelRates | undefined): void {
  const stepsPerS = rates?.rateOf(job.type, job.gpus);
  if (stepsPerS !== undefined && stepsPerS > 0) {
    return builder.setDuration(job.row, job.steps / stepsPerS);
  }
  builder.remove(job.row);
  if (rates === undefined) {
    job.line.reject(
      0,
      "no-rates",
      "the job is a number of steps; how long they take is in Gavel's throughput file",
      "name it beside the trace, for example: trace describe msr.trace throughputs.json",
    );
  } else {
    job.line.reject(
      0,
      "no-rate",
      `the throughput file has no rate for "${job.type}" on ${job.gpus} ${rates.gpu} GPUs`,
    );
  }
}
