import { InputError } from "../../diagnostics/problem.js";
import { FLEET_NAME_KINDS, type FleetNames } from "../../scenario/fleet/fleet-names.js";
import { chartIdPart } from "../chart-name.js";
import { escapeMarkdown } from "../format/escape.js";
import type { Redactor } from "./redactor.js";

/** Redacts everything that a report of a fleet consists of. */
export interface FleetRedactor extends Redactor {
  /** A path of figures or fields, or anything else of which only what stands in brackets is a name. */
  path(path: string): string;
  /** The name of a column: a path, or what became of a rollout. */
  column(name: string): string;
  /** An expression of a chart: texts in its quotes. */
  expression(text: string): string;
}

/** A way in which a name is written, and what takes its place. */
interface Form {
  readonly text: string;
  /** Place of its first letter or digit. */
  readonly start: number;
  readonly pseudonym: string;
}

/** A run of letters and digits: names begin with one and end before the next. */
const TOKEN = /[\p{L}\p{N}]+/gu;
const TOKEN_CHARACTER = /[\p{L}\p{N}]/u;

/** Texts that a report cannot tell from its own figures. */
const FIGURE =
  /^([\d.,_-]+|s|ms|min|m|h|d|w|B|kB|[KMGTP]i?B|W|kW|MW|Wh|kWh|MWh|GPUs?|GPU-h|USD|EUR|Gbit|Mbit|null|true|false)$/;

/**
 * Pseudonyms for the names of fleets: `cluster-1`, `site-2-0017`. They are numbered in the order of the names of a kind,
 * so that the same fleet has the same ones in every study. Names are found wherever they do not go on with a letter or
 * a digit: in sentences, in ids such as `wan:berlin:paris`, and with a number or a hyphen behind them.
 *
 * @param files paths of files, as they were written
 */
export function createFleetRedactor(names: FleetNames, files: readonly string[]): FleetRedactor {
  const pseudonyms = pseudonymsOf(names, files);
  const forms = formsOf(pseudonyms, (name) => [name, escapeMarkdown(name), capitalised(name)]);
  const idForms = formsOf(pseudonyms, (name) => [chartIdPart(name), slugOf(name)]);
  const text = (whole: string): string => pseudonyms.get(whole) ?? replaceForms(whole, forms);
  const path = (whole: string): string =>
    whole.replace(/\[([^\]]*)\]/gu, (_, part: string) => `[${text(part)}]`);
  return {
    name: text,
    text,
    chartId: (id) => replaceForms(id, idForms),
    path,
    column: (name) =>
      path(name).replace(
        /^(.+)(_state|_done_h)$/u,
        (_, rollout: string, ending: string) => (pseudonyms.get(rollout) ?? rollout) + ending,
      ),
    expression: (expression) =>
      expression.replace(
        /"[^"]*"|'[^']*'/gu,
        (part) => part[0]! + text(part.slice(1, -1)) + part[0]!,
      ),
  };
}

/**
 * Looks for names that cannot be redacted, before anything is simulated.
 *
 * @param file where the names come from, for the message
 * @throws InputError when a name reads as a number or a unit: with a pseudonym in its place figures would be lost
 */
export function refuseFiguresAsNames(names: FleetNames, file: string): void {
  const problems = FLEET_NAME_KINDS.flatMap((kind) =>
    (names[kind] ?? [])
      .filter((name) => FIGURE.test(name) && kind !== "value")
      .map((name) => ({
        file,
        rule: "conflicting-fields" as const,
        message: `--redact cannot tell the ${kind} "${name}" from the figures of the report`,
        help: "give it a name with more letters and run the fleet again",
      })),
  );
  if (problems.length > 0) throw new InputError(problems);
}

function pseudonymsOf(names: FleetNames, files: readonly string[]): ReadonlyMap<string, string> {
  const pseudonyms = new Map<string, string>();
  [...new Set(files)].forEach((path, index) => {
    const ending = /(?:\.[a-z]{1,7})?\.[a-z]{1,7}$/u.exec(path)?.[0] ?? "";
    if (path !== "") pseudonyms.set(path, `file-${index + 1}${ending}`);
  });
  for (const kind of FLEET_NAME_KINDS) {
    let number = 0;
    for (const name of names[kind] ?? []) {
      if (pseudonyms.has(name) || FIGURE.test(name)) continue;
      pseudonyms.set(name, `${kind}-${++number}`);
    }
  }
  return pseudonyms;
}

/** Ways to write names by their first letters and digits, longer ones first. */
function formsOf(
  pseudonyms: ReadonlyMap<string, string>,
  writings: (name: string) => readonly string[],
): ReadonlyMap<string, readonly Form[]> {
  const byStart = new Map<string, Form[]>();
  const known = new Set<string>();
  const add = (text: string, pseudonym: string): void => {
    const first = text.match(TOKEN)?.[0];
    if (first === undefined || known.has(text)) return;
    known.add(text);
    const list = byStart.get(first) ?? [];
    list.push({ text, start: text.indexOf(first), pseudonym });
    byStart.set(first, list);
  };
  // A name as it was written goes before what another one may become.
  for (const [name, pseudonym] of pseudonyms) add(name, pseudonym);
  for (const [name, pseudonym] of pseudonyms)
    for (const form of writings(name)) add(form, pseudonym);
  for (const list of byStart.values())
    list.sort((left, right) => right.text.length - left.text.length);
  return byStart;
}

/** As at the beginning of a sentence, in Markdown. */
function capitalised(name: string): string {
  return escapeMarkdown(name.charAt(0).toUpperCase() + name.slice(1));
}

/** As some charts write it in their ids. */
function slugOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function replaceForms(text: string, forms: ReadonlyMap<string, readonly Form[]>): string {
  let out = "";
  let done = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (index < done) continue;
    const form = forms
      .get(token)
      ?.find(
        ({ text: name, start }) =>
          index - start >= done &&
          text.startsWith(name, index - start) &&
          isEnd(text, index - start + name.length),
      );
    if (form === undefined) continue;
    const from = index - form.start;
    out += text.slice(done, from) + form.pseudonym;
    done = from + form.text.length;
  }
  return out + text.slice(done);
}

/** Whether what stands before `at` goes on there: a letter or digit after another one. */
function isEnd(text: string, at: number): boolean {
  return !(TOKEN_CHARACTER.test(text[at - 1]!) && TOKEN_CHARACTER.test(text[at] ?? ""));
}
