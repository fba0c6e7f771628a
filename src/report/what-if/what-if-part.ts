import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { gzipSync } from "node:zlib";

import { InputError } from "../../diagnostics/problem.js";
import { readBytes, type FileBytes } from "../../io/read-file.js";
import type { ResolvedConfiguration } from "../../scenario/resolved.js";
import type { InputFile, ResultDocument } from "../../studies/run/result-document.js";
import { whatIfControls, type WhatIfControl } from "../../studies/what-if/what-if-controls.js";
import { whatIfOutcome } from "../../studies/what-if/what-if-figures.js";
import type { ReportDocument, WhatIfPart } from "../block.js";

/** A scenario as it was run, from which a reader may change things. */
export interface WhatIfSource {
  /** Path of the scenario as the command line has it. */
  readonly path: string;
  /** What the command line laid over it. */
  readonly sets: readonly string[];
  /** Set when the command line gave one. */
  readonly seed?: number;
  /** The files it was read from. */
  readonly inputs: readonly InputFile[];
  readonly configuration: ResolvedConfiguration;
  readonly result: ResultDocument;
  /** What a study varied comes before everything else that can be changed. */
  readonly controls?: readonly WhatIfControl[];
  /** Other configurations of the report that a reader may start from. */
  readonly starts?: readonly { readonly name: string; readonly sets: readonly string[] }[];
}

/** The part, or why a page has none. */
export type WhatIfAnswer =
  | { readonly ok: true; readonly part: WhatIfPart }
  | { readonly ok: false; readonly reason: string };

/** What a page may carry of files, compressed: with the simulator it stays below 3 MB. */
const FILES_BYTES_MAX = 1_400_000;

const BUNDLE = new URL("../../browser/what-if-worker.js", import.meta.url);

/**
 * Packs the simulator and everything the scenario reads for a page.
 *
 * Files are read again; one that has changed since the run is refused: the page would tell of another scenario.
 */
export async function createWhatIfPart(source: WhatIfSource): Promise<WhatIfAnswer> {
  const files: { readonly path: string; readonly base64: string }[] = [];
  let total = 0;
  const folders = new Set(["", dirname(source.path)]);
  for (const input of source.inputs) {
    const found = await readAgain(input, folders);
    if (found === undefined) {
      return {
        ok: false,
        reason: `${input.path} is not there any more, or has changed since the run`,
      };
    }
    const { path, file } = found;
    folders.add(dirname(path));
    const packed = gzipSync(file.bytes, { level: 9 });
    total += packed.length;
    files.push({ path, base64: packed.toString("base64") });
  }
  if (total > FILES_BYTES_MAX) {
    const megabytes = (total / 1e6).toFixed(1);
    return { ok: false, reason: `its files are ${megabytes} MB compressed, too much for a page` };
  }
  const known = new Set((source.controls ?? []).map(({ path }) => path));
  const data = {
    path: source.path,
    sets: source.sets,
    ...(source.seed === undefined ? {} : { seed: source.seed }),
    controls: [
      ...(source.controls ?? []),
      ...whatIfControls(source.configuration).filter(({ path }) => !known.has(path)),
    ],
    starts: source.starts ?? [],
    before: whatIfOutcome(source.result),
    files,
  };
  const bundle = gzipSync(await readFile(BUNDLE), { level: 9 }).toString("base64");
  return { ok: true, part: { data: JSON.stringify(data), bundle } };
}

/** Inputs are named as their scenario writes them, seen from its folder or from that of a file it extends. */
async function readAgain(
  { path, sha256 }: InputFile,
  folders: ReadonlySet<string>,
): Promise<{ readonly path: string; readonly file: FileBytes } | undefined> {
  for (const folder of folders) {
    const place = isAbsolute(path) ? path : join(folder, path);
    try {
      const file = await readBytes(place);
      if (file.sha256 === sha256) return { path: place, file };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return undefined;
}

/** The report with the part, where there is one. */
export function withWhatIf(
  report: ReportDocument,
  answer: WhatIfAnswer | undefined,
): ReportDocument {
  return answer?.ok === true ? { ...report, whatIf: answer.part } : report;
}

/** Why a page that was asked for has no such part, as a warning. */
export function withoutWhatIf(answer: WhatIfAnswer | undefined): readonly string[] {
  return answer?.ok === false
    ? [`report.html cannot simulate the scenario again: ${answer.reason}.`]
    : [];
}
