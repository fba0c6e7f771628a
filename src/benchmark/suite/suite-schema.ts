import { z } from "zod";

import { BACKEND_NAMES } from "../backend.js";
import { DTYPES, type KernelName } from "../kernels/kernel-spec.js";
import { TENANTS_AS } from "./suite.js";

/** First line of a suite. */
export const SUITE_SCHEMA = "headroom/benchmark-suite/v1";

/** Largest count in a shape: beyond it sizes in bytes are no exact numbers any more. */
const COUNT_MAX = 2 ** 40;

/** A suite unfolds to at most so many cases. */
export const CASES_MAX = 2000;

/** Sizes that each kernel takes, in the order in which ids name them. */
export const SHAPE_FIELDS: Readonly<Record<KernelName, readonly string[]>> = {
  matmul: ["m", "n", "k"],
  copy: ["elements"],
  scale: ["elements"],
  add: ["elements"],
  triad: ["elements"],
  reduction: ["elements"],
  softmax: ["rows", "columns"],
  "attention-prefill": ["batch", "heads", "kvHeads", "headDim", "tokens"],
  "attention-decode": ["batch", "heads", "kvHeads", "headDim", "context"],
  transpose: ["rows", "columns"],
  gather: ["tableRows", "columns", "rows"],
  "host-to-device": ["bytes"],
  "device-to-host": ["bytes"],
  "launch-latency": [],
  "empty-dispatch": [],
  "all-reduce": ["elements", "gpus"],
};

/** Names of all kernels. */
export const KERNEL_NAMES = Object.keys(SHAPE_FIELDS) as readonly KernelName[];

const count = z.int().min(1).max(COUNT_MAX);
const label = z
  .string()
  .regex(/^[\w][\w.:/ -]{0,79}$/, "must be 1 to 80 letters, digits, spaces or . : / _ -");
const duration = z.union([z.string(), z.number()]);

/** What a suite file may say. Durations are text with a unit; `parseSuite` reads them. */
export const suiteSchema = z.strictObject({
  schema: z.literal(SUITE_SCHEMA),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "must be small letters, digits and -"),
  description: z.string().max(2000).optional(),
  sampling: z
    .strictObject({
      processes: z.int().min(1).max(200).optional(),
      processesMax: z.int().min(1).max(200).optional(),
      precision: z.union([z.string(), z.number()]).optional(),
      samples: z.int().min(5).max(10_000).optional(),
      warmUp: z.int().min(0).max(1000).optional(),
      sampleTime: duration.optional(),
      caseTime: duration.optional(),
      budget: duration.optional(),
    })
    .optional(),
  cases: z
    .array(
      z.strictObject({
        kernel: z.enum(KERNEL_NAMES),
        dtypes: z.array(z.enum(DTYPES)).min(1).optional(),
        shapes: z.array(z.record(z.string(), count)).min(1).max(CASES_MAX).optional(),
        grid: z.record(z.string(), z.array(count).min(1).max(100)).optional(),
        hostMemory: z
          .array(z.enum(["pinned", "pageable"]))
          .min(1)
          .optional(),
        tenants: z.array(z.int().min(1).max(64)).min(1).optional(),
        tenantsAs: z.enum(TENANTS_AS).optional(),
        backends: z.array(z.enum(BACKEND_NAMES)).min(1).optional(),
        labels: z.array(label).max(20).optional(),
      }),
    )
    .min(1)
    .max(CASES_MAX),
});

/** A suite as it is written. */
export type SuiteDocument = z.infer<typeof suiteSchema>;
