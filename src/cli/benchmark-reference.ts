import { createHash } from "node:crypto";

import { z } from "zod";

import { formatDuration } from "../base/units.js";
import type { BenchmarkResult, IndependentTool } from "../benchmark/result-document.js";
import { InputError } from "../diagnostics/problem.js";
import { readTextFile } from "../io/read-file.js";
import { alignColumns } from "./text-layout.js";

/** Identifies the format of an independent tool's times. */
const REFERENCE_SCHEMA = "headroom/benchmark-reference/v1";

/** How far apart two honest tools may be on one machine. */
const APART_MAX = 0.05;

const referenceSchema = z.object({
  schema: z.literal(REFERENCE_SCHEMA),
  tool: z.string().min(1).max(200),
  device: z.string().max(200),
  cases: z.record(z.string(), z.object({ timeS: z.number().positive() })),
});

/** Times of another tool. @throws InputError when the file is none of it */
export async function readReference(file: string): Promise<IndependentTool> {
  const text = await readTextFile(file);
  const refuse = (message: string): InputError =>
    new InputError([
      {
        file,
        rule: "not-a-reference",
        message,
        help: "python3 bench/gpu/torch_reference.py CASE… makes one",
      },
    ]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(`is not JSON: ${(error as Error).message}`);
  }
  const parsed = referenceSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`${issue!.path.join(".") || "the document"}: ${issue!.message}`);
  }
  const { tool, device, cases } = parsed.data;
  const sha256 = createHash("sha256").update(text).digest("hex");
  const times = Object.fromEntries(
    Object.entries(cases).map(([id, { timeS }]) => [id, { timeS }] as const),
  );
  return { tool, device, sha256, cases: times };
}

/** Our times beside those of other tools; empty without any. */
export function printReferences({ cases, references = [] }: BenchmarkResult): string {
  return references
    .map(({ tool, cases: times }) => {
      const rows = Object.entries(times).map(([id, { timeS }]) => {
        const ours = cases.find((entry) => entry.id === id)?.summary?.timeS;
        if (ours === undefined) return [id, "not measured", formatDuration(timeS), "-", "-"];
        const apart = ours / timeS - 1;
        const sign = apart >= 0 ? "+" : "−";
        const verdict = Math.abs(apart) <= APART_MAX ? "within 5 %" : "apart";
        const figures = [formatDuration(ours), formatDuration(timeS)];
        return [id, ...figures, `${sign}${(100 * Math.abs(apart)).toFixed(1)} %`, verdict];
      });
      const table = alignColumns([["case", "ours", "theirs", "difference", ""], ...rows]);
      return `\n\nBeside ${tool}:\n${table.join("\n")}`;
    })
    .join("");
}
