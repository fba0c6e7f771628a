// Every command of the README runs as it stands there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { findReferenceData } from "../reference/data-folder.js";
import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

const readme = readFileSync(join(REPOSITORY, "README.md"), "utf8");
const commands = [...readme.matchAll(/^npx headroom (.+)$/gm)].map((match) => match[1]!);
const packageJson = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8"));

/** Words of a command line; double quotes keep a word together. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
}

/** The command with its output sent to a folder of the test, and openb files taken from the reference data. */
function arranged(line: string, folder: string, data: string | undefined): string[] {
  return words(line).map((word) => {
    if (word.startsWith("reports/")) return join(folder, word);
    if (word.startsWith("openb_")) return join(data ?? "", "openb", word);
    return word;
  });
}

test("the README shows commands", () => {
  expect(commands.length).toBeGreaterThan(6);
});

/** Commands that other tests run as they stand, or with the same options on less: they take seconds each. */
const ELSEWHERE: readonly RegExp[] = [
  // A step of its own in npm test.
  /^validate/,
  // quickstart.test.ts runs every committed scenario.
  /^run scenarios\/[a-z0-9-]+\.yaml --out \S+$/,
  /^run \S+ --what-if /, // what-if.test.ts
  /^run \S+ --redact /, // report.test.ts
  /^report \S+ --interactive /, // live-charts.test.ts
  /^run scenarios\/quickstart\.yaml --(set|json)/, // run.test.ts
  /^serve plan /, // serve.test.ts
  /^plan /, // plan.test.ts
  /^init /, // init.test.ts
  /^sensitivity /, // sensitivity.test.ts
  /^compare /, // compare.test.ts
  /^sweep /, // sweep.test.ts
];
const quick = commands.filter((line) => !ELSEWHERE.some((pattern) => pattern.test(line)));

test("what is run elsewhere is not most of it", () => {
  expect(quick.length).toBeGreaterThan(commands.length * 0.4);
});

test.each(quick)("npx headroom %s", (line) => {
  const needsData = line.includes("openb_");
  const data = needsData ? findReferenceData(["openb/openb_node_list_gpu_node.csv"], 1) : undefined;
  if (needsData && data === undefined) return;
  const { exitCode, stderr } = headroom(arranged(line, temporaryFolder(), data));
  // Exit code 1 of `run` says that a goal is missed: an answer, not a failure of the command.
  const answers = line.startsWith("run ") ? [0, 1] : [0];
  expect(answers, stderr).toContain(exitCode);
  // replay prints its timing there.
  expect(stderr).not.toMatch(/error|defect|problem/i);
});

test("npm scripts that the README names exist", () => {
  const scripts = [...readme.matchAll(/^npm (?:run )?([a-z:]+)/gm)].map((match) => match[1]!);
  expect(scripts.filter((name) => packageJson.scripts[name] === undefined)).toEqual([]);
  expect(scripts).toEqual(expect.arrayContaining(["start", "test", "bench"]));
});

test("the commands of npm start and npm test are shown", () => {
  expect(readme).toMatch(/^npm start$/m);
  expect(readme).toMatch(/^npm test$/m);
});
