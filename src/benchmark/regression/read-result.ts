import { z } from "zod";

import { InputError, type Problem } from "../../diagnostics/problem.js";
import { BENCHMARK_RESULT_SCHEMA, type BenchmarkResult } from "../result-document.js";

/** Problems told at once: a broken file breaks the same rule a thousand times. */
const PROBLEMS_MAX = 5;

const seconds = z
  .number({ error: (issue) => `must be a positive number of seconds, got ${shown(issue.input)}` })
  .refine((value) => Number.isFinite(value) && value > 0, {
    error: (issue) => `must be a positive number of seconds, got ${shown(issue.input)}`,
  });
const text = z.string({ error: (issue) => `must be a text, got ${shown(issue.input)}` });
const count = z
  .number({ error: (issue) => `must be a number, got ${shown(issue.input)}` })
  .refine((value) => Number.isFinite(value) && value >= 0, {
    error: (issue) => `must be a number from 0 on, got ${shown(issue.input)}`,
  });

const caseSchema = z.looseObject({
  id: text.min(1, "must not be empty"),
  status: z.enum(["measured", "skipped", "failed"], {
    error: (issue) => `must be measured, skipped or failed, got ${shown(issue.input)}`,
  }),
  label: z.enum(["hardware", "software"], {
    error: (issue) => `must be hardware or software, got ${shown(issue.input)}`,
  }),
  backend: text,
  deviceName: text,
  kernel: text,
  dtype: text,
  tenants: count,
  flops: count,
  bytes: count,
  shape: z.record(z.string(), count),
  runs: z.array(
    z.looseObject({
      pair: count,
      position: count,
      tenants: z
        .array(
          z.looseObject({
            samplesS: z.array(seconds, "must be a list of seconds").min(1, "must not be empty"),
          }),
          "must be a list of tenants",
        )
        .min(1, "must not be empty"),
    }),
    "must be a list of process runs",
  ),
});

const resultSchema = z.looseObject({
  schema: z.literal(BENCHMARK_RESULT_SCHEMA),
  version: text,
  suite: z.looseObject({ name: text, sha256: text }, "must say which suite was run"),
  label: z.enum(["hardware", "software"], {
    error: (issue) => `must be hardware or software, got ${shown(issue.input)}`,
  }),
  startedAt: text,
  endedAt: text,
  session: z.looseObject({ id: text, build: text }, "must say in which session it was measured"),
  environment: z.looseObject(
    {
      id: text,
      fields: z.record(z.string(), z.string(), "must be names and texts"),
    },
    "must hold the environment's fingerprint",
  ),
  cases: z
    .array(caseSchema, "must be a list of cases")
    .min(1, "must hold at least one case: nothing was measured"),
});

/**
 * Reads the text of a result of `headroom bench run` and checks what comparisons and calibrations rest on.
 *
 * @throws InputError with at most five problems when it is no such document, of another schema version, empty,
 *   or holds times that are not positive numbers
 */
export function readBenchmarkResult(file: string, content: string): BenchmarkResult {
  const document = parsed(file, content);
  const problems = schemaProblems(file, document) ?? fieldProblems(file, document);
  if (problems.length > 0) throw new InputError(problems.slice(0, PROBLEMS_MAX));
  return document as BenchmarkResult;
}

function parsed(file: string, content: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch (error) {
    const hint = /\b(?:NaN|-?Infinity)\b/.exec(content)?.[0];
    const message =
      hint === undefined
        ? `is not JSON: ${(error as Error).message}`
        : `is not JSON: it holds ${hint}, which is no number of JSON`;
    throw new InputError([
      {
        file,
        rule: "not-a-result",
        message,
        help: "name a file that headroom bench run -o FILE wrote",
      },
    ]);
  }
}

function schemaProblems(file: string, document: unknown): readonly Problem[] | undefined {
  const schema =
    typeof document === "object" && document !== null
      ? (document as { readonly schema?: unknown }).schema
      : undefined;
  if (schema === BENCHMARK_RESULT_SCHEMA) return undefined;
  const isResult =
    typeof schema === "string" && schema.startsWith(BENCHMARK_RESULT_SCHEMA.replace(/v\d+$/, "v"));
  return [
    {
      file,
      rule: isResult ? "other-version" : "not-a-result",
      path: "schema",
      message: isResult
        ? `has schema ${shown(schema)}; this version of Headroom reads ${BENCHMARK_RESULT_SCHEMA}`
        : `is no benchmark result: schema is ${schema === undefined ? "missing" : shown(schema)} and must be "${BENCHMARK_RESULT_SCHEMA}"`,
      help: isResult
        ? "measure both sides with the same version of Headroom"
        : "name a file that headroom bench run -o FILE wrote",
    },
  ];
}

function fieldProblems(file: string, document: unknown): readonly Problem[] {
  const checked = resultSchema.safeParse(document);
  if (!checked.success) {
    return checked.error.issues.map((issue) => ({
      file,
      rule: "bad-result",
      path: pathText(issue.path),
      message: `${pathText(issue.path)} ${issue.message}`,
      help: "measure again with headroom bench run",
    }));
  }
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const { id } of checked.data.cases) {
    if (seen.has(id)) {
      problems.push({
        file,
        rule: "bad-result",
        message: `case "${id}" stands there twice`,
        help: "measure again with headroom bench run",
      });
    }
    seen.add(id);
  }
  return problems;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((whole, part) => {
    if (typeof part === "number") return `${whole}[${part}]`;
    return whole === "" ? String(part) : `${whole}.${String(part)}`;
  }, "");
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const written = JSON.stringify(value) ?? String(value);
  return written.length > 60 ? `${written.slice(0, 57)}…` : written;
}
