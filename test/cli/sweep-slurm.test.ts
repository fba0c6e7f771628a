// A sweep on a real Slurm of one node: submitted, run as a job array, merged.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";
import { slurmFault, startSlurm, until } from "./slurm-cluster.js";

const fault = slurmFault();
const required = process.env["HEADROOM_REQUIRE_SLURM"] === "1";

test("Slurm is there where it is required", () => {
  if (required) expect(fault).toBeUndefined();
});

test.skipIf(fault !== undefined)(
  "a job array of four tasks gives the bytes of a local sweep",
  async () => {
    const folder = temporaryFolder();
    const cluster = await startSlurm(temporaryFolder());
    onTestFinished(() => cluster.stop());
    writeFileSync(
      join(folder, "tiny.yaml"),
      `schema: headroom/scenario/v1
name: tiny
cluster: { nodes: [{ name: n, count: 1, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }] }
workload:
  jobs:
    - { id: a, submit: 0s, duration: 1h, gpus: 8 }
    - { id: b, submit: 1m, duration: 1h, gpus: 8 }
policy: { queue: fifo-skip, placement: pack }
`,
    );
    const path = join(folder, "sweep.yaml");
    writeFileSync(
      path,
      'schema: headroom/sweep/v1\nname: on slurm\nscenario: tiny.yaml\naxes: [{ path: "cluster.nodes[n].count", values: [1, 2, 3, 4, 5, 6] }]\n',
    );
    const [local, out] = [join(folder, "local"), join(folder, "out")];
    expect(headroom(["sweep", path, "--out", local, "--quiet"]).exitCode).toBe(0);
    const submitted = headroom(
      ["sweep", path, "--out", out, "--engine", "slurm", "--shards", "4"],
      {
        env: cluster.env,
      },
    );
    expect(submitted.stderr).toBe("");
    expect(submitted.stdout).toMatch(/^Submitted: array \d+ with 4 tasks, then merge \d+\./);
    await until(
      () => existsSync(join(out, "report.html")),
      "no report",
      () => cluster.stop(),
    );
    for (const name of ["runs.csv", "sweep.json", "report.html"]) {
      expect(readFileSync(join(out, name), "utf8")).toBe(readFileSync(join(local, name), "utf8"));
    }
  },
);
