import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/** What a long experiment left beside itself, with its stamp. */
export interface CommittedResults<Results> {
  readonly command: string;
  readonly date: string;
  readonly results: Results;
}

/** Reads the committed result of a long experiment and checks its stamp: the command that makes it, and its day. */
export function committedResults<Results>(name: string): CommittedResults<Results> {
  const path = join(import.meta.dirname, "..", "full", `results-${name}.json`);
  const document = JSON.parse(readFileSync(path, "utf8")) as CommittedResults<Results>;
  expect(document.command).toBe(`npx vitest run --config test/full/vitest.config.ts ${name}`);
  expect(document.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  return document;
}
