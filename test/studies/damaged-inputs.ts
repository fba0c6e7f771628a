// Goal: whatever a scenario, a fleet, a plan, a sweep, a manifest or a suite says, it is read or refused in the user's
// terms. Method: values, names and lines of the committed files are replaced by others that people and programs write
// by mistake or on purpose; only an InputError may come out, or numbers that can be reckoned with.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { expect } from "vitest";

import { parseSuite } from "../../src/benchmark/suite/parse-suite.js";
import { InputError } from "../../src/diagnostics/problem.js";
import { parseManifests } from "../../src/kaito/manifest/parse-manifests.js";
import { parseFleet } from "../../src/scenario/fleet/parse-fleet.js";
import { resolveFleet } from "../../src/scenario/fleet/resolve-fleet.js";
import { parseScenario } from "../../src/scenario/parse-scenario.js";
import { resolveScenario } from "../../src/scenario/resolve-scenario.js";
import { parseSweep } from "../../src/studies/sweep/parse-sweep.js";
import { REPOSITORY } from "../cli/headroom.js";

type Read = (file: string, text: string) => unknown;

const readers = {
  scenario: (file, text) =>
    resolveScenario(parseScenario({ file, text, texts, mayRead: () => true })),
  fleet: (file, text) => resolveFleet(parseFleet({ file, text, texts })),
  sweep: (file, text) => parseSweep(file, text).spec,
  manifest: (file, text) => parseManifests([{ file, text }], { lenient: true }).manifests.length,
  suite: (file, text) => parseSuite(file, text),
} satisfies Record<string, Read>;

/** What files extend, as it is. */
const texts = new Map<string, string>();

/** What a file is, by what it says and where it lies. */
function kindOf(folder: string, text: string): keyof typeof readers {
  if (folder === "bench/suites") return "suite";
  if (/^apiVersion: kaito/m.test(text)) return "manifest";
  if (/^schema: headroom\/fleet\//m.test(text)) return "fleet";
  return /^schema: headroom\/sweep\//m.test(text) ? "sweep" : "scenario";
}

const FOLDERS = [
  "scenarios",
  "scenarios/plans",
  "scenarios/sweeps",
  "scenarios/kaito",
  "bench/suites",
];
/** Committed files that people start from. */
export const DAMAGED_FILES = FOLDERS.flatMap((folder) =>
  readdirSync(join(REPOSITORY, folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => {
      const file = join(folder, name);
      const text = readFileSync(join(REPOSITORY, file), "utf8");
      texts.set(file, text);
      return { file, text, kind: kindOf(folder, text) };
    }),
);

const VALUES = [
  ...["", "null", "true", "[]", "{}", "[[1]]", "{ a: 1 }", ".nan", ".inf", "-.inf", "-1", "-0"],
  ...["0", "1.5", "1e-300", "1e308", "1e400", "1e21", "9007199254740993", "0x10", "100000000"],
  ...["0s", "1h", "-1h", "1e-297h", "1e300h", "5 parsecs", "0%", "101%", "1e-9%", "1e308TiB"],
  ...["__proto__", "constructor", "toString", "{ __proto__: 1 }", "&a [*a]", "*a", "!!js/x y"],
  ...['"<script>alert(1)</script>"', '"=cmd()"', '"\\n"', '"\\u202e"', '"\\0"', "'", '"', "{"],
  ...["0000-01-01T00:00:00Z", '"+275760-09-13T00:00:00Z"', "2026-13-99", `"${"x".repeat(500)}"`],
];
const NUMBERS = ["0", "1", "-1", "0.5", "1e-300", "1e-9", "1e6", "1e15", "1.7e308", "7", "100"];
const NAMES = ["__proto__", "constructor", "toString", "valueOf", "x", '"<b>"', "1", "null"];

/** Places of a text that a damage can hit. */
const SPOTS = {
  // What follows a colon, a dash, a comma or a bracket.
  value: { pattern: /(?<=:\s+|- |, |\[)[^\s[\]{},#][^,\]}\n#]*/g, puts: VALUES },
  // The number of a quantity; its unit stays.
  number: {
    pattern: /(?<=[:,[] *|- )\d[\d_]*(?:\.\d+)?(?=[ a-zA-Z%/]*(?:$|[,\]}#]))/gm,
    puts: NUMBERS,
  },
  key: { pattern: /[A-Za-z_][\w.-]*(?=:)/g, puts: NAMES },
  line: { pattern: /^.*$\n?/gm, puts: ["", "\t\n", "\uFEFF\n", "- x\n", "a: 1\na: 2\n"] },
} as const;

type Damage = { readonly spot: keyof typeof SPOTS; readonly at: number; readonly put: number };

const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.record({
    spot: fc.constantFrom("number", "value", "key", "line" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    put: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  }),
  { minLength: 1, maxLength: 3 },
);

function damaged(text: string, changes: readonly Damage[]): string {
  let now = text;
  for (const { spot, at, put } of changes) {
    const { pattern, puts } = SPOTS[spot];
    const places = [...now.matchAll(pattern)];
    const place = places[Math.floor(at * places.length)];
    if (place === undefined) continue;
    const from = place.index;
    now =
      now.slice(0, from) + puts[Math.floor(put * puts.length)]! + now.slice(from + place[0].length);
  }
  return now;
}

/** Reads a file in the way of its kind. @throws InputError when it is refused */
export function readInput({ kind, file }: (typeof DAMAGED_FILES)[number], text: string): unknown {
  return readers[kind](file, text);
}

/** Paths of numbers that nobody can reckon with. */
export function unsound(value: unknown, path = "", found: string[] = []): readonly string[] {
  if (typeof value === "number") {
    // A plan that says nothing of lots buys as many nodes at once as it likes.
    const isSound = Number.isFinite(value) || (value === Infinity && path.endsWith(".batch"));
    if (!isSound) found.push(`${path} = ${value}`);
  } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    const entries = value instanceof Map ? value.entries() : Object.entries(value);
    for (const [key, inner] of entries) unsound(inner, `${path}.${String(key)}`, found);
  }
  return found;
}

/** How many of the damaged texts were read all the same, and how many were refused. */
export interface DamagedCounts {
  readonly read: number;
  readonly refused: number;
}

/** Damages files so often. @throws when a text gives anything but sound numbers or an InputError with its places */
export function readDamaged(runs: {
  readonly numRuns: number;
  readonly seed?: number;
}): DamagedCounts {
  const counts = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...DAMAGED_FILES), damages, (input, changes) => {
      const text = damaged(input.text, changes);
      try {
        expect(unsound(readInput(input, text))).toEqual([]);
        counts.read += 1;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        counts.refused += 1;
        const lines = text.split("\n").length;
        expect(error.problems.length).toBeGreaterThan(0);
        for (const { file, line = 1, message } of error.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          if (file === input.file) expect(line).toBeLessThanOrEqual(lines);
          expect(message).not.toMatch(/undefined|\[object|\[Function/);
        }
      }
    }),
    runs,
  );
  return counts;
}
