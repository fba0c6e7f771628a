import { describe, expect, test } from "vitest";

import type { Configuration } from "../run-report-input.js";
import type { RichCell } from "../block.js";
import { coldStartTable } from "./cold-starts.js";

const PHASES = [
  ["place on nodes", 40],
  ["resource preparation", 7],
  ["image pull", 100],
  ["container start", 3],
  ["engine start and warm-up", 200],
  ["benchmark", 50],
] as const;

function run(name: string, factor = 1, services: readonly string[] = ["chat"]): Configuration {
  const one = (service: string): object => ({
    name: service,
    coldStarts: factor === 0 ? 0 : 2,
    coldStartPhases:
      factor === 0
        ? []
        : PHASES.map(([phase, seconds]) => ({ name: phase, seconds: seconds * factor })),
  });
  return { name, result: { serving: { services: services.map(one) } } } as unknown as Configuration;
}

function table(...runs: readonly Configuration[]) {
  const [block] = coldStartTable(runs);
  if (block?.kind !== "table") throw new Error("no table");
  return block;
}
const words = (cell: unknown): string =>
  typeof cell === "string" ? cell : [(cell as RichCell).text, (cell as RichCell).note].join(" | ");

describe("what a cold start was made of", () => {
  test("the whole, the longest parts by length with their share, the others together; no row twice", () => {
    const { rows, columns } = table(run("base"));
    expect(columns.map(({ header }) => header)).toEqual(["Part", "Time"]);
    expect(rows.map((row) => row.map(words))).toEqual([
      ["From the wish for a replica to its first request", "6.67\u00a0min | 2 cold starts"],
      ["engine start and warm-up", "3.33\u00a0min | 50\u00a0%"],
      ["fetching the image", "1.67\u00a0min | 25\u00a0%"],
      ["benchmark before it takes requests", "50\u00a0s | 12.5\u00a0%"],
      ["waiting for GPUs on a node", "40\u00a0s | 10\u00a0%"],
      ["2 shorter parts | preparing the pod, container start", "10\u00a0s | 2.5\u00a0%"],
    ]);
  });

  test("configurations side by side, those without cold starts left out; services in groups", () => {
    const both = table(run("base"), run("none", 0), run("slow", 3, ["chat", "search"]));
    expect(both.columns.map(({ header }) => header)).toEqual(["Part", "base", "slow"]);
    expect(both.rowGroups).toEqual([
      { title: "chat", rowCount: 6 },
      { title: "search", rowCount: 6 },
    ]);
    expect(both.rows[6]![1]).toBeNull();
  });

  test("of many configurations one line each", () => {
    const { rows } = table(...["a", "b", "c", "d", "e"].map((name) => run(name)));
    expect(rows).toHaveLength(5);
    expect(words(rows[0]![2])).toBe(
      "engine start and warm-up 3.33\u00a0min (50\u00a0%), fetching the image 1.67\u00a0min (25\u00a0%), benchmark before it takes requests 50\u00a0s (12.5\u00a0%)",
    );
  });

  test("nothing without cold starts", () => {
    expect(coldStartTable([run("base", 0)])).toEqual([]);
  });
});
