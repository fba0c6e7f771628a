import { z } from "zod";

import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { formatPath } from "../../diagnostics/field-path.js";
import type { PathPart } from "../../diagnostics/field-path.js";
import { locate, plainValue } from "../../diagnostics/located-node.js";
import type { LocatedNode } from "../../diagnostics/located-node.js";
import { InputError } from "../../diagnostics/problem.js";
import type { Problem } from "../../diagnostics/problem.js";
import { parseYaml } from "../../diagnostics/yaml-source.js";
import type { WorkloadParameters } from "./parameters.js";
import { HOURS_PER_WEEK } from "./weekly-clock.js";

const name = z.string().min(1).max(100);
const weight = z.number().min(0).max(1e9);
const seconds = z.number().min(0).max(1e10);
const positiveSeconds = z.number().positive().max(1e10);
const probability = z.number().min(0).max(1);
const count = z.number().int().min(0).max(1_000_000);
const amount = z.number().int().min(0).max(1e9);

const someWeight = (list: readonly { readonly weight: number }[]): boolean =>
  list.some((entry) => entry.weight > 0);
const needsWeight = { error: "at least one weight must be above 0" };
const rising = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value >= values[index - 1]!);
const mustRise = { error: "the values must not fall" };

const durationModel = z.discriminatedUnion("model", [
  z.strictObject({
    model: z.literal("lognormal-mixture"),
    parts: z
      .array(z.strictObject({ weight, medianS: positiveSeconds, sigma: z.number().min(0).max(20) }))
      .min(1)
      .max(100)
      .refine(someWeight, needsWeight),
    minS: seconds,
    maxS: positiveSeconds,
  }),
  z.strictObject({
    model: z.literal("quantiles"),
    valuesS: z.array(seconds).min(2).max(10_001).refine(rising, mustRise),
  }),
]);

const kind = z.strictObject({
  name,
  weight,
  workers: count.min(1),
  gpusPerWorker: count,
  gpuMilli: count.max(1000).exactOptional(),
  hosts: z
    .array(z.strictObject({ weight, cpuMilli: amount, memoryMib: amount }))
    .min(1)
    .max(1000)
    .refine(someWeight, needsWeight),
  durationS: durationModel,
  batch: z.strictObject({
    // 1 would never end a batch; 0.999 is a mean of a thousand jobs.
    continueProbability: probability.max(0.999),
    gapMeanS: seconds,
  }),
  walltime: z
    .strictObject({
      excessMedian: z.number().min(0).max(1000),
      sigma: z.number().min(0).max(20),
      roundUpToS: z.array(positiveSeconds).max(1000).refine(rising, mustRise),
    })
    .exactOptional(),
  tenants: z
    .array(z.strictObject({ name: z.string().max(100), weight }))
    .min(1)
    .max(10_000)
    .refine(someWeight, needsWeight),
  priority: z.number().int().min(-1e9).max(1e9).exactOptional(),
});

const schema = z.strictObject({
  schema: z.literal("headroom/workload/v1"),
  description: z.string(),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  weeks: z.number().positive().max(1000),
  jobsPerWeek: z.number().min(0).max(1e8),
  hourOfWeekWeights: z
    .array(weight)
    .length(HOURS_PER_WEEK, {
      error: `must be ${HOURS_PER_WEEK} values, one per hour from Monday 00:00`,
    })
    .refine((weights) => weights.some((value) => value > 0), needsWeight),
  kinds: z
    .array(kind)
    .min(1)
    .max(10_000)
    .refine(someWeight, needsWeight)
    .refine((kinds) => new Set(kinds.map((entry) => entry.name)).size === kinds.length, {
      error: "the names of the kinds must differ: each has random streams of its own",
    }),
});

/**
 * Reads the parameters of a synthetic workload from YAML (or JSON, which is YAML).
 *
 * @throws InputError with every problem and its place
 */
export function parseWorkloadParameters(file: string, text: string): WorkloadParameters {
  const root = parseYaml(file, text);
  const result = schema.safeParse(plainValue(root));
  if (result.success) return result.data satisfies WorkloadParameters;
  throw new InputError(result.error.issues.flatMap((issue) => problemsOf(root, issue)));
}

function problemsOf(root: LocatedNode, issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.filter((part): part is PathPart => typeof part !== "symbol");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownField(root, path, key));
  }
  const place = locate(root, path, "value");
  const at = formatPath(path);
  return [{ ...place, rule: "workload-parameters", path: at, message: `${at}: ${issue.message}` }];
}

function unknownField(root: LocatedNode, path: readonly PathPart[], key: string): Problem {
  const full = [...path, key];
  const allowed = fieldsAt(path);
  const suggestion = didYouMean(key, allowed ?? []);
  return {
    ...locate(root, full, "key"),
    rule: "unknown-field",
    path: formatPath(full),
    message: `unknown field "${key}"`,
    ...(allowed === undefined ? {} : { allowed }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Fields of the document itself and of a kind; the smaller maps speak for themselves. */
function fieldsAt(path: readonly PathPart[]): readonly string[] | undefined {
  if (path.length === 0) return Object.keys(schema.shape);
  if (path.length === 2 && path[0] === "kinds") return Object.keys(kind.shape);
  return undefined;
}
