import type { LocatedNode, LocatedMap } from "../diagnostics/located-node.js";
import { placeOf } from "../diagnostics/located-node.js";
import type { Problem } from "../diagnostics/problem.js";
import { InputError } from "../diagnostics/problem.js";
import { parseYamlArgument } from "../diagnostics/yaml-source.js";
import type { ScenarioField } from "./field-tree.js";
import type { VariantPlace } from "./check-context.js";
import { ofVariant, setAt } from "./overlay.js";
import type { ScenarioRule } from "./rules.js";
import { findPath } from "./set-path.js";

/** One value laid over a scenario from outside of it. */
export interface ScenarioOverlay {
  /** As written: `cluster.nodes[h100].count`. */
  readonly path: string;
  /** As written; read as a YAML value, so `10` is a number and `[a, b]` a list. */
  readonly value: string;
  /** What messages call it: `--set cluster.nodes[h100].count=10`. */
  readonly source: string;
}

/**
 * Splits an argument of `--set` at its first `=` outside brackets.
 *
 * @throws InputError when there is no path or no `=`
 */
export function parseSetArgument(argument: string): ScenarioOverlay {
  const source = `--set ${argument}`;
  const match = /^((?:\[[^\]]*\]|[^=[])+)=(.*)$/s.exec(argument);
  if (match === null) {
    throw new InputError([
      {
        file: source,
        rule: "bad-set" satisfies ScenarioRule,
        message: "must have the form path=value, such as cluster.nodes[0].count=10",
      },
    ]);
  }
  return { path: match[1]!.trim(), value: match[2]!, source };
}

/** Fields an overlay from the command line cannot change, with the reason. */
const FIXED_FOR_SET: ReadonlyMap<string, string> = new Map([
  ["extends", "the files are joined before overlays are laid over them"],
]);

/** Lays overlays over a document, in their order. What cannot be laid is appended to the problems. */
export function applyOverlays(
  root: LocatedMap,
  overlays: readonly ScenarioOverlay[],
  fields: ScenarioField,
  problems: Problem[],
): LocatedMap {
  let document: LocatedNode = root;
  for (const { path: written, value, source } of overlays) {
    const file = { file: source };
    const found = findPath(written, document, fields);
    if (!found.ok) {
      problems.push({ ...file, rule: "bad-set" satisfies ScenarioRule, ...found.fault });
      continue;
    }
    const reason = FIXED_FOR_SET.get(String(found.path[0]));
    if (reason !== undefined) {
      const message = `${String(found.path[0])} cannot be set here: ${reason}`;
      problems.push({ ...file, rule: "bad-set" satisfies ScenarioRule, message });
      continue;
    }
    const node = readArgument(source, value, problems);
    if (node === undefined) continue;
    const origin = { kind: "argument", name: source } as const;
    const changed = setAt(document, found.path, isNothing(node) ? undefined : node, origin);
    if (changed === undefined) problems.push({ ...file, ...notReachable(written) });
    else document = changed;
  }
  return document as LocatedMap;
}

/** Fields a variant may change: what a run does, not what the scenario is. */
const VARIANT_FIELDS: readonly string[] = [
  "cluster",
  "workload",
  "policy",
  "faults",
  "power",
  "cost",
  "goals",
  "run",
];

/** Lays what a variant sets over the base. What cannot be laid is appended to the problems. */
export function applyVariant(
  base: LocatedMap,
  variant: VariantPlace,
  set: LocatedMap,
  fields: ScenarioField,
  problems: Problem[],
): LocatedMap {
  let document: LocatedNode = base;
  for (const [written, node] of set.entries) {
    const origin = node.keyOrigin ?? node.origin;
    const report = (rest: Pick<Problem, "message"> & Partial<Problem>): void => {
      const message = `in variant "${variant.name}": ${rest.message}`;
      problems.push({
        ...placeOf(origin),
        rule: "bad-set" satisfies ScenarioRule,
        ...rest,
        message,
      });
    };
    const found = findPath(written, document, fields);
    if (!found.ok) {
      report(found.fault);
      continue;
    }
    const top = String(found.path[0]);
    if (!VARIANT_FIELDS.includes(top)) {
      report({
        message: `${top} is the same for all variants and cannot be set`,
        allowed: VARIANT_FIELDS,
      });
      continue;
    }
    const value = isNothing(node) ? undefined : ofVariant(node, variant.name);
    const changed = setAt(document, found.path, value, origin);
    if (changed === undefined) report(notReachable(written));
    else document = changed;
  }
  return document as LocatedMap;
}

function isNothing(node: LocatedNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

function notReachable(written: string): Pick<Problem, "rule" | "message" | "help"> {
  return {
    rule: "bad-set" satisfies ScenarioRule,
    message: `${written} leads through a value that has no fields`,
    help: "set the whole field instead, for example: policy.queue={name: sjf, blocking: head}",
  };
}

function readArgument(source: string, value: string, problems: Problem[]): LocatedNode | undefined {
  try {
    return value === "null" ? parseNull(source) : parseYamlArgument(source, value);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function parseNull(name: string): LocatedNode {
  return { kind: "scalar", origin: { kind: "argument", name }, value: null };
}
