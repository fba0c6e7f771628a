import { existsSync } from "node:fs";
import { join } from "node:path";

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
    const absent = topic.needs
      .map((folder) => join(dataFolder, folder))
      .filter((path) => !existsSync(path));
    missing.push(...absent.map((path) => ({ topic: name, path })));
    if (absent.length === 0) checks.push(...(await topic.check(dataFolder, options)));
  }
  return { checks, missing };
}
