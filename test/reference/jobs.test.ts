// The same input as other simulators, the same answer job by job.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { validateJobs } from "../../src/studies/validate/jobs.js";

const dataFolder =
  process.env["HEADROOM_DATA"] ?? join(import.meta.dirname, "../../../shared/data");
const hasData = existsSync(join(dataFolder, "philly/phillyD.csv"));

describe.skipIf(!hasData)("jobs of the Philly trace, as other simulators schedule them", () => {
  test("every comparison with a bar passes, and the one without shows what it shows", async () => {
    const checks = await validateJobs(dataFolder);
    expect(checks.filter((check) => check.pass === false)).toEqual([]);
    expect(checks).toHaveLength(22);
    expect(checks.filter((check) => check.pass === null)).toMatchObject([
      { id: "jobs/consolidate/fifo-strict/11cb48/jobs", expected: 3028, actual: 2790 },
    ]);
  });
});
