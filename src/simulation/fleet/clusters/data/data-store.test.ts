import { describe, expect, it } from "vitest";

import { clustersSpec, jobs, member, raceOf, runClusters, timesOf } from "../clusters-fixture.js";
import type { DatasetSpec } from "./data-spec.js";

const everywhere = (places: number) => Array.from({ length: places }, () => true);
// 8 Gbit/s carry a GB in a second.
const dataset = (name: string, gb: number, at: readonly number[], places: number): DatasetSpec => ({
  name,
  bytes: gb * 1e9,
  at,
  allowed: everywhere(places),
});

describe("data that jobs need", () => {
  it("moves once, is shared by who waits for it, and stays", () => {
    const group = { inputs: [0], placement: raceOf(1), gpusPerWorker: 1 };
    const outcome = runClusters(
      clustersSpec(
        [member("home", 1, 4), member("away", 1, 4)],
        [jobs("two", { ...group, count: 2 }), jobs("later", { ...group, firstS: 1_000 })],
        { datasets: [dataset("d", 200, [0], 2)] },
      ),
    );
    expect(timesOf(outcome)).toEqual({
      "two-1": [200.001, 300.001],
      "two-2": [200.001, 300.001],
      later: [1_000, 1_100],
    });
    expect(outcome.figures.get("data[d].moves")).toBe(1);
    expect(outcome.figures.get("data.moveCost")).toBeCloseTo(20, 12);
  });

  it("takes turns on a link, and holds GPUs meanwhile unless it was brought before", () => {
    const spec = (prefetch: boolean) =>
      clustersSpec(
        [member("home", 1, 4), member("away", 1, 1)],
        [0, 1].map((index) =>
          jobs(`job-${index}`, { inputs: [index], prefetch, placement: raceOf(1) }),
        ),
        { datasets: [dataset("a", 100, [0], 2), dataset("b", 100, [0], 2)] },
      );
    // One GPU: the second asks for its data when the first is done.
    expect(timesOf(runClusters(spec(false)))["job-1"]).toEqual([
      expect.closeTo(300.002, 9),
      expect.closeTo(400.002, 9),
    ]);
    expect(timesOf(runClusters(spec(true)))).toEqual({
      "job-0": [100.001, 200.001],
      "job-1": [200.001, 300.001],
    });
  });

  it("stands still while a line is cut, and comes from the source that delivers first", () => {
    const cut = member("home", 1, 4, { disconnected: [{ fromS: 50, toS: 1_050 }] });
    const job = jobs("job", { inputs: [0], placement: raceOf(1) });
    const one = clustersSpec([cut, member("away", 1, 4)], [job], {
      datasets: [dataset("d", 100, [0], 2)],
    });
    expect(timesOf(runClusters(one))["job"]).toEqual([1_100.001, 1_200.001]);
    const two = clustersSpec([cut, member("away", 1, 4), member("third", 1, 4)], [job], {
      datasets: [dataset("d", 100, [0, 2], 3)],
    });
    expect(timesOf(runClusters(two))["job"]).toEqual([100.001, 200.001]);
  });

  it("drops copies nobody uses when the cache is full, and fetches them anew", () => {
    const run = (cache: number | undefined) =>
      runClusters(
        clustersSpec(
          [member("home", 1, 4), member("away", 1, 4)],
          [0, 1, 0].map((input, index) =>
            jobs(`job-${index}`, { inputs: [input], firstS: index * 1_000, placement: raceOf(1) }),
          ),
          {
            datasets: [dataset("a", 10, [0], 2), dataset("b", 10, [0], 2)],
            cacheBytes: [undefined, cache],
          },
        ),
      ).figures.get("data.moves");
    expect([run(undefined), run(20e9), run(10e9)]).toEqual([2, 2, 3]);
  });

  it("checkpoints that lie elsewhere are found from another cluster, those at the cluster are not", () => {
    const run = (to: number | undefined) =>
      timesOf(
        runClusters(
          clustersSpec(
            [
              member("a", 1, 4, { disconnected: [{ fromS: 2_000, toS: 9_000 }] }),
              member("b", 1, 4),
            ],
            [
              jobs("job", {
                durationS: 3_000,
                placement: raceOf(0, 1),
                checkpoint: { intervalS: 500, bytes: 0, ...(to === undefined ? {} : { to }) },
              }),
            ],
            { stores: [{ name: "store", region: "b" }] },
          ),
        ),
      )["job"];
    // Given up at 2 900 s. The checkpoint of 1 500 s arrived; that of 2 000 s was sent when the line was cut.
    expect(run(2)).toEqual([0, 2_900 + 1_500]);
    expect(run(undefined)).toEqual([0, 2_900 + 3_000]);
  });

  it("a copy that is made at the start is there when it is needed, and stays", () => {
    const spec = clustersSpec(
      [member("home", 1, 4), member("away", 1, 4)],
      [jobs("job", { inputs: [0], placement: raceOf(1), firstS: 500 })],
      {
        datasets: [{ ...dataset("d", 200, [0], 2), copyTo: [1] }],
        cacheBytes: [undefined, 0],
      },
    );
    const outcome = runClusters(spec);
    expect(timesOf(outcome)["job"]).toEqual([500, 600]);
    expect(outcome.figures.get("data.moves")).toBe(1);
  });

  it("results that are on their way are not done", () => {
    const spec = clustersSpec(
      [member("a", 1, 4), member("b", 1, 4)],
      [jobs("job", { placement: raceOf(0), output: { bytes: 50e9, to: 1 } })],
    );
    expect(timesOf(runClusters(spec))["job"]).toEqual([0, 150.001]);
  });
});
