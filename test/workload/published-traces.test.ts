import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { openTraceChunks } from "../../src/io/trace-file.js";
import { readTrace } from "../../src/workload/read-trace.js";
import type { TraceRead, TraceReadOptions } from "../../src/workload/read-trace.js";
import { quantile } from "../../src/stats/quantile.js";
import { findReferenceData } from "../reference/data-folder.js";

// Goal: the readers find in the published files what others counted in them.
const folder = findReferenceData(["philly/philly.csv", "openb/openb_pod_list_default.csv"], 5);

const readFile = (path: string, options?: TraceReadOptions): Promise<TraceRead> => {
  const file = join(folder!, path);
  return readTrace({ file, chunks: openTraceChunks(file) }, options);
};

describe.skipIf(folder === undefined)("published traces", () => {
  test("philly.csv: 82,247 jobs, 76,627 of one GPU, mean 13,135.93 s, median 1,144 s", async () => {
    const { jobs, format, problemCount, leftOut } = await readFile("philly/philly.csv");
    expect(format).toBe("philly-csv");
    expect(problemCount).toBe(0);
    expect(leftOut).toEqual([]);
    expect(jobs.count).toBe(82_247);
    expect(jobs.gangGpus!.filter((gpus) => gpus === 1)).toHaveLength(76_627);
    expect(Math.max(...jobs.gangGpus!)).toBe(128);
    const meanS = jobs.durationS.reduce((sum, value) => sum + value, 0) / jobs.count;
    expect(meanS).toBeCloseTo(13_135.93, 2);
    expect(quantile(jobs.durationS, 0.5)).toBe(1144);
    expect(Math.max(...jobs.durationS)).toBe(4_628_226);
    expect(jobs.tenantNames).toHaveLength(15);
    // 2017-09-04 10:30:41 to 2017-12-22 08:02:11.
    expect(jobs.originEpochS).toBe(1_504_521_041);
    expect(jobs.submitS.at(-1)).toBe(1_513_929_731 - 1_504_521_041);
  });

  test("phillyD.csv and phillyD_pool.csv are the same 4,110 jobs", async () => {
    const helios = await readFile("philly/phillyD.csv");
    const pool = await readFile("philly/phillyD_pool.csv");
    expect([helios.format, pool.format]).toEqual(["helios-csv", "tiresias-csv"]);
    expect(helios.jobs.count).toBe(4110);
    for (const name of ["submitS", "durationS", "gangGpus"] as const) {
      expect(
        Buffer.from(helios.jobs[name]!.buffer).equals(Buffer.from(pool.jobs[name]!.buffer)),
      ).toBe(true);
    }
    const pinned = await readFile("philly/phillyD.csv", { partitions: "use" });
    expect([...pinned.jobs.partitionNames].sort()).toEqual(
      ["", "103959", "11cb48", "6c71a0", "b436b2", "ed69ec"].sort(),
    );
  });

  test("openb default list: 8,152 pods, 7,255 of them scheduled", async () => {
    const whole = await readFile("openb/openb_pod_list_default.csv");
    expect(whole.jobs.count).toBe(8152);
    const scheduled = await readFile("openb/openb_pod_list_default.csv", {
      openbDurations: "scheduled",
    });
    expect(scheduled.jobs.count).toBe(7255);
    expect(scheduled.leftOut).toEqual([
      { reason: "was never scheduled", rows: 897, firstLine: expect.any(Number) },
    ]);
    // The figures were taken as sorted[⌊q n⌋].
    const sorted = scheduled.jobs.durationS.toSorted();
    const at = (q: number): number => sorted[Math.floor(q * sorted.length)]!;
    expect([at(0.25), at(0.5), at(0.75)]).toEqual([175, 616, 2246]);
  });

  test("openb multigpu lists have no times and say so", async () => {
    await expect(readFile("openb/openb_pod_list_multigpu20.csv")).rejects.toThrow(
      /lacks the columns/,
    );
  });

  test("DLRM 2025: 7,386 GPU instances, 16,485 without", async () => {
    const { jobs, leftOut } = await readFile("dlrm-2025/disaggregated_DLRM_trace.csv");
    expect(jobs.count).toBe(7386);
    expect(leftOut).toEqual([{ reason: "asks for no GPU", rows: 16_485, firstLine: 91 }]);
  });
});
