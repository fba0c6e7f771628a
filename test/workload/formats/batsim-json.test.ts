import { describe, expect, test } from "vitest";

import { gangOf, problemsOf, read } from "../read-for-test.js";

describe("Batsim workload", () => {
  const workload = (jobs: unknown[], profiles: object): string =>
    JSON.stringify({ nb_res: 4, jobs, profiles });
  const job = (id: string, profile: string, more: object = {}) => ({
    id,
    subtime: 1,
    res: 4,
    profile,
    ...more,
  });

  test("delays and sequences of delays have durations", () => {
    const trace = read(
      workload(
        [
          job("a", "d"),
          job("b", "s", { subtime: 2, walltime: 100 }),
          job("c", "d", { subtime: 3, walltime: 5, res: 12 }),
        ],
        {
          d: { type: "delay", delay: 20.5 },
          s: { type: "composed", repeat: 2, seq: ["d", "d"] },
        },
      ),
      { processorsPerGpu: 1 },
    );
    expect(trace.format).toBe("batsim-json");
    expect(Array.from(trace.jobs.durationS)).toEqual([20.5, 82, 5]);
    expect(Array.from(trace.jobs.walltimeS)).toEqual([Number.NaN, 100, 5]);
    expect(gangOf(trace, 2)).toBe("2x6");
    expect(trace.notes.join()).toMatch(/1 jobs run longer than their walltime/);
  });

  test("profiles that need a platform are refused, or left out", () => {
    const text = workload([job("a", "p"), job("b", "none"), job("c", "loop"), job("d", "ok")], {
      p: { type: "parallel_homogeneous", cpu: 1, com: 0 },
      loop: { type: "composed", seq: ["loop"] },
      ok: { type: "delay", delay: 1 },
    });
    const messages = problemsOf(text, { processorsPerGpu: 1 }).map(({ message }) => message);
    expect(messages[0]).toMatch(/is of type parallel_homogeneous/);
    expect(messages[1]).toMatch(/does not exist/);
    expect(messages[2]).toMatch(/contains itself/);
    const rest = read(text, { processorsPerGpu: 1, brokenRows: "leave-out" });
    expect(rest.jobs.ids).toEqual(["d"]);
    expect(rest.problemCount).toBe(3);
  });

  test("wrong values are located", () => {
    const text = workload([job("a", "d", { res: 0 })], { d: { type: "delay", delay: 1 } });
    expect(problemsOf(text, { processorsPerGpu: 1 })[0]).toMatchObject({
      rule: "out-of-range",
      path: "jobs[0].res",
    });
  });
});
