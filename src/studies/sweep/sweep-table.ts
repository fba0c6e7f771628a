import { parquetWriteBuffer } from "hyparquet-writer";

import type { StoredOutcome, StoredRun } from "./stored-run.js";
import { figureOfRun, figurePaths } from "./stored-run.js";
import type { SweepUnit } from "./sweep-units.js";
import type { SweepSpec } from "./sweep-spec.js";
import { valueText } from "./sweep-answer.js";

/** One column of the table: numbers or texts, null where there is nothing. */
export interface TableColumn {
  readonly name: string;
  readonly kind: "number" | "text";
  readonly values: readonly (number | string | null)[];
}

/**
 * The table of a sweep: one row per run, in the order of points and replications.
 *
 * Figures that no run has a value of are left out.
 */
export function sweepTable(
  spec: SweepSpec,
  units: readonly SweepUnit[],
  outcomes: readonly StoredOutcome[],
): readonly TableColumn[] {
  const runs = outcomes.map((outcome) => (outcome.ok ? outcome : undefined));
  const axes = spec.axes.map(({ name }, axis): TableColumn => {
    const values = units.map(({ point }) => spec.points[point]!.values[axis]?.value ?? null);
    return values.every((value) => value === null || typeof value === "number")
      ? numbers(`axis.${name}`, values)
      : texts(
          `axis.${name}`,
          values.map((value) => (value === null ? null : valueText(value))),
        );
  });
  const isOfFleet = units.some(({ unit }) => "kind" in unit);
  const metrics = figurePaths(outcomes)
    .map((path) =>
      numbers(
        path,
        runs.map((run) => (run === undefined ? null : figureOfRun(run, path))),
      ),
    )
    .filter(({ values }) => values.some((value) => value !== null));
  return [
    numbers(
      "point",
      units.map(({ point }) => point + 1),
    ),
    numbers(
      "replication",
      units.map(({ replication }) => replication),
    ),
    numbers(
      "seed",
      units.map(({ unit }) => unit.seed),
    ),
    ...axes,
    texts(
      "status",
      outcomes.map(({ ok }) => (ok ? "ok" : "failed")),
    ),
    texts(
      "error",
      outcomes.map((outcome) => (outcome.ok ? null : outcome.message)),
    ),
    numbers(
      "goals.met",
      runs.map((run) => run?.goalsMet ?? null),
    ),
    numbers(
      "goals.count",
      runs.map((run) => run?.goals ?? null),
    ),
    ...metrics,
    ...(isOfFleet ? [] : endColumns(runs)),
  ];
}

/** How runs of scenarios ended. */
function endColumns(runs: readonly (StoredRun | undefined)[]): readonly TableColumn[] {
  return [
    texts(
      "stopReason",
      runs.map((run) => run?.stopReason ?? null),
    ),
    numbers(
      "eventsHandled",
      runs.map((run) => run?.eventsHandled ?? null),
    ),
  ];
}

function numbers(name: string, values: readonly (number | null)[]): TableColumn {
  return { name, kind: "number", values };
}

function texts(name: string, values: readonly (string | null)[]): TableColumn {
  return { name, kind: "text", values };
}

/** The table as Parquet: numbers as doubles, texts as UTF-8, Snappy pages. The same rows give the same bytes. */
export function parquetTable(columns: readonly TableColumn[], version: string): Uint8Array {
  const buffer = parquetWriteBuffer({
    createdBy: `headroom ${version}`,
    columnData: columns.map(({ name, kind, values }) => ({
      name,
      type: kind === "number" ? ("DOUBLE" as const) : ("STRING" as const),
      nullable: true,
      data: [...values],
    })),
  });
  return new Uint8Array(buffer);
}
