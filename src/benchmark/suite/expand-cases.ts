import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import type { LocatedNode } from "../../diagnostics/located-node.js";
import type { Problem } from "../../diagnostics/problem.js";
import { specId } from "../kernels/kernel-costs.js";
import type { Dtype, HostMemory, KernelSpec } from "../kernels/kernel-spec.js";
import { shapeWords, suiteProblem } from "./suite-problems.js";
import { CASES_MAX, SHAPE_FIELDS, type SuiteDocument } from "./suite-schema.js";
import type { SuiteCase } from "./suite.js";

type Entry = SuiteDocument["cases"][number];
type Shape = Readonly<Record<string, number>>;

/** Formats of numbers, as opposed to bytes and nothing. */
const REAL_DTYPES: readonly Dtype[] = ["fp32", "tf32", "fp16", "bf16", "fp8-e4m3"];

/** Unfolds lists and grids into single kernels, and checks what a schema cannot. */
export function expandCases(
  root: LocatedNode,
  document: SuiteDocument,
  problems: Problem[],
): readonly SuiteCase[] {
  const cases: SuiteCase[] = [];
  const places = new Map<string, string>();
  document.cases.forEach((entry, index) => {
    const path = ["cases", index] as const;
    const found = problems.length;
    const dtypes = dtypesOf(root, entry, path, problems);
    const memories = memoriesOf(root, entry, path, problems);
    const shapes = shapesOf(root, entry, path, problems);
    if (problems.length > found || cases.length > CASES_MAX) return;
    for (const dtype of dtypes) {
      for (const shape of shapes) {
        for (const hostMemory of memories) {
          const spec = specOf(entry, dtype, shape, hostMemory);
          const id = `${specId(spec)} ${(entry.backends ?? []).join()} ${entry.tenantsAs ?? ""}`;
          const earlier = places.get(id);
          if (earlier !== undefined) {
            const message = `${formatPath(path)} has ${specId(spec)}, which is in ${earlier} already`;
            problems.push(suiteProblem(root, path, { rule: "duplicate-name", message }));
            return;
          }
          places.set(id, formatPath(path));
          const { tenants = [1], tenantsAs = "threads", backends, labels = [] } = entry;
          cases.push({
            spec,
            tenants: [...new Set(tenants)].sort((a, b) => a - b),
            tenantsAs,
            backends,
            labels,
          });
        }
      }
    }
  });
  if (cases.length > CASES_MAX) {
    const message = `the suite unfolds to more than ${CASES_MAX} kernels`;
    problems.push(suiteProblem(root, ["cases"], { rule: "out-of-range", message }));
  }
  return cases;
}

function specOf(
  { kernel }: Entry,
  dtype: Dtype,
  shape: Shape,
  hostMemory: HostMemory | undefined,
): KernelSpec {
  // Shapes were checked against SHAPE_FIELDS, which says of each kernel what its type says.
  const spec = { kernel, dtype, shape, ...(hostMemory === undefined ? {} : { hostMemory }) };
  return spec as unknown as KernelSpec;
}

function dtypesOf(
  root: LocatedNode,
  { kernel, dtypes }: Entry,
  path: readonly PathPart[],
  problems: Problem[],
): readonly Dtype[] {
  const allowed = allowedDtypes(kernel);
  for (const [index, dtype] of (dtypes ?? []).entries()) {
    if (allowed.includes(dtype)) continue;
    problems.push(
      suiteProblem(root, [...path, "dtypes", index], {
        rule: "unknown-name",
        message: `${kernel} is not run in ${dtype}`,
        allowed,
        help: allowed.length === 1 ? "leave dtypes out" : "choose one of these",
      }),
    );
  }
  return [...new Set(dtypes ?? [allowed[0]!])];
}

function allowedDtypes(kernel: Entry["kernel"]): readonly Dtype[] {
  if (kernel === "launch-latency" || kernel === "empty-dispatch") return ["none"];
  if (kernel === "host-to-device" || kernel === "device-to-host") return ["u8"];
  // tf32 is a mode of matrix units; 8 bits are for matrix products and, with care, for moves.
  if (kernel === "matmul") return REAL_DTYPES;
  return ["fp32", "fp16", "bf16"];
}

function memoriesOf(
  root: LocatedNode,
  { kernel, hostMemory }: Entry,
  path: readonly PathPart[],
  problems: Problem[],
): readonly (HostMemory | undefined)[] {
  const isTransfer = kernel === "host-to-device" || kernel === "device-to-host";
  if (!isTransfer && hostMemory !== undefined) {
    problems.push(
      suiteProblem(root, [...path, "hostMemory"], {
        rule: "conflicting-fields",
        part: "key",
        message: `${kernel} moves nothing between host and device`,
        help: "leave hostMemory out, or choose host-to-device or device-to-host",
      }),
    );
  }
  return isTransfer ? (hostMemory ?? ["pinned", "pageable"]) : [undefined];
}

function shapesOf(
  root: LocatedNode,
  entry: Entry,
  path: readonly PathPart[],
  problems: Problem[],
): readonly Shape[] {
  const { kernel, shapes = [], grid } = entry;
  const fields = SHAPE_FIELDS[kernel];
  const all: Shape[] = [];
  const check = (shape: Readonly<Record<string, unknown>>, at: readonly PathPart[]): boolean => {
    const unknown = Object.keys(shape).filter((name) => !fields.includes(name));
    for (const name of unknown) {
      problems.push(
        suiteProblem(root, [...at, name], {
          rule: "unknown-field",
          part: "key",
          message: `${kernel} has no size "${name}", it takes ${shapeWords(kernel)}`,
          allowed: fields,
          given: name,
        }),
      );
    }
    const missing = fields.filter((name) => !Object.hasOwn(shape, name));
    if (missing.length > 0) {
      const message = `${kernel} takes ${shapeWords(kernel)}; ${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`;
      problems.push(suiteProblem(root, at, { rule: "missing-field", message }));
    }
    return unknown.length + missing.length === 0;
  };
  shapes.forEach((shape, index) => {
    const at = [...path, "shapes", index];
    if (check(shape, at) && checkHeads(root, shape, at, problems)) all.push(inOrder(shape, fields));
  });
  const size = Object.values(grid ?? {}).reduce((count, values) => count * values.length, 1);
  if (size > CASES_MAX) {
    const message = `the grid unfolds to ${size} shapes, a suite may have ${CASES_MAX}`;
    problems.push(suiteProblem(root, [...path, "grid"], { rule: "out-of-range", message }));
  } else if (grid !== undefined && check(grid, [...path, "grid"])) {
    for (const shape of product(grid, fields)) {
      if (checkHeads(root, shape, [...path, "grid"], problems)) all.push(shape);
    }
  }
  if (shapes.length === 0 && grid === undefined) {
    if (fields.length === 0) return [{}];
    const message = `${kernel} needs shapes or a grid with ${shapeWords(kernel)}`;
    problems.push(suiteProblem(root, path, { rule: "missing-field", message }));
  }
  return all;
}

function checkHeads(
  root: LocatedNode,
  { heads, kvHeads }: Shape,
  at: readonly PathPart[],
  problems: Problem[],
): boolean {
  if (heads === undefined || kvHeads === undefined || heads % kvHeads === 0) return true;
  const message = `heads (${heads}) must be a multiple of kvHeads (${kvHeads}): each key-value head serves the same number of heads`;
  problems.push(suiteProblem(root, at, { rule: "conflicting-fields", message }));
  return false;
}

/** Ids name sizes in one order, however they were written. */
function inOrder(shape: Shape, fields: readonly string[]): Shape {
  return Object.fromEntries(fields.map((name) => [name, shape[name]!]));
}

function product(
  grid: Readonly<Record<string, readonly number[]>>,
  fields: readonly string[],
): readonly Shape[] {
  let shapes: Shape[] = [{}];
  for (const name of fields) {
    shapes = shapes.flatMap((shape) => grid[name]!.map((value) => ({ ...shape, [name]: value })));
  }
  return shapes;
}
