// What the table of docs/scenarios.md promises beyond `headroom run` of every scenario: test/cli/quickstart.test.ts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { headroom, REPOSITORY } from "./headroom.js";

function namesIn(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length));
}

test("every scenario begins with a comment, asks a question, and is in the table", () => {
  const table = readFileSync(join(REPOSITORY, "docs/scenarios.md"), "utf8");
  for (const folder of ["scenarios", "scenarios/plans"]) {
    for (const name of namesIn(folder)) {
      const text = readFileSync(join(REPOSITORY, folder, `${name}.yaml`), "utf8");
      expect(text, name).toMatch(/^# \S/);
      expect(text, name).toMatch(/^question: .*\?$/m);
      expect(table, name).toContain(`| \`${name}\` |`);
    }
  }
});

test("a research lab's budget buys both kinds of nodes, as running all plans within it says", () => {
  const { stdout, stderr, exitCode } = headroom([
    "plan",
    "scenarios/plans/research-lab.yaml",
    "--json",
  ]);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  const { answer, space } = JSON.parse(stdout) as {
    readonly answer: string;
    readonly space: { readonly presumed: number };
  };
  expect(answer).toContain(
    "Buy 2 × HGX H100 and 5 × PCIe server 8x L40S, bare metal, queue easy-backfill",
  );
  expect(space.presumed).toBe(0);
});
