import { Composer, isAlias, isScalar, isSeq, Parser } from "yaml";
import type { CST, Document, ParsedNode, YAMLMap, YAMLParseError } from "yaml";

import type { PathPart } from "./field-path.js";
import { formatPath } from "./field-path.js";
import type { LocatedNode, Origin } from "./located-node.js";
import { InputError } from "./problem.js";
import type { Problem } from "./problem.js";
import type { SourceText } from "./source-text.js";
import { createSourceText, problemAt } from "./source-text.js";
import { nestingProblem, textProblems } from "./yaml-text-checks.js";

/** Limits on a YAML text; beyond them it is refused before it can cost time or memory. */
export interface YamlLimits {
  /** UTF-16 code units of the text. */
  readonly textLengthMax: number;
  readonly depthMax: number;
  /** Uses of aliases, counted after expansion: bounds what a bomb of nested aliases can unfold to. */
  readonly aliasUsesMax: number;
}

/** Fit for files that people write by hand. */
export const YAML_LIMITS: YamlLimits = {
  textLengthMax: 1_000_000,
  depthMax: 50,
  aliasUsesMax: 100,
};

/**
 * Reads one YAML 1.2 document (core schema) into values that know their places.
 *
 * No tags, no directives, no merge keys, one document: what a scenario says is what stands in it.
 *
 * @param file name printed in messages
 * @throws InputError with every problem of the text; none of them hides another kind of error
 */
export function parseYaml(
  file: string,
  text: string,
  limits: YamlLimits = YAML_LIMITS,
): LocatedNode {
  const source = createSourceText(file, text);
  const refusals = textProblems(source, limits.textLengthMax);
  if (refusals.length > 0) throw new InputError(refusals);
  const tokens = [...new Parser().parse(text)];
  const tooDeep = nestingProblem(source, tokens, limits.depthMax);
  if (tooDeep !== undefined) throw new InputError([tooDeep]);
  const [document, second] = composeDocuments(tokens, text.length);
  const problems = [
    ...documentProblems(source, document, second),
    ...document.errors.map((error) => syntaxProblem(source, error)),
  ];
  if (problems.length > 0) throw new InputError(problems);
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    throw new InputError([
      problemAt(source, 0, 0, { rule: "empty-file", message: "the file holds no values" }),
    ]);
  }
  const conversion: Conversion = {
    source,
    document,
    limits,
    problems: [],
    open: new Set(),
    aliasUses: 0,
  };
  const root = convert(conversion, contents, [], undefined);
  if (conversion.problems.length > 0) throw new InputError(conversion.problems);
  return root;
}

/** The first document of the tokens, and the second where there is one. */
function composeDocuments(
  tokens: readonly CST.Token[],
  textLength: number,
): readonly [Document.Parsed, Document.Parsed | undefined] {
  const composer = new Composer<ParsedNode, true>({
    prettyErrors: false,
    // Keys are compared later: the composer's own check takes time in the square of their number.
    uniqueKeys: false,
    version: "1.2",
    schema: "core",
    customTags: [],
  });
  const documents = composer.compose(tokens, true, textLength);
  const first = documents.next();
  if (first.done === true) throw new Error("YAML: a forced composition gave no document");
  const second = documents.next();
  return [first.value, second.done === true ? undefined : second.value];
}

/** Reads the value of a `--set` argument: one YAML scalar, list or map in flow style, located at the argument. */
export function parseYamlArgument(name: string, text: string): LocatedNode {
  try {
    return relocate(parseYaml(name, text.trim() === "" ? '""' : text), { kind: "argument", name });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.problems.map(({ rule, message, help }) => ({
        file: name,
        rule,
        message,
        ...(help === undefined ? {} : { help }),
      })),
    );
  }
}

/** A copy of a tree in which every node claims one origin. */
export function relocate(node: LocatedNode, origin: Origin): LocatedNode {
  const { keyOrigin: _, ...rest } = node;
  if (rest.kind === "list") {
    return { ...rest, origin, items: rest.items.map((item) => relocate(item, origin)) };
  }
  if (rest.kind === "map") {
    const entries = new Map<string, LocatedNode>();
    for (const [key, child] of rest.entries) {
      entries.set(key, { ...relocate(child, origin), keyOrigin: origin });
    }
    return { ...rest, origin, entries };
  }
  return { ...rest, origin };
}

interface Conversion {
  readonly source: SourceText;
  readonly document: Document.Parsed;
  readonly limits: YamlLimits;
  readonly problems: Problem[];
  /** Nodes on the way from the root, to notice an alias that contains itself. */
  readonly open: Set<unknown>;
  aliasUses: number;
}

const NOTHING = { kind: "scalar", value: null } as const;

function convert(
  conversion: Conversion,
  node: ParsedNode | null,
  path: readonly PathPart[],
  keyOrigin: Origin | undefined,
): LocatedNode {
  const { source, problems } = conversion;
  const [start, end] = node?.range ?? [0, 0];
  const origin: Origin = { kind: "text", source, start, end };
  const base = keyOrigin === undefined ? { origin } : { origin, keyOrigin };
  if (node === null) return { ...NOTHING, ...base, origin: keyOrigin ?? origin };
  if ("tag" in node && node.tag !== undefined) {
    const message = `the tag ${node.tag.replace("tag:yaml.org,2002:", "!!")} is not allowed`;
    const help = "leave the tag out: a scenario holds plain values only";
    problems.push(
      problemAt(source, tagStart(source.text, start), end, { rule: "yaml-tag", message, help }),
    );
  }
  if (isAlias(node)) return convertAlias(conversion, node, path, base);
  if (isScalar(node)) {
    // The core schema knows no other scalars; anything else would come from a tag, refused above.
    const value = node.value as string | number | boolean | null;
    return { kind: "scalar", ...base, value };
  }
  conversion.open.add(node);
  try {
    if (isSeq(node)) {
      const items = node.items.map((item, index) =>
        convert(conversion, item as ParsedNode, [...path, index], undefined),
      );
      return { kind: "list", ...base, items };
    }
    return { kind: "map", ...base, entries: convertEntries(conversion, node as YAMLMap, path) };
  } finally {
    conversion.open.delete(node);
  }
}

function convertAlias(
  conversion: Conversion,
  node: ParsedNode & { readonly source: string },
  path: readonly PathPart[],
  base: { readonly origin: Origin; readonly keyOrigin?: Origin },
): LocatedNode {
  const { source, document, limits, problems } = conversion;
  const [start, end] = node.range;
  const refuse = (message: string): LocatedNode => {
    problems.push(problemAt(source, start, end, { rule: "yaml-alias", message }));
    return { ...NOTHING, ...base };
  };
  conversion.aliasUses += 1;
  if (conversion.aliasUses > limits.aliasUsesMax) {
    // One message is enough: a bomb would repeat it without end.
    const isFirst = conversion.aliasUses === limits.aliasUsesMax + 1;
    return isFirst
      ? refuse(`aliases unfold to more than ${limits.aliasUsesMax} uses`)
      : { ...NOTHING, ...base };
  }
  const target = (node as unknown as { resolve(doc: Document): ParsedNode | undefined }).resolve(
    document,
  );
  if (target === undefined) return refuse(`the alias *${node.source} names no anchor above it`);
  if (conversion.open.has(target)) return refuse(`the alias *${node.source} contains itself`);
  return convert(conversion, target, path, base.keyOrigin);
}

function convertEntries(
  conversion: Conversion,
  map: YAMLMap,
  path: readonly PathPart[],
): ReadonlyMap<string, LocatedNode> {
  const { source, problems } = conversion;
  const entries = new Map<string, LocatedNode>();
  for (const { key, value } of map.items) {
    const keyNode = key as ParsedNode | null;
    const [start, end] = keyNode?.range ?? map.range ?? [0, 0];
    if (!isScalar(keyNode) || keyNode.value === null) {
      const message = "the name of a field must be plain text";
      problems.push(problemAt(source, start, end, { rule: "yaml-key", message }));
      continue;
    }
    const name = String(keyNode.value);
    const keyOrigin: Origin = { kind: "text", source, start, end };
    const earlier = entries.get(name)?.keyOrigin;
    if (earlier !== undefined) {
      const line = earlier.kind === "text" ? source.rangeOf(earlier.start, earlier.end).line : 1;
      problems.push(
        problemAt(source, start, end, {
          rule: "duplicate-key",
          path: formatPath([...path, name]),
          message: `the field "${name}" is given twice; the first is in line ${line}`,
        }),
      );
      continue;
    }
    entries.set(name, convert(conversion, value as ParsedNode | null, [...path, name], keyOrigin));
  }
  return entries;
}

function documentProblems(
  source: SourceText,
  document: Document.Parsed,
  second: Document.Parsed | undefined,
): readonly Problem[] {
  const problems: Problem[] = [];
  const { version, explicit } = document.directives.yaml;
  if (explicit === true && version !== "1.2") {
    const end = source.text.indexOf("\n");
    problems.push(
      problemAt(source, 0, end === -1 ? source.text.length : end, {
        rule: "yaml-version",
        message: `the file asks for YAML ${version}, must be YAML 1.2`,
        help: "leave the %YAML line out",
      }),
    );
  }
  if (second !== undefined) {
    problems.push(
      problemAt(source, second.range[0], Math.min(second.range[0] + 3, second.range[1]), {
        rule: "yaml-syntax",
        message: "the file holds more than one document (---), must be one",
      }),
    );
  }
  return problems;
}

/** Start of the tag that stands before a value: its `!`, or the first of two. */
function tagStart(text: string, valueStart: number): number {
  const mark = text.lastIndexOf("!", Math.max(0, valueStart - 1));
  if (mark === -1) return valueStart;
  return text[mark - 1] === "!" ? mark - 1 : mark;
}

function syntaxProblem(source: SourceText, error: YAMLParseError): Problem {
  // What is missing at the end of the file is shown at its last character, not on an empty line after it.
  const lastOffset = Math.max(0, source.text.trimEnd().length - 1);
  const start = Math.min(error.pos[0], lastOffset);
  const words = error.message.split("\n", 1)[0]!;
  const message = `not valid YAML: ${words.replace(/closing (['"])quote/, "closing quote $1")}`;
  return problemAt(source, start, Math.max(start + 1, error.pos[1]), {
    rule: "yaml-syntax",
    message,
  });
}
