import { existsSync } from "node:fs";
import { join } from "node:path";

import { InputError } from "../../diagnostics/problem.js";
import type { Check, MissingData } from "./check.js";
import { VALIDATE_TOPICS, type ValidateOptions } from "./topics.js";

/** What `headroom validate --json` prints. */
export interface ValidateOutcome {
  readonly checks: readonly Check[];
  /** Data that was not found; the topics that need it were not run. */
  readonly missing: readonly MissingData[];
}

/**
 * Recomputes the comparisons of the topics named, and says which data was missing for the others.
 *
 * @throws RangeError when a topic is not in VALIDATE_TOPICS
 */
export async function validate(
  topics: readonly string[],
  dataFolder: string,
  options: ValidateOptions = {},
): Promise<ValidateOutcome> {
  const checks: Check[] = [];
  const missing: MissingData[] = [];
  for (const name of topics) {
    const topic = VALIDATE_TOPICS[name];
    if (topic === undefined) throw new RangeError(`validate: there is no topic "${name}"`);
    const { rowsWithData } = topic;
    const parts = [
      { needs: topic.needs, check: () => topic.check(dataFolder, options) },
      ...(rowsWithData === undefined ? [] : [{ ...rowsWithData, isPart: true as const }]),
    ];
    for (const part of parts) {
      const lacks = (path: string): MissingData => ({
        topic: name,
        path,
        ...("isPart" in part ? { isPart: true } : {}),
      });
      const absent = part.needs
        .map((folder) => join(dataFolder, folder))
        .filter((path) => !existsSync(path));
      missing.push(...absent.map(lacks));
      if (absent.length > 0) continue;
      try {
        checks.push(...(await part.check(dataFolder)));
      } catch (error) {
        const paths = missingPaths(error);
        if (paths.length === 0) throw error;
        missing.push(...paths.map(lacks));
      }
    }
  }
  return { checks, missing };
}

/** Files that an error says are not there; empty for an error of any other kind. */
function missingPaths(error: unknown): readonly string[] {
  if (error instanceof InputError) {
    const isAbsence = error.problems.every(({ file }) => !existsSync(file));
    return isAbsence ? error.problems.map(({ file }) => file) : [];
  }
  const { code, path } = error as NodeJS.ErrnoException;
  return code === "ENOENT" && path !== undefined ? [path] : [];
}
