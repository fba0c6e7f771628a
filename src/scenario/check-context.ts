import { describeValue } from "../diagnostics/describe-value.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { PathPart } from "../diagnostics/field-path.js";
import { formatPath } from "../diagnostics/field-path.js";
import type { LocatedNode, Origin } from "../diagnostics/located-node.js";
import { deepestNode, locate, nodeAt, placeOf, plainValue } from "../diagnostics/located-node.js";
import type { Problem } from "../diagnostics/problem.js";
import type { ScenarioField } from "./field-tree.js";
import type { ScenarioRule } from "./rules.js";

/** What a check found, by the path in the document; the context turns it into a `Problem` with a place. */
export interface Finding {
  readonly path: readonly PathPart[];
  /** Marks the name of the field or its value; the value when absent. */
  readonly part?: "key" | "value";
  readonly rule: ScenarioRule;
  readonly message: string;
  /** Names to choose from: listed, and searched for the one that was meant. */
  readonly allowed?: readonly string[];
  /** Names searched for the one that was meant, when that is more than what is listed. */
  readonly similarTo?: readonly string[];
  /** What was meant, when the check knows it better than a comparison of names. */
  readonly suggestion?: string;
  /** The name to compare with them; the value at the path when absent. */
  readonly given?: string;
  readonly help?: string;
}

/** One configuration (the base, or the base with a variant laid over it) while it is checked. */
export interface CheckContext {
  readonly root: LocatedNode;
  /** Values of the whole configuration, without places. */
  readonly plain: unknown;
  readonly fields: ScenarioField;
  /** True when some problem was found by now: what is built from the values may then not be possible. */
  readonly hasProblems: boolean;
  report(finding: Finding): void;
  warn(finding: Finding): void;
  /** Plain value at a path; undefined where nothing stands. */
  valueAt(path: readonly PathPart[]): unknown;
}

/** The variant being checked, and where it is written. */
export interface VariantPlace {
  readonly name: string;
  readonly origin: Origin;
  /**
   * True when the base itself is broken: then only what the variant itself set is reported, since the
   * rest is reported for the base.
   */
  readonly onlyOwnValues: boolean;
}

/** Creates the context of one configuration. Problems and warnings are appended to the lists given. */
export function createCheckContext(options: {
  readonly root: LocatedNode;
  readonly fields: ScenarioField;
  readonly variant: VariantPlace | undefined;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}): CheckContext {
  const { root, fields, variant, problems, warnings } = options;
  const toProblem = (finding: Finding, onlyOwnValues: boolean): Problem | undefined => {
    const { path, part = "value", rule, message, allowed, help } = finding;
    const isOwn = variant === undefined || deepestNode(root, path).variant !== undefined;
    if (onlyOwnValues && !isOwn) return undefined;
    const place = isOwn ? locate(root, path, part) : placeOf(variant.origin);
    const suggestion = suggestionFor(root, finding);
    return {
      ...place,
      rule,
      path: formatPath(path),
      message: variant === undefined ? message : `in variant "${variant.name}": ${message}`,
      ...(allowed === undefined ? {} : { allowed }),
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(help === undefined ? {} : { help }),
    };
  };
  const append = (list: Problem[], problem: Problem | undefined): void => {
    if (problem !== undefined) list.push(problem);
  };
  const plain = plainValue(root);
  return {
    root,
    plain,
    fields,
    get hasProblems() {
      return problems.length > 0;
    },
    report: (finding) => append(problems, toProblem(finding, variant?.onlyOwnValues === true)),
    // A warning about the base is not repeated for every variant.
    warn: (finding) => append(warnings, toProblem(finding, variant !== undefined)),
    valueAt: (path) => path.reduce(valueIn, plain),
  };
}

/** One step into plain values; undefined where it leads nowhere. */
function valueIn(value: unknown, part: PathPart): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<PathPart, unknown>)[part];
}

function suggestionFor(root: LocatedNode, finding: Finding): string | undefined {
  if (finding.suggestion !== undefined) return finding.suggestion;
  const names = finding.similarTo ?? finding.allowed;
  if (names === undefined) return undefined;
  const node = nodeAt(root, finding.path);
  const given = finding.given ?? (node?.kind === "scalar" ? node.value : undefined);
  return typeof given === "string" ? didYouMean(given, names) : undefined;
}

/** `cluster.nodes[0].count must be …, got "x"`. */
export function mustBe(path: readonly PathPart[], rule: string, value: unknown): string {
  const name = path.length === 0 ? "the scenario" : formatPath(path);
  return `${name} must be ${rule}, got ${describeValue(value)}`;
}
