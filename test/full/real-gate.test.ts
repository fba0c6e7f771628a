// The gate on a real backend: the same build against itself passes every time, 10 % more work in one kernel fails it.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import type { GateOutcome } from "../../src/studies/gate/gate-outcome.js";
import { writeResults } from "./write-results.js";

const REPOSITORY = join(import.meta.dirname, "..", "..");
const PROGRAM = join(REPOSITORY, "bin", "headroom.mjs");
const SESSIONS = 20;
/** One process is under a second; the planted 10 % must stand out of what neighbours on the same core do to it. */
const PAIRS = { same: 10, planted: 100 };
const PLANTED = "gpujs/softmax/fp32/r64-c500";
/**
 * What two busy threads of one core can tell with 10 pairs: a process beside a working neighbour takes 1.4 times as long.
 * All other rules are the default ones.
 */
const DETECT = "50%";

const SUITE = (pairs: number): string => `schema: headroom/benchmark-suite/v1
name: gate
description: Three kernels on the CPU, to try the gate.
sampling: { processes: ${pairs}, processesMax: ${pairs}, samples: 20, warmUp: 3, sampleTime: 2ms, caseTime: 100ms, budget: 20m }
cases:
  - { kernel: matmul, dtypes: [fp32], shapes: [{ m: 64, n: 96, k: 128 }] }
  - { kernel: softmax, shapes: [{ rows: 64, columns: 500 }] }
  - { kernel: reduction, shapes: [{ elements: 65537 }] }
`;

interface Session {
  readonly loadBefore: number;
  readonly exitCode: number | null;
  readonly status: GateOutcome["status"];
  readonly sentence: string;
  readonly cases: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly change: string;
  }[];
}

/** Measures a build against itself in turns and gates one side with the other. */
function session(folder: string, pairs: number, further: readonly string[]): Session {
  const suite = join(folder, "suite.yaml");
  writeFileSync(suite, SUITE(pairs));
  const result = join(folder, "new.json");
  const loadBefore = Math.round(loadavg()[0]! * 10) / 10;
  execFileSync(
    process.execPath,
    [
      PROGRAM,
      "bench",
      "run",
      "--suite",
      suite,
      "--backend",
      "gpujs",
      "--against",
      REPOSITORY,
      "-o",
      result,
      ...further,
    ],
    { stdio: ["ignore", "ignore", "ignore"] },
  );
  const { status: exitCode, stdout } = spawnSync(
    process.execPath,
    [
      PROGRAM,
      "bench",
      "gate",
      result,
      "--baseline",
      join(folder, "new.base.json"),
      "--detect",
      DETECT,
      "--json",
    ],
    { encoding: "utf8" },
  );
  const outcome = JSON.parse(stdout) as GateOutcome;
  const percent = (ratio: number): number => Math.round((ratio - 1) * 1000) / 10;
  return {
    loadBefore,
    exitCode,
    status: outcome.status,
    sentence: outcome.sentence,
    cases: outcome.cases.map(({ id, verdict, ratio, ratioInterval }) => ({
      id,
      verdict,
      change: `${percent(ratio!)} % (${ratioInterval!.map(percent).join(" … ")})`,
    })),
  };
}

/** Runs an experiment in a folder of its own. */
function inFolder<Result>(experiment: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "headroom-gate-"));
  try {
    return experiment(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function machineOf(folder: string): string | undefined {
  const { environment } = JSON.parse(readFileSync(join(folder, "new.json"), "utf8")) as {
    readonly environment: { readonly fields: Readonly<Record<string, string>> };
  };
  return environment.fields["host.cpu"];
}

test("the same build passes 20 of 20 times", () => {
  const results = inFolder((folder) => {
    const sessions = Array.from({ length: SESSIONS }, () => session(folder, PAIRS.same, []));
    return { machine: machineOf(folder), detect: DETECT, pairs: PAIRS.same, sessions };
  });
  const passed = results.sessions.filter(({ exitCode }) => exitCode === 0).length;
  const failed = results.sessions.filter(({ exitCode }) => exitCode === 1).length;
  writeResults("real-gate-same", { passed, failed, ...results }, "real-gate");
  expect({ passed, failed }).toEqual({ passed: SESSIONS, failed: 0 });
});

test("10 % more work in one kernel fails the gate, which names that kernel and no other", () => {
  const results = inFolder((folder) => {
    const planted = session(folder, PAIRS.planted, ["--plant-slowdown", `${PLANTED}=1.1`]);
    return { machine: machineOf(folder), pairs: PAIRS.planted, case: PLANTED, work: 1.1, planted };
  });
  writeResults("real-gate-planted", results, "real-gate");
  expect(results.planted.exitCode).toBe(1);
  const worse = results.planted.cases.filter(({ verdict }) => verdict === "regression");
  expect(worse.map(({ id }) => id)).toEqual([PLANTED]);
});
