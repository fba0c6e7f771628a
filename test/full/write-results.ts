import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Keeps the result of a long experiment beside it, with the command and the day it was made.
 *
 * @param filter words after the command that run this experiment; its name when absent
 */
export function writeResults(name: string, results: unknown, filter = name): void {
  const document = {
    command: `npx vitest run --config test/full/vitest.config.ts ${filter}`,
    date: new Date().toISOString().slice(0, 10),
    results,
  };
  const path = join(import.meta.dirname, `results-${name}.json`);
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
  // As every file of the repository is.
  const prettier = join(import.meta.dirname, "..", "..", "node_modules", ".bin", "prettier");
  spawnSync(prettier, ["--write", "--log-level=error", path], { stdio: "inherit" });
}
