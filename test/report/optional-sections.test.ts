import { describe, expect, test } from "vitest";

import { buildRunReport } from "../../src/report/run-report.js";
import { writeMarkdown } from "../../src/report/markdown.js";
import { inputWithEverything } from "./everything.js";
import { fixtureInput } from "./fixture.js";

const PLAIN = fixtureInput({ jobs: 40, gpus: 32, variants: { more: 64 } });
const PARTS = ["partitions", "losses", "topology", "mig", "faults", "cost", "fairness"];

const idsOf = (input: typeof PLAIN): readonly string[] =>
  buildRunReport(input).sections.map(({ id }) => id);

describe("sections that only some runs have", () => {
  test("are absent where the result has no such part", () => {
    expect(idsOf(PLAIN).filter((id) => PARTS.includes(id))).toEqual([]);
  });

  test("each appears with its part, and with no other", () => {
    const everything = inputWithEverything();
    expect(idsOf(everything).filter((id) => PARTS.includes(id))).toEqual(PARTS);
    const alone = {
      faults: ["losses", "faults"],
      cost: ["cost"],
      energy: ["cost"],
      topology: ["topology"],
      mig: ["mig"],
      elastic: ["losses"],
      preemption: ["losses"],
      gangWaits: ["losses"],
      fairness: ["fairness"],
    } as const;
    for (const [part, sections] of Object.entries(alone)) {
      const key = part as keyof typeof alone;
      const result = { ...PLAIN.result, [key]: everything.result[key] };
      const ids = idsOf({ ...PLAIN, result });
      expect([part, ids.filter((id) => PARTS.includes(id))]).toEqual([part, [...sections]]);
    }
  });

  test("figures stand with their units, charts with their answer", () => {
    const text = writeMarkdown(buildRunReport(inputWithEverything())).replaceAll("\u00a0", " ");
    expect(text).toContain("| Availability | 98.7 % | — |");
    expect(text).toContain("| Idle while gangs waited | 12 GPU-h | — |");
    expect(text).toContain("| Total | 4,000 USD |");
    expect(text).toContain("| Per GPU-hour delivered | 2.5 USD |");
    expect(text).toContain("| Power of the machines, mean | 24.5 kW | — |");
    expect(text).toContain("Hardware 3,000 USD, electricity 1,000 USD.");
    expect(text).toContain("Node 30 gangs, rack 9 gangs, cluster 1 gangs.");
    expect(text).toContain("| Compute stranded | 6 % | — |");
    // Least of its own first: b held 10 % of its 50 % while it waited.
    expect(text).toMatch(/\| b \| 50 % \| 5 % \| 0\.1 × \| 2 h \| 20 % \|\n\| a \| 50 %/);
  });

  test("a partition's row says what is not done, and what never can be", () => {
    const text = writeMarkdown(buildRunReport(inputWithEverything())).replaceAll("\u00a0", " ");
    expect(text).toContain("| research | 24 | 80 % | 3.5 | 12 | 20 | 4 (1 never placeable) |");
    expect(text).toContain(
      "research: 80 % of its GPUs in use, 3.5 jobs queued on average and 12 at most.",
    );
  });
});
