// `headroom sweep` as a user runs it: killed, resumed, in shards, on a full disk.
import { parquetReadObjects } from "hyparquet";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { SweepDocument } from "../../src/studies/sweep/sweep-document.js";
import { filesOf, startAndKill, writeSweep } from "../studies/tiny-sweep.js";
import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

function documentIn(folder: string): SweepDocument {
  return JSON.parse(readFileSync(join(folder, "sweep.json"), "utf8")) as SweepDocument;
}

/** An undisturbed sweep of 18 runs that several tests hold theirs against. */
const CALM = mkdtempSync(join(tmpdir(), "headroom-calm-sweep-"));
const CALM_SWEEP = writeSweep(CALM, { head: "replications: 2\n" });
const CALM_OUT = join(CALM, "out");
beforeAll(() => {
  const args = ["sweep", CALM_SWEEP, "--out", CALM_OUT, "--threads", "1"];
  expect(headroom(args).exitCode).toBe(0);
});
afterAll(() => rmSync(CALM, { recursive: true, force: true }));

describe("headroom sweep", () => {
  test("a grid: one row per run, means per point, a report; the same on one thread and on two", () => {
    const two = join(temporaryFolder(), "two");
    const one = CALM_OUT;
    expect(headroom(["sweep", CALM_SWEEP, "--out", two, "--threads", "2", "--quiet"])).toEqual({
      ...{ exitCode: 0, stdout: "", stderr: "" },
    });
    expect(filesOf(two)).toEqual(filesOf(one));
    const rows = readFileSync(join(one, "runs.csv"), "utf8").trimEnd().split("\n");
    expect(rows).toHaveLength(1 + 18);
    expect(rows[0]).toMatch(
      /^point,replication,seed,axis\.nodes,axis\.workload\.load,status,error,/,
    );
    const { points, axes } = documentIn(one);
    expect(axes.map(({ values }) => values)).toEqual([
      [1, 2, 3],
      [0.5, 0.75, 1],
    ]);
    const waits = points.map(({ figures }) => figures!["jobs.waitS.mean"]!.mean!);
    // More nodes, the same jobs.
    expect(waits[2]!).toBeGreaterThan(waits[5]!);
    expect(readFileSync(join(one, "report.html"), "utf8")).toContain("Where is the mean wait high");

    // A result that was cut off is run again.
    const units = readdirSync(join(two, "units"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(units).toHaveLength(18);
    writeFileSync(units[0]!, readFileSync(units[0]!, "utf8").slice(0, -40));
    expect(headroom(["sweep", CALM_SWEEP, "--out", two, "--quiet"]).exitCode).toBe(0);
    expect(filesOf(two)).toEqual(filesOf(one));
  });

  test("killed again and again, it ends with the bytes of an undisturbed run", async () => {
    const killed = join(temporaryFolder(), "killed");
    let kills = 0;
    for (const runs of [1, 9]) {
      if ((await startAndKill(CALM_SWEEP, killed, { runs, delayMs: 0 })) !== undefined) kills += 1;
    }
    expect(kills).toBeGreaterThan(0);
    expect(headroom(["sweep", CALM_SWEEP, "--out", killed, "--quiet"]).exitCode).toBe(0);
    expect(filesOf(killed)).toEqual(filesOf(CALM_OUT));
  });

  test("shards on machines of their own are merged to the same bytes; what is missing is told", () => {
    const folder = temporaryFolder();
    const [path, whole] = [CALM_SWEEP, CALM_OUT];
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    const one = ["--threads", "1"];
    expect(headroom(["sweep", path, "--shard", "1/2", "--out", first, ...one]).stdout).toContain(
      "Shard 1 of 2 is done: 9 runs",
    );
    const early = headroom(["sweep", "merge", path, "--out", first]);
    expect(early.exitCode).toBe(2);
    expect(early.stderr).toContain("9 of 18 runs are missing, of 9 points (1, 2, 3, 4, 5, …)");
    headroom(["sweep", path, "--shard", "2/2", "--out", second, ...one]);
    const merged = headroom(["sweep", "merge", path, "--out", first, "--from", second, "--json"]);
    expect(merged.exitCode).toBe(0);
    expect(JSON.parse(merged.stdout)).toEqual(documentIn(whole));
    expect(filesOf(first)).toEqual(filesOf(whole));
  });

  test("points that cannot be run are told and do not sink the others", () => {
    const folder = temporaryFolder();
    const path = writeSweep(folder, {
      points: 'axes: [{ path: "cluster.nodes[n].count", values: [0, 1, many, 2] }]\n',
    });
    const out = join(folder, "out");
    const { exitCode, stdout } = headroom(["sweep", path, "--out", out, "--threads", "1"]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("2 of 4 points could not be run");
    expect(stdout).toContain("the cluster has no nodes");
    const { points } = documentIn(out);
    expect(points.map(({ failure }) => failure === undefined)).toEqual([false, true, false, true]);
    expect(readFileSync(join(out, "runs.csv"), "utf8").match(/,failed,/g)).toHaveLength(2);
  });

  test("a list and a Latin hypercube; Parquet that others read", async () => {
    const folder = temporaryFolder();
    const list = writeSweep(folder, {
      points: 'points: [{ "cluster.nodes[n].count": 2 }, { workload.load: 0.5 }]\n',
    });
    const { stdout } = headroom([
      ...["sweep", list, "--out", join(folder, "list"), "--json", "--threads", "1"],
    ]);
    expect((JSON.parse(stdout) as SweepDocument).points.map(({ values }) => values)).toEqual([
      [2, null],
      [null, 0.5],
    ]);
    const cube = writeSweep(folder, {
      points: `design: latin-hypercube
samples: 6
table: parquet
axes:
  - { path: workload.load, from: 0.5, to: 1.1 }
  - { name: nodes, path: "cluster.nodes[n].count", from: 1, to: 6, whole: true }
`,
    });
    const out = join(folder, "cube");
    expect(headroom(["sweep", cube, "--out", out, "--quiet", "--threads", "1"]).exitCode).toBe(0);
    const bytes = readFileSync(join(out, "runs.parquet"));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file });
    expect(rows.map((row) => row["axis.nodes"]).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    // One load in each sixth of its range.
    const slices = rows.map((row) => Math.floor((Number(row["axis.workload.load"]) - 0.5) / 0.1));
    expect(slices.sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(rows.map((row) => row["jobs.waitS.mean"])).toEqual(
      documentIn(out).points.map(({ figures }) => figures!["jobs.waitS.mean"]!.mean),
    );
  });

  test("a path that no field has is refused at its line, and nothing is written", () => {
    const folder = temporaryFolder();
    const path = writeSweep(folder, {
      points: 'axes: [{ path: "cluster.nodes[n].cuont", values: [1] }]\n',
    });
    const { exitCode, stderr } = headroom(["sweep", path, "--out", join(folder, "o")]);
    expect(stderr).toContain('Did you mean "count"?');
    expect(stderr).toMatch(/sweep\.yaml:4:\d+: /);
    expect(exitCode).toBe(2);
    expect(existsSync(join(folder, "o"))).toBe(false);
  });
});

/**
 * Runs a script with a file system of 256 kB at a folder, where this machine lets us mount one. Elsewhere the script
 * has a limit on the size of files at hand, for the command that has to fail.
 */
function onSmallDisk(
  folder: string,
  script: (limit: string) => string,
): { readonly status: number | null; readonly stderr: string } {
  const small = `mount -t tmpfs -o size=256k none ${JSON.stringify(folder)} && `;
  const probe = spawnSync("unshare", ["-rm", "sh", "-c", `${small}true`]);
  const [command, args] =
    probe.status === 0
      ? ["unshare", ["-rm", "sh", "-c", small + script("")]]
      : ["sh", ["-c", script("ulimit -f 8; ")]];
  return spawnSync(command, args, { encoding: "utf8" });
}

test("a disk that fills leaves the earlier report as it was", () => {
  const folder = temporaryFolder();
  const [disk, kept] = [join(folder, "disk"), join(folder, "kept")];
  mkdirSync(disk);
  const program = `${process.execPath} ${join(REPOSITORY, "bin", "headroom.mjs")}`;
  const small = writeSweep(folder, {
    points: 'axes: [{ path: "cluster.nodes[n].count", values: [1] }]\n',
  });
  const large = join(folder, "large.yaml");
  // 5,000 kept results need far more than the disk has.
  writeFileSync(
    large,
    readFileSync(small, "utf8").replace(
      /axes:.*/s,
      "replications: 400\naxes: [{ path: workload.load, values: [0.9, 1] }]\n",
    ),
  );
  const out = join(disk, "out");
  const { stderr } = onSmallDisk(disk, (limit) =>
    [
      `${program} sweep ${small} --out ${out} --quiet || exit 9`,
      `cp -r ${out} ${kept}`,
      `(${limit}${program} sweep ${large} --out ${out} --quiet); echo "second: $?" >&2`,
      `for file in report.html sweep.json runs.csv; do cmp ${out}/$file ${kept}/$file || echo "changed: $file" >&2; done`,
    ].join("\n"),
  );
  expect(stderr).toContain("second: 2");
  expect(stderr).toMatch(/no space left|takes no file of this size/);
  expect(stderr).not.toContain("changed:");
  expect(stderr).not.toContain("    at ");
});
