import { describe, expect, test } from "vitest";

import { readTrace } from "../../../src/workload/read-trace.js";
import { filesOf, gangOf, problemsOf, read } from "../read-for-test.js";

describe("Gavel and Shockwave traces", () => {
  const gavel = [
    "ResNet-18 (batch size 32)\tcd %s && python3 main.py\t--num_steps\t1\t7750\t0.000000\t1",
    "LM (batch size 5)\tcd %s && python main.py\t--steps\t1\t2000\t11.000000\t2",
    "",
  ].join("\n");
  const rates = JSON.stringify({
    v100: {
      "ResNet-18 (batch size 32)": { null: 31, "LM (batch size 5)": [1, 2] },
      "('LM (batch size 5)', 2)": { null: 10 },
    },
    k80: { "ResNet-18 (batch size 32)": { null: 1 } },
  });
  test("steps ÷ rate is the duration", async () => {
    const trace = await readTrace(filesOf(gavel, rates));
    expect(trace.format).toBe("gavel-trace");
    expect(Array.from(trace.jobs.durationS)).toEqual([250, 200]);
    expect(Array.from(trace.jobs.submitS)).toEqual([0, 11]);
    expect(gangOf(trace, 1)).toBe("1x2");
    expect(trace.notes.join()).toMatch(/on v100/);
  });

  test("another GPU model, and rates that are missing", async () => {
    await expect(readTrace(filesOf(gavel, rates), { referenceGpu: "k80" })).rejects.toThrow(
      /no rate for "LM \(batch size 5\)" on 2 k80 GPUs/,
    );
    await expect(readTrace(filesOf(gavel, rates), { referenceGpu: "h100" })).rejects.toThrow(
      /no GPU model "h100"/,
    );
    expect(problemsOf(gavel)).toHaveLength(2);
    expect(problemsOf(gavel)[0]).toMatchObject({ rule: "no-rates", line: 1, col: 1, endCol: 26 });
  });

  test("Gavel's second layout, and Shockwave's with durations", async () => {
    const second = "LM\tcmd\t-n\t1\t100\t1\t1.0\t-1.0\t42.5\n";
    const trace = await readTrace(filesOf(second, '{"v100":{"LM":{"null":4}}}'));
    expect(trace.jobs.durationS[0]).toBe(25);
    const shockwave = "LM\tcmd\tdir\t--steps\t1\t134583\t16\tgns\t1\t-1.000000\t1418\t7\n";
    expect(read(shockwave).jobs.durationS[0]).toBe(1418);
    expect(gangOf(read(shockwave), 0)).toBe("2x8");
  });

  test("a scale factor of 0 is refused where it stands", () => {
    const [problem] = problemsOf(gavel.replace("\t1\n", "\t0\n"));
    expect(problem).toMatchObject({ rule: "out-of-range", line: 1 });
    expect(problem!.sourceLine!.slice(problem!.col! - 1, problem!.endCol! - 1)).toBe("0");
  });
});
