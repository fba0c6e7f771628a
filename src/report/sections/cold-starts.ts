import type { ServiceResult } from "../../studies/run/serving-document.js";
import type { Cell, ReportBlock, RichCell, TableContent } from "../block.js";
import { formatDuration } from "../format/duration.js";
import { countOf, formatShare } from "../format/number.js";
import { exactQuantity } from "../format/quantity.js";
import type { Configuration } from "../run-report-input.js";

/** Configurations side by side; of more, each has a line that names its longest parts. */
const COLUMNS_MAX = 4;
/** Parts with a row of their own; shorter ones are one row together. */
const PARTS_MAX = 4;
/** Parts that a line names. */
const NAMED_MAX = 3;

/** Parts whose names say little to people who did not write the engine; others print as they are. */
const WORDS: Readonly<Record<string, string>> = {
  "place on nodes": "waiting for GPUs on a node",
  "resource preparation": "preparing the pod",
  "image pull": "fetching the image",
  "framework start": "start of the framework",
  "before loading": "engine, before it loads the model",
  "model download and load": "fetching and loading the model",
  benchmark: "benchmark before it takes requests",
  readiness: "readiness check",
};

/** Cold starts of one service in one configuration. */
interface ColdStarts {
  readonly run: string;
  readonly service: string;
  readonly count: number;
  readonly totalS: number;
  readonly secondsByPart: ReadonlyMap<string, number>;
}

/**
 * What a cold start was made of: the longest parts, with what they are of the whole, and the others together. Absent
 * without cold starts.
 */
export function coldStartTable(runs: readonly Configuration[]): readonly ReportBlock[] {
  const all = runs.flatMap(({ name, result }) =>
    (result.serving?.services ?? []).flatMap((service) => coldStartsOf(name, service)),
  );
  if (all.length === 0) return [];
  const columns = runs.map(({ name }) => name).filter((run) => all.some((one) => one.run === run));
  const table = columns.length > COLUMNS_MAX ? lineTable(all) : partTable(all, columns);
  return [{ kind: "table", ...table, fullTable: "replicas.csv" }];
}

function coldStartsOf(run: string, service: ServiceResult): readonly ColdStarts[] {
  const { name, coldStarts, coldStartPhases } = service;
  const secondsByPart = new Map(
    coldStartPhases.map((part) => [WORDS[part.name] ?? part.name, part.seconds]),
  );
  const totalS = coldStartPhases.reduce((sum, { seconds }) => sum + seconds, 0);
  return totalS > 0 ? [{ run, service: name, count: coldStarts, totalS, secondsByPart }] : [];
}

function partTable(all: readonly ColdStarts[], columns: readonly string[]): TableContent {
  const services = [...new Set(all.map(({ service }) => service))];
  const groups = services.map((service) => {
    const own = all.filter((one) => one.service === service);
    return {
      title: service,
      rows: partRows(columns.map((run) => own.find((one) => one.run === run))),
    };
  });
  return {
    caption: "What a cold start was made of, mean over cold starts",
    columns: [
      { header: "Part" },
      ...columns.map((run) => ({
        header: columns.length === 1 ? "Time" : run,
        align: "right" as const,
      })),
    ],
    rows: groups.flatMap(({ rows }) => rows),
    ...(groups.length > 1
      ? { rowGroups: groups.map(({ title, rows }) => ({ title, rowCount: rows.length })) }
      : {}),
  };
}

/** The whole first, then its parts, the longest first. */
function partRows(cells: readonly (ColdStarts | undefined)[]): readonly (readonly Cell[])[] {
  const parts = partsByLength(cells.flatMap((one) => one ?? []));
  const isFolded = parts.length > PARTS_MAX + 1;
  const own = isFolded ? parts.slice(0, PARTS_MAX) : parts;
  const rest = parts.slice(own.length);
  const row = (label: Cell, names: readonly string[]): readonly Cell[] => [
    label,
    ...cells.map((one) => (one === undefined ? null : partCell(one, names))),
  ];
  return [
    [
      "From the wish for a replica to its first request",
      ...cells.map((one) =>
        one === undefined
          ? null
          : { ...timeCell(one.totalS), note: countOf(one.count, "cold start") },
      ),
    ],
    ...own.map((name) => row(name, [name])),
    ...(isFolded
      ? [row({ text: `${rest.length} shorter parts`, note: rest.join(", ") }, rest)]
      : []),
  ];
}

function partsByLength(all: readonly ColdStarts[]): readonly string[] {
  const shares = new Map<string, number>();
  for (const { secondsByPart, totalS } of all)
    for (const [name, seconds] of secondsByPart)
      shares.set(name, (shares.get(name) ?? 0) + seconds / totalS);
  const longest = [...shares].sort(([, left], [, right]) => right - left);
  return longest.flatMap(([name, share]) => (share > 0 ? [name] : []));
}

function partCell({ secondsByPart, totalS }: ColdStarts, names: readonly string[]): RichCell {
  const seconds = names.reduce((sum, name) => sum + (secondsByPart.get(name) ?? 0), 0);
  return { ...timeCell(seconds), note: formatShare(seconds / totalS) };
}

function timeCell(seconds: number): RichCell {
  return { text: formatDuration(seconds), value: seconds, exact: exactQuantity(seconds, "s") };
}

function lineTable(all: readonly ColdStarts[]): TableContent {
  const severalServices = new Set(all.map(({ service }) => service)).size > 1;
  return {
    caption: "How long a cold start took, and what took longest, mean over cold starts",
    columns: [
      { header: "Configuration" },
      { header: "One takes", align: "right" },
      { header: "Longest parts" },
    ],
    rows: all.map((one): readonly Cell[] => [
      severalServices ? { text: one.run, note: one.service } : one.run,
      { ...timeCell(one.totalS), note: countOf(one.count, "cold start") },
      partsByLength([one])
        .slice(0, NAMED_MAX)
        .map((name) => {
          const seconds = one.secondsByPart.get(name)!;
          return `${name} ${formatDuration(seconds)} (${formatShare(seconds / one.totalS)})`;
        })
        .join(", "),
    ]),
  };
}
