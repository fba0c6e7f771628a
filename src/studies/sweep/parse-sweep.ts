import { z } from "zod";

import { InputError, type Problem } from "../../diagnostics/problem.js";
import { sortProblems } from "../../diagnostics/render-problems.js";
import { parseYaml } from "../../diagnostics/yaml-source.js";
import { createCheckContext, type CheckContext } from "../../scenario/check-context.js";
import { createFieldTree, type JsonSchema } from "../../scenario/field-tree.js";
import { folderOf, joinPath } from "../../scenario/file-path.js";
import { reportIssues } from "../../scenario/report-issues.js";
import { checkMetricNames } from "./sweep-metrics.js";
import { SWEEP_LIMITS, sweepSchema, type SweepFile } from "./sweep-schema.js";
import { axisValue, gridPoints, latinHypercube, rangeValues } from "./sweep-points.js";
import type { AxisValue, SweepAxis, SweepPoint, SweepSpec } from "./sweep-spec.js";

type AxisFile = NonNullable<SweepFile["axes"]>[number];

/** A sweep file that was read, with the context in which problems of its paths can be told. */
export interface ParsedSweep {
  readonly spec: SweepSpec;
  readonly context: CheckContext;
  /** Problems found by the context; to be thrown when there are any. */
  readonly problems: readonly Problem[];
}

/** Fields whose value is the path of a file. */
const FILE_FIELDS = /(^|\.)(trace|generate|catalogue|backtest)$/;

const HELP = "docs/sweep.md shows every field of a sweep";

/**
 * Reads and checks a sweep file, as far as that needs no scenario.
 *
 * @param seed root of random streams where the file has none
 * @throws InputError with every problem at its line
 */
export function parseSweep(file: string, text: string): ParsedSweep {
  const root = parseYaml(file, text);
  const schema = sweepSchema();
  const jsonSchema = z.toJSONSchema(schema, { target: "draft-7", io: "input" }) as JsonSchema;
  const problems: Problem[] = [];
  const context = createCheckContext({
    root,
    fields: createFieldTree(jsonSchema),
    variant: undefined,
    problems,
    warnings: [],
  });
  if (root.kind !== "map") {
    const message = "a sweep is a map with schema, name, scenario and axes or points";
    throw new InputError([{ file, line: 1, rule: "wrong-type", message, help: HELP }]);
  }
  const result = schema.safeParse(context.plain);
  if (!result.success) reportIssues(context, result.error.issues);
  else checkSpace(context, result.data);
  if (problems.length > 0 || !result.success) {
    throw new InputError(sortProblems(problems.map(withSweepHelp)));
  }
  return { spec: specOf(file, result.data), context, problems };
}

/** Help of the scenario format names its own commands; here they would mislead. */
export function withSweepHelp(problem: Problem): Problem {
  const message = problem.message.replace(/^the scenario /, "the sweep ");
  const isForeign = problem.help?.startsWith("headroom explain") === true;
  return { ...problem, message, ...(isForeign ? { help: HELP } : {}) };
}

function designOf({ design, points }: SweepFile): SweepSpec["design"] {
  return design ?? (points === undefined ? "grid" : "list");
}

/** What the fields must be together. */
function checkSpace(context: CheckContext, sweep: SweepFile): void {
  const design = designOf(sweep);
  const { axes = [], points, samples, replications = 1 } = sweep;
  const needs = (field: string, words: string): void =>
    context.report({
      path: [field],
      part: "key",
      rule: "incomplete-fields",
      message: `the space is empty: a sweep of design ${design} needs ${words}`,
    });
  const excludes = (field: string): void =>
    context.report({
      path: [field],
      part: "key",
      rule: "conflicting-fields",
      message: `${field} has no meaning in a sweep of design ${design}`,
    });
  if (design === "list") {
    if ((points ?? []).length === 0) needs("points", "at least one entry in points");
    if (axes.length > 0) excludes("axes");
  } else {
    if (points !== undefined) excludes("points");
    if (axes.length === 0) needs("axes", "at least one entry in axes");
  }
  if (design === "latin-hypercube" && samples === undefined)
    needs("samples", "samples, the number of points");
  if (design !== "latin-hypercube" && samples !== undefined) excludes("samples");
  axes.forEach((axis, index) => checkAxis(context, axis, index, design));
  checkNames(context, axes);
  checkMetricNames(context, sweep.metrics ?? []);
  const count = pointCount(sweep);
  const runs = count * replications;
  if (count <= SWEEP_LIMITS.pointsMax && runs <= SWEEP_LIMITS.runsMax) return;
  context.report({
    path: [design === "list" ? "points" : "axes"],
    part: "key",
    rule: "out-of-range",
    message: `the sweep has ${count} points and ${runs} runs; at most ${SWEEP_LIMITS.pointsMax} points and ${SWEEP_LIMITS.runsMax} runs are done`,
    help: "take fewer values, or draw points with design: latin-hypercube",
  });
}

function pointCount(sweep: SweepFile): number {
  const { axes = [], points = [], samples = 0 } = sweep;
  const design = designOf(sweep);
  if (design === "list") return points.length;
  if (design === "latin-hypercube") return samples;
  return axes.reduce((product, { values, steps }) => product * (values?.length ?? steps ?? 1), 1);
}

function checkAxis(
  context: CheckContext,
  { values, from, to, steps, whole, unit }: AxisFile,
  index: number,
  design: SweepSpec["design"],
): void {
  const path = ["axes", index];
  const report = (
    rule: "incomplete-fields" | "conflicting-fields" | "out-of-range",
    field: string,
    message: string,
  ): void => context.report({ path: [...path, field], part: "key", rule, message });
  const isRange = [from, to, steps, whole, unit].some((given) => given !== undefined);
  if (values !== undefined) {
    if (values.length === 0)
      report("out-of-range", "values", "the space is empty: the axis has no values");
    if (isRange)
      report("conflicting-fields", "values", "give values or a range (from and to), not both");
    return;
  }
  if (from === undefined || to === undefined) {
    report("incomplete-fields", "values", "the axis needs values, or a range: from and to");
    return;
  }
  if (!(from < to))
    report("out-of-range", "to", `to must be larger than from (${from}), got ${to}`);
  if (design === "grid" && steps === undefined)
    report("incomplete-fields", "steps", "a range in a grid needs steps, the number of its values");
  if (design !== "grid" && steps !== undefined)
    report("conflicting-fields", "steps", `steps has no meaning in a sweep of design ${design}`);
}

function checkNames(context: CheckContext, axes: readonly AxisFile[]): void {
  for (const part of ["name", "path"] as const) {
    const seen = new Set<string>();
    axes.forEach((axis, index) => {
      const name = part === "name" ? (axis.name ?? axis.path) : axis.path;
      if (seen.has(name)) {
        context.report({
          path: ["axes", index, axis[part] === undefined ? "path" : part],
          rule: "duplicate-name",
          message: `two axes have the ${part} "${name}"`,
        });
      }
      seen.add(name);
    });
  }
}

function specOf(file: string, sweep: SweepFile): SweepSpec {
  const design = designOf(sweep);
  return {
    file,
    name: sweep.name,
    question: sweep.question,
    scenario: joinPath(folderOf(file), sweep.scenario),
    design,
    ...spaceOf(design, sweep, folderOf(file)),
    set: Object.entries(sweep.set ?? {}).map(([path, value]) => ({
      path,
      text: settingOf(path, value, folderOf(file)).text,
    })),
    replications: sweep.replications ?? 1,
    seed: sweep.seed,
    metrics: sweep.metrics,
    table: sweep.table ?? "csv",
  };
}

function spaceOf(
  design: SweepSpec["design"],
  sweep: SweepFile,
  folder: string,
): { readonly axes: readonly SweepAxis[]; readonly points: readonly SweepPoint[] } {
  if (design === "list") return listSpace(sweep.points ?? [], folder);
  const files = sweep.axes ?? [];
  const axes = files.map((axis): SweepAxis => {
    const range = rangeOf(axis);
    return {
      path: axis.path,
      name: axis.name ?? axis.path,
      ...(range === undefined ? {} : { range }),
    };
  });
  const given = files.map(({ path, values }) =>
    values?.map((value) => settingOf(path, value, folder)),
  );
  if (design === "latin-hypercube") {
    // The design has a seed of its own: other points would be another sweep.
    const columns = axes.map(({ range }, index) => range ?? given[index]!);
    return { axes, points: latinHypercube(columns, sweep.samples!, sweep.seed ?? 1) };
  }
  const columns = axes.map(
    ({ range }, index) => given[index] ?? rangeValues(range!, files[index]!.steps!),
  );
  return { axes, points: gridPoints(columns) };
}

/** A value of a field; the path of a file begins at the folder of the sweep file, where it is written. */
function settingOf(path: string, value: unknown, folder: string): AxisValue {
  if (typeof value !== "string" || !FILE_FIELDS.test(path)) return axisValue(value);
  return { value, text: axisValue(joinPath(folder, value)).text };
}

function rangeOf({ values, from, to, whole, unit }: AxisFile): SweepAxis["range"] {
  if (values !== undefined || from === undefined || to === undefined) return undefined;
  return { from, to, isWhole: whole === true, unit: unit ?? "" };
}

/** Fields that any listed point sets are the axes, in the order in which they first occur. */
function listSpace(
  points: readonly Readonly<Record<string, unknown>>[],
  folder: string,
): {
  readonly axes: readonly SweepAxis[];
  readonly points: readonly SweepPoint[];
} {
  const paths = [...new Set(points.flatMap((point) => Object.keys(point)))];
  return {
    axes: paths.map((path) => ({ path, name: path })),
    points: points.map((point, index) => ({
      index,
      values: paths.map((path): AxisValue | undefined =>
        Object.hasOwn(point, path) ? settingOf(path, point[path], folder) : undefined,
      ),
    })),
  };
}
