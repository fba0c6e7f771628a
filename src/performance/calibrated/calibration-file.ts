import { z } from "zod";

import { InputError } from "../../diagnostics/problem.js";

/** Identifies the format. Fields may be added within v1; none is taken away or changes its meaning. */
export const CALIBRATION_SCHEMA = "headroom/calibration/v1";

const positive = z.number().positive().finite();
const interval = z.tuple([z.number(), z.number()]).readonly();
const residuals = z
  .strictObject({
    count: z.number().int().min(1),
    median: z.number().min(0),
    p90: z.number().min(0),
    max: z.number().min(0),
  })
  .readonly();
const names = z.record(z.string(), z.string()).readonly();
const knots = z.array(z.number().finite()).min(1).readonly();

const matmul = z
  .strictObject({
    /** Such as `bf16`. */
    dtype: z.string(),
    elementBytes: positive,
    reference: z.strictObject({ flopPerS: positive, bytesPerS: positive }).readonly(),
    knots: z.strictObject({ m: knots, n: knots, k: knots }).readonly(),
    values: z.array(z.number().finite()).min(1).readonly(),
    shapes: z.number().int().min(1),
    residuals,
    factorInterval: interval,
    /**
     * Median rate of large products: m, n and k of at least 4096, else the tenth with the most operations of those with at
     * least 1024. Absent where no product is so large.
     */
    largeFlopPerS: positive.optional(),
  })
  .readonly();

const bandwidth = z
  .strictObject({
    /** `copy`, `triad`, …, or `matmul-weights` for products that only stream their weights. */
    kernel: z.string(),
    dtype: z.string(),
    /** Ascending by bytes moved per launch. */
    points: z
      .array(
        z.strictObject({ bytes: positive, bytesPerS: positive, interval: interval.optional() }),
      )
      .min(1)
      .readonly(),
    /** Errors of straight lines between the neighbours of each point left out; absent with under 3 points. */
    residuals: residuals.optional(),
  })
  .readonly();

const cost = z
  .strictObject({
    /** `launch-latency`: one of many launches; `empty-dispatch`: one launch and waiting for it. */
    kind: z.enum(["launch-latency", "empty-dispatch"]),
    backend: z.string(),
    timeS: positive,
    interval: interval.optional(),
  })
  .readonly();

const line = {
  /** Seconds before the first byte. */
  alphaS: z.number().min(0),
  alphaInterval: interval.optional(),
  /** Bytes per second of long transfers. */
  bytesPerS: positive,
  bytesPerSInterval: interval.optional(),
  residuals: residuals.optional(),
};

const transfer = z
  .strictObject({
    direction: z.enum(["host-to-device", "device-to-host", "device-to-device"]),
    /** `pinned`, `pageable` or `device`. */
    memory: z.string(),
    ...line,
    /** Sizes it rests on. */
    sizes: z.number().int().min(1),
  })
  .readonly();

const collective = z
  .strictObject({
    op: z.string(),
    dtype: z.string(),
    gpus: z.number().int().min(2),
    points: z
      .array(z.strictObject({ bytes: positive, timeS: positive }))
      .min(1)
      .readonly(),
    ...line,
  })
  .readonly();

const contention = z
  .strictObject({
    kernel: z.string(),
    dtype: z.string(),
    points: z
      .array(
        z.strictObject({
          processes: z.number().int().min(2),
          /** Beyond the division of compute: time over N times the time alone, at least 1. */
          slowdown: z.number().min(1),
          interval: interval.optional(),
          /** Time with so many tenants over the time alone, as measured. */
          timeRatio: positive,
        }),
      )
      .min(1)
      .readonly(),
  })
  .readonly();

const serving = z
  .strictObject({
    tool: z.enum(["vllm", "inference-perf"]),
    model: z.string(),
    requests: z.number().int().min(1),
    requestsPerS: positive,
    outputTokensPerS: positive,
    /** Limit on requests at once; absent without one. */
    concurrencyMax: positive.optional(),
    timeToFirstTokenMeanS: positive.optional(),
    timePerOutputTokenMeanS: positive.optional(),
  })
  .readonly();

const schema = z.strictObject({
  schema: z.literal(CALIBRATION_SCHEMA),
  /** Version of Headroom that fitted. */
  version: z.string(),
  device: z
    .strictObject({
      /** As its driver tells it. */
      name: z.string(),
      /** Name in the catalogue: which GPUs of a scenario the figures are for. Absent when it is not there. */
      gpu: z.string().optional(),
      versions: names,
    })
    .readonly(),
  /** What it was fitted to. */
  sources: z
    .array(z.strictObject({ file: z.string(), sha256: z.string(), kind: z.string() }).readonly())
    .min(1)
    .readonly(),
  matmul: z.array(matmul).readonly(),
  bandwidth: z.array(bandwidth).readonly(),
  costs: z.array(cost).readonly(),
  transfers: z.array(transfer).readonly(),
  collectives: z.array(collective).readonly(),
  contention: z.array(contention).readonly(),
  serving: z.array(serving).readonly(),
  /** In full sentences. */
  warnings: z.array(z.string()).readonly(),
});

/** What was measured on one kind of device, fitted. Rates per second, times in seconds, sizes in bytes. */
export type CalibrationFile = Readonly<z.infer<typeof schema>>;

/** A calibration that a scenario or a command names. */
export interface NamedCalibration {
  /** As written. */
  readonly file: string;
  readonly sha256: string;
  readonly calibration: CalibrationFile;
}

/**
 * Reads the text of a calibration file.
 *
 * @throws InputError when it is none, of another version, or holds impossible figures
 */
export function parseCalibration(file: string, text: string): CalibrationFile {
  const help = "make it with headroom calibrate RESULT… -o FILE";
  const problem = (message: string, path?: string): InputError =>
    new InputError([
      { file, rule: "not-a-calibration", message, help, ...(path === undefined ? {} : { path }) },
    ]);
  let document: unknown;
  try {
    document = JSON.parse(text) as unknown;
  } catch (error) {
    throw problem(`is not JSON: ${(error as Error).message}`);
  }
  const given = (document as { readonly schema?: unknown } | null)?.schema;
  if (given !== CALIBRATION_SCHEMA) {
    throw problem(
      `is no calibration: schema is ${JSON.stringify(given) ?? "missing"} and must be "${CALIBRATION_SCHEMA}"`,
      "schema",
    );
  }
  const checked = schema.safeParse(document);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw problem(`${issue!.path.join(".")}: ${issue!.message}`, issue!.path.join("."));
  }
  for (const { dtype, knots: axes, values } of checked.data.matmul) {
    const needed = axes.m.length * axes.n.length * axes.k.length;
    if (values.length !== needed)
      throw problem(`matmul ${dtype}: ${values.length} values for ${needed} knots`, "matmul");
  }
  return checked.data;
}
