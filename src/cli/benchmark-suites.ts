import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { didYouMean } from "../diagnostics/did-you-mean.js";
import { InputError } from "../diagnostics/problem.js";
import { readTextFile } from "../io/read-file.js";

/** Folder of the suites that come with Headroom. */
const SUITES = fileURLToPath(new URL("../../bench/suites", import.meta.url));

/** Names of the suites that come with Headroom. */
export function suiteNames(): readonly string[] {
  if (!existsSync(SUITES)) return [];
  return readdirSync(SUITES)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => name.slice(0, -".yaml".length))
    .sort();
}

/**
 * The text of a suite: by name of one that comes with Headroom, or a file.
 *
 * @throws InputError when there is neither
 */
export async function readSuite(
  nameOrFile: string,
): Promise<{ readonly file: string; readonly text: string }> {
  const names = suiteNames();
  if (names.includes(nameOrFile)) {
    const path = join(SUITES, `${nameOrFile}.yaml`);
    return { file: `bench/suites/${nameOrFile}.yaml`, text: await readTextFile(path) };
  }
  const isPath = /[./\\]/.test(nameOrFile) || existsSync(nameOrFile);
  if (isPath) return { file: nameOrFile, text: await readTextFile(nameOrFile) };
  const suggestion = didYouMean(nameOrFile, names);
  throw new InputError([
    {
      file: "--suite",
      rule: "unknown-name",
      message: `there is no suite "${nameOrFile}"`,
      allowed: names,
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "name one of these, or a file of your own, such as ./my-suite.yaml",
    },
  ]);
}
