import { describe, expect, test } from "vitest";

import { clusterOf, runJobs } from "../batch/batch-fixture.js";
import type { BatchSpec } from "../batch/batch-spec.js";
import { createEnergyObserver, type EnergyObserver, type EnergySpec } from "./energy-observer.js";

const SMALL = { gpusPerNode: 2, gpuIdleW: 10, gpuBusyW: 110, overheadW: 100 };
const LARGE = { gpusPerNode: 4, gpuIdleW: 50, gpuBusyW: 500, overheadW: 1000 };
/** Two small nodes, then one large. */
const SPEC: EnergySpec = { kinds: [SMALL, LARGE], firstNodes: [0, 2] };

function observed(rows: Parameters<typeof runJobs>[0], spec: Partial<BatchSpec>) {
  let observer: EnergyObserver | undefined;
  const run = runJobs(rows, {
    cluster: clusterOf([2, 2, 4]),
    placement: { kind: "nodes", policy: "first-fit" },
    rates: [
      (context) => {
        observer = createEnergyObserver(SPEC, context);
        return observer.factor;
      },
    ],
    ...spec,
  });
  return { run, observer: observer! };
}

describe("electricity of a run", () => {
  test("each job counts where it runs, at its group's power, from the first submission on", () => {
    const { run, observer } = observed(
      [
        { submitS: 100, durationS: 1000, gpuCount: 2 },
        { submitS: 100, durationS: 500, gpuCount: 4 },
      ],
      {},
    );
    const { kinds, powerMaxW, spanS } = observer.finish(run.endOfRunS);
    expect(spanS).toBe(1000);
    expect(kinds[0]).toMatchObject({ busyGpuS: 2000, nodeS: 2000, busyJ: 2000 * 110 });
    expect(kinds[0]!.idleJ).toBe((4 * 1000 - 2000) * 10);
    expect(kinds[1]).toMatchObject({ busyGpuS: 2000, nodeS: 1000, overheadJ: 1000 * 1000 });
    expect(powerMaxW).toBe(2 * 100 + 2 * 110 + 2 * 10 + 1000 + 4 * 500);
  });

  test("nodes that come and go use electricity only while they are there", () => {
    const { run, observer } = observed([{ submitS: 0, durationS: 1000, gpuCount: 4 }], {});
    const { kinds } = observer.finish(run.endOfRunS, {
      kinds: new Set([0]),
      switches: [
        { timeS: 900, kind: 0, change: -1 },
        { timeS: -50, kind: 0, change: 1 },
      ],
    });
    // One of the two small nodes, from the first submission for 900 s.
    expect(kinds[0]).toMatchObject({ nodeS: 900, idleJ: 900 * 2 * 10, overheadJ: 900 * 100 });
    expect(kinds[1]).toMatchObject({ nodeS: 1000, busyGpuS: 4000 });
  });

  test("a pool has no places: gangs fill the groups in order", () => {
    const { run, observer } = observed([{ submitS: 0, durationS: 100, gpuCount: 1, workers: 5 }], {
      placement: { kind: "pool" },
    });
    const { kinds } = observer.finish(run.endOfRunS);
    expect(kinds.map((kind) => kind.busyGpuS)).toEqual([400, 100]);
  });

  test("no jobs, no electricity; and watching changes nothing of a run", () => {
    const rows = [
      { submitS: 0, durationS: 10, gpuCount: 2 },
      { submitS: 1, durationS: 20, gpuCount: 4 },
      { submitS: 2, durationS: 30, gpuCount: 4 },
    ];
    const { run } = observed(rows, {});
    const plain = observed(rows, { rates: [] }).run;
    expect(run.endS).toEqual(plain.endS);
    const empty = observed([], {});
    expect(empty.observer.finish(0).kinds.map((kind) => kind.nodeS)).toEqual([0, 0]);
  });
});
