import { parse } from "yaml";

import { InputError } from "../../../diagnostics/problem.js";
import { writeHeadroomCsv } from "../../../workload/write-headroom-csv.js";
import { parseScenario } from "../../parse-scenario.js";
import { resolveScenario } from "../../resolve-scenario.js";
import { importFiles, partText } from "../import-files.js";
import type { ImportOptions } from "../import-files.js";

/** A cluster for parts that bring none. */
export const CLUSTER =
  "cluster: { nodes: [{ name: n, count: 2, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }] }\n";
const REST = `name: imported
workload:
  jobs:
    - { id: a, submit: 0s, duration: 1h, gpus: 8, tenant: vision, partition: main }
`;

/** Imports texts as files `0`, `1`, … and gives the part as it is written. */
export function imported(texts: string | readonly string[], options: ImportOptions = {}) {
  const sources = [texts].flat().map((text, index) => ({ file: String(index), text }));
  const result = importFiles(sources, options);
  if (result.kind !== "scenario") throw new Error("not a part of a scenario");
  const text = partText(result.scenario, result);
  return { ...result, text, plain: parse(text) as Record<string, never> };
}

/** Imports a list of jobs and gives the trace as it is written. */
export function jobsOf(text: string, options: ImportOptions = {}) {
  const result = importFiles([{ file: "now", text }], options);
  if (result.kind !== "trace") throw new Error("not a trace");
  const csv = [...writeHeadroomCsv(result.jobs)].join("");
  return { ...result, rows: csv.trim().split("\n").slice(1), csv };
}

/** A scenario that extends the part. */
export function resolved(part: string, own: string) {
  const text = `extends: part.yaml\n${REST}${own}`;
  const texts = new Map([["part.yaml", part]]);
  return resolveScenario(parseScenario({ file: "s.yaml", text, texts })).base;
}

/** Where and why a text is refused. */
export function problemsOf(text: string, options: ImportOptions = {}) {
  try {
    importFiles([{ file: "f", text }], options);
  } catch (error) {
    if (error instanceof InputError) {
      return error.problems.map(({ file, line, col, rule }) => `${file}:${line}:${col} ${rule}`);
    }
    throw error;
  }
  return [];
}

/** What was ignored, by line. */
export const whyOf = (ignored: readonly { line: number; path: string }[]): string[] =>
  ignored.map(({ line, path }) => `${line} ${path}`);
