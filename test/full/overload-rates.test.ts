// How often waits are said not to settle: rarely below full load, nearly always well above it.
import { expect, test } from "vitest";

import { overloadRate } from "../studies/overload-rates.js";
import { writeResults } from "./write-results.js";

const RUNS = 200;

test("false alarms are rare up to a utilization of 0.8, and overload is found", () => {
  const results = [1, 8].flatMap((servers) =>
    [300, 3000].flatMap((jobs) =>
      [0.5, 0.8, 0.9, 0.95, 1.05, 1.2].map((utilization) =>
        overloadRate({ utilization, servers, jobs, runs: RUNS }),
      ),
    ),
  );
  writeResults("overload-rates", results);
  for (const { utilization, jobs, flaggedShare } of results) {
    if (utilization <= 0.8) expect(flaggedShare).toBeLessThanOrEqual(0.05);
    if (utilization >= 1.2 && jobs >= 3000) expect(flaggedShare).toBe(1);
  }
});
