import { chartIdPart } from "../chart-name.js";

/** Names that stand for people and what they work on. */
export interface PrivateNames {
  readonly tenants: readonly string[];
  readonly users: readonly string[];
  readonly jobs: readonly string[];
  /** Of services that serve models. */
  readonly services: readonly string[];
  /** Paths of input files, as they were written: folders are often named after people. */
  readonly files: readonly string[];
  readonly scenarios: readonly string[];
}

/** Puts pseudonyms in place of names. The same names give the same pseudonyms, in every file. */
export interface Redactor {
  /** A name that stands alone, such as a cell of `jobs.csv`; one that is not known stays. */
  name(name: string): string;
  /** A sentence, or anything else that may name somebody. */
  text(text: string): string;
  /** The id of a chart, which may end with the name of a service. */
  chartId(id: string): string;
}

/** What joins names into longer words, such as ids of assumptions: `training:duration:a-job`. */
const JOINTS = /([:/@[\]])/u;

/** Names with anything but these are looked for as they are; the others as words of a text. */
const WORD = /[\p{L}\p{N}._@/:[\]-]+/gu;

/**
 * Pseudonyms such as `tenant-2` and `job-17`. Tenants and users are numbered in the order of their names, which says
 * nothing of when they came; jobs in the order they are given, which is that of the trace.
 */
export function createRedactor({
  tenants = [],
  users = [],
  jobs = [],
  services = [],
  files = [],
  scenarios = [],
}: Partial<PrivateNames>): Redactor {
  const pseudonyms = new Map<string, string>();
  const add = (
    kind: string,
    names: readonly string[],
    ending = (_: string): string => "",
  ): void => {
    let number = 0;
    for (const name of new Set(names)) {
      if (name === "" || pseudonyms.has(name)) continue;
      pseudonyms.set(name, `${kind}-${++number}${ending(name)}`);
    }
  };
  // Services are tenants of their replicas too.
  add("service", [...services].sort(byCodeUnits));
  add("tenant", [...tenants].sort(byCodeUnits));
  add("user", [...users].sort(byCodeUnits));
  add("file", files, endingOf);
  add("scenario", scenarios);
  add("job", jobs);
  const odd = [...pseudonyms.keys()].filter((name) => !isWord(name)).sort(longestFirst);
  const nameOf = (name: string): string => pseudonyms.get(name) ?? name;
  const wordsOf = (text: string): string =>
    text.replace(WORD, (word) => {
      const whole = pseudonyms.get(word);
      if (whole !== undefined) return whole;
      // The end of a sentence is no part of a name.
      const bare = word.replace(/[.:]+$/u, "");
      const known = pseudonyms.get(bare);
      if (known !== undefined) return known + word.slice(bare.length);
      return word.split(JOINTS).map(nameOf).join("");
    });
  return {
    name: nameOf,
    text(text) {
      const whole = pseudonyms.get(text);
      if (whole !== undefined) return whole;
      return replaceOdd(text, odd, nameOf, wordsOf);
    },
    chartId(id) {
      const service = services.find((name) => id.endsWith(`-${chartIdPart(name)}`));
      if (service === undefined) return id;
      return id.slice(0, -chartIdPart(service).length) + nameOf(service);
    },
  };
}

/** `.csv.gz` of a path: what kind of file it was says nothing of whose it is. */
function endingOf(path: string): string {
  return /(?:\.[a-z]{1,7})?\.[a-z]{1,7}$/u.exec(path)?.[0] ?? "";
}

/** Names with spaces and the like are found before the words around them are looked at. */
function replaceOdd(
  text: string,
  odd: readonly string[],
  nameOf: (name: string) => string,
  rest: (text: string) => string,
): string {
  const found = odd.find((name) => text.includes(name));
  if (found === undefined) return rest(text);
  return text
    .split(found)
    .map((part) => replaceOdd(part, odd, nameOf, rest))
    .join(nameOf(found));
}

function isWord(name: string): boolean {
  return new RegExp(`^${WORD.source}$`, "u").test(name);
}

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function longestFirst(left: string, right: string): number {
  return right.length - left.length || byCodeUnits(left, right);
}
