// The published runs of the FGD study, point by point: one workload with the golden file and three others.
// `headroom validate fgd` does the same for every published arrival order.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { curveChecks, type PublishedRun } from "../../src/studies/validate/fgd/curve-checks.js";
import { goldenChecks, type GoldenRun } from "../../src/studies/validate/fgd/golden-checks.js";
import { runReplays } from "../../src/studies/validate/fgd/replay-pool.js";
import { publishedTasks, readStudy } from "../../src/studies/validate/fgd/validate-fgd.js";
import { findReferenceData } from "./data-folder.js";

const ORDERS = ["default_42", "gpuspec25_42", "gpushare80_42", "multigpu40_42"];
const POLICIES = 5;
const GOLDEN_CHECKS = 29;
const data = findReferenceData(
  ["openb", "fgd-published"],
  ORDERS.length * POLICIES * 3 + GOLDEN_CHECKS,
);

describe.skipIf(data === undefined)("the FGD study", () => {
  const runs = (async (): Promise<readonly PublishedRun[]> => {
    if (data === undefined) return [];
    const tasks = (await publishedTasks(data)).filter(({ arrivalsFile }) =>
      ORDERS.some((order) => arrivalsFile?.includes(order)),
    );
    const reports = await runReplays(tasks, { threads: 1 });
    return tasks.map((task, i) => ({ ...task, report: reports[i]! }));
  })();

  test("every point of every curve equals the published one", async () => {
    expect(await runs).toHaveLength(ORDERS.length * POLICIES);
    const checks = curveChecks(await runs, await readStudy(data!));
    expect(checks.filter(({ pass }) => pass === false)).toEqual([]);
    const summaries = checks.filter(({ id }) => id.startsWith("fgd/curves/"));
    expect(summaries.map(({ actual }) => actual)).toEqual([20, 2620, 20, 2620, 20, 2620]);
  });

  test("the golden run is reproduced", async () => {
    const golden = JSON.parse(
      await readFile(join(data!, "fgd-published/golden_default_42.json"), "utf8"),
    ) as GoldenRun;
    const own = (await runs).filter(
      ({ workload, seed }) => workload === "openb_pod_list_default" && seed === 42,
    );
    const [summary, ...rows] = goldenChecks(golden, "golden", own);
    expect(rows.filter(({ pass }) => pass !== true)).toEqual([]);
    expect(summary).toMatchObject({ expected: GOLDEN_CHECKS, actual: GOLDEN_CHECKS, pass: true });
  });

  test("a changed placement is noticed", async () => {
    const own = await runs;
    const changed = own.map((run, i) =>
      i === 3
        ? {
            ...run,
            report: {
              ...run.report,
              fragAmountPct: run.report.fragAmountPct.map((value, at) =>
                at === 77 ? value! + 0.01 : value,
              ),
            },
          }
        : run,
    );
    const failed = curveChecks(changed, await readStudy(data!)).filter(
      ({ pass }) => pass === false,
    );
    expect(failed.map(({ id, actual }) => [id, actual])).toEqual([
      ["fgd/curves/frag-amount", 19],
      [`fgd/${own[3]!.workload}/${own[3]!.seed}/${own[3]!.policy}/frag-amount`, 130],
    ]);
  });
});
