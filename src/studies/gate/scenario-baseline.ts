import { z } from "zod";

import { InputError } from "../../diagnostics/problem.js";
import { METRICS } from "../../scenario/metrics.js";
import type { ResultDocument } from "../run/result-document.js";

/** Identifies the format of a baseline of simulated figures. */
export const SCENARIO_BASELINE_SCHEMA = "headroom/gate-baseline/v1";

/** One simulated figure, with its interval where the scenario asked for replications. */
export interface BaselineFigure {
  readonly value: number;
  readonly interval?: readonly [low: number, high: number];
}

/** What one scenario gave. */
export interface ScenarioFigures {
  /** Path as written on the command line. */
  readonly path: string;
  readonly seed: number;
  /** Files the run read, by path, with their sha256: what changed when a figure does. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Metric path in result.json to its figure; variants stand under `NAME: path`. */
  readonly figures: Readonly<Record<string, BaselineFigure>>;
  /** Goals by id: met or not. */
  readonly goals: Readonly<Record<string, boolean>>;
}

/** A file of `headroom gate --update`. */
export interface ScenarioBaseline {
  readonly schema: typeof SCENARIO_BASELINE_SCHEMA;
  readonly version: string;
  readonly scenarios: readonly ScenarioFigures[];
}

/** Every metric a goal may name, of the base and of each variant, where the run has a value. */
export function figuresOf(path: string, document: ResultDocument): ScenarioFigures {
  const figures: Record<string, BaselineFigure> = {};
  const parts = [
    { prefix: "", result: document },
    ...document.variants.map((variant) => ({ prefix: `${variant.name}: `, result: variant })),
  ];
  for (const { prefix, result } of parts) {
    for (const metric of METRICS) {
      const value = valueAt(result, metric.path);
      if (value === undefined) continue;
      const interval = result.replications?.intervals[metric.path];
      figures[`${prefix}${metric.path}`] = {
        value,
        ...(interval === undefined || !Number.isFinite(interval.low + interval.high)
          ? {}
          : { interval: [interval.low, interval.high] }),
      };
    }
  }
  return {
    path,
    seed: document.seed,
    inputs: Object.fromEntries(document.inputs.map(({ path: file, sha256 }) => [file, sha256])),
    figures,
    goals: Object.fromEntries(document.goals.map(({ id, met }) => [id, met])),
  };
}

function valueAt(result: unknown, path: string): number | undefined {
  let at: unknown = result;
  for (const part of path.split(".")) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return typeof at === "number" && Number.isFinite(at) ? at : undefined;
}

const figure = z.strictObject({
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]).optional(),
});

const baseline = z.strictObject({
  schema: z.literal(SCENARIO_BASELINE_SCHEMA),
  version: z.string(),
  scenarios: z
    .array(
      z.strictObject({
        path: z.string(),
        seed: z.number(),
        inputs: z.record(z.string(), z.string()),
        figures: z.record(z.string(), figure),
        goals: z.record(z.string(), z.boolean()),
      }),
    )
    .min(1, "must hold at least one scenario"),
});

/**
 * Reads the text of a baseline.
 *
 * @throws InputError when it is none, or of another version
 */
export function readScenarioBaseline(file: string, text: string): ScenarioBaseline {
  const help = "make it with headroom gate SCENARIO… --baseline FILE --update";
  let document: unknown;
  try {
    document = JSON.parse(text) as unknown;
  } catch (error) {
    const message = `is not JSON: ${(error as Error).message}`;
    throw new InputError([{ file, rule: "not-a-baseline", message, help }]);
  }
  const schema = (document as { readonly schema?: unknown } | null)?.schema;
  if (schema !== SCENARIO_BASELINE_SCHEMA) {
    const message = `is no baseline of simulated figures: schema is ${JSON.stringify(schema) ?? "missing"} and must be "${SCENARIO_BASELINE_SCHEMA}"`;
    throw new InputError([{ file, rule: "not-a-baseline", path: "schema", message, help }]);
  }
  const checked = baseline.safeParse(document);
  if (checked.success) return checked.data as ScenarioBaseline;
  throw new InputError(
    checked.error.issues.slice(0, 3).map((issue) => ({
      file,
      rule: "not-a-baseline",
      path: issue.path.join("."),
      message: `${issue.path.join(".") || "the document"}: ${issue.message}`,
      help,
    })),
  );
}
