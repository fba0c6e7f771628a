// `headroom validate hardware` without the simulated failures: published tables, runs and counts.
import { describe, expect, test } from "vitest";

import {
  collectiveChecks,
  collectiveDataChecks,
} from "../../src/studies/validate/hardware/collective-checks.js";
import { migChecks } from "../../src/studies/validate/hardware/mig-checks.js";
import { findReferenceData } from "./data-folder.js";

const data = findReferenceData(["collectives/nccl_measured.json"], 1);
const checks = [...migChecks(), ...collectiveChecks()];
const check = (id: string) => checks.find((each) => each.id === id)!;

describe("validate hardware", () => {
  test("every row with a bar holds it, and ids are unique", () => {
    expect(checks.filter(({ pass }) => pass === false)).toEqual([]);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    expect(checks.filter(({ pass }) => pass === true).length).toBeGreaterThanOrEqual(30);
  });

  test.each([
    ["hardware/collectives/interpolation/used/median", 1.34],
    ["hardware/collectives/interpolation/used/p95", 14.1],
    ["hardware/collectives/interpolation/alone/median", 2.05],
    ["hardware/collectives/interpolation/alone/p95", 20.3],
    ["hardware/collectives/interpolation/log-log/median", 2.96],
    ["hardware/collectives/interpolation/log-log/p95", 21.8],
    ["hardware/collectives/nccl-model/A100-SXM4-80GB/from-1MiB", 16],
    ["hardware/collectives/nccl-model/H200-SXM-141GB/from-1MiB", 7.03],
    ["hardware/collectives/nccl-model/GB200 (one 4-GPU tray)/from-1MiB", 22.4],
    ["hardware/collectives/runs/nc96-a100/pair", 192],
    ["hardware/collectives/runs/nc96-a100/four", 24],
    ["hardware/collectives/runs/efa-b200/16GiB", 384],
  ])("%s is %d, as the documents say", (id, want) => {
    expect(Number(Number(check(id).actual).toPrecision(3))).toBe(want);
  });

  test("the measured run over four nodes lies between the hierarchical bounds", () => {
    const bound = (id: string): number =>
      Number(check(`hardware/collectives/bounds/efa-b200/${id}`).actual);
    expect(bound("sequential")).toBeLessThan(381.8);
    expect(bound("overlapped")).toBeGreaterThan(381.8);
  });
});

describe.skipIf(data === undefined)("with the published tables", () => {
  test("all 2 100 times are the published ones", async () => {
    expect(await collectiveDataChecks(data!)).toMatchObject([
      { expected: 2100, actual: 2100, pass: true },
    ]);
  });
});
