// `headroom import` as a person uses it: files in, a file that a scenario runs with, and what was left out.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import {
  KUEUE,
  NODES,
  SLURM_CONF,
  SQUEUE,
} from "../../src/scenario/import/testing/cluster-files.js";
import { headroom, temporaryFolder } from "./headroom.js";

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

interface JobsResult {
  readonly jobs: { readonly completed: number; readonly submitted: number };
}

function runOf(folder: string, scenario: string): JobsResult {
  writeFileSync(join(folder, "s.yaml"), scenario);
  const { exitCode, stdout, stderr } = headroom(["run", "s.yaml", "--json"], { cwd: folder });
  expect(stderr).not.toContain("defect");
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as JobsResult;
}

describe("headroom import", () => {
  test("today's queue on the cluster of slurm.conf runs", () => {
    const folder = folderWith({ "slurm.conf": SLURM_CONF, "squeue.txt": SQUEUE });
    const cluster = headroom(
      ["import", "slurm.conf", "--out", "cluster.yaml", "--gpu", "a100=A100 SXM4-80GB"],
      { cwd: folder },
    );
    expect(cluster.exitCode).toBe(0);
    expect(cluster.stdout).toContain("slurm.conf: read as slurm-conf (a guess");
    expect(cluster.stdout).toContain("slurm.conf:11: NodeName=new[1-9] State=FUTURE");
    const jobs = headroom(["import", "squeue.txt", "--as", "squeue", "--out", "now.csv"], {
      cwd: folder,
    });
    expect(jobs.stdout).toContain("2 running jobs at second 0, 3 waiting jobs at second 0");
    expect(jobs.stdout).toContain("wrote now.csv: 5 jobs");
    const result = runOf(
      folder,
      "extends: cluster.yaml\nname: now\nworkload: { trace: now.csv }\n",
    );
    expect(result.jobs.completed).toBe(5);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("Kueue's quotas decide who is admitted: a held queue admits nobody", () => {
    const scenario = `extends: part.yaml
name: quotas
workload:
  jobs:
    - { id: a, submit: 0s, duration: 1h, gpus: 8, tenant: vision }
    - { id: b, submit: 0s, duration: 1h, gpus: 8, tenant: nlp }
policy: { placement: pack }
`;
    const completed = (kueue: string): number => {
      const folder = folderWith({ "kueue.yaml": kueue, "nodes.json": NODES });
      const part = headroom(["import", "kueue.yaml", "nodes.json", "--out", "part.yaml"], {
        cwd: folder,
      });
      expect(part.stderr).toBe("");
      return runOf(folder, scenario).jobs.completed;
    };
    expect(completed(KUEUE)).toBe(1);
    expect(completed(KUEUE.replace("stopPolicy: Hold", "stopPolicy: None"))).toBe(2);
  });

  test("bad input: exit code 2, the place of every problem, and no file", () => {
    const folder = folderWith({ "slurm.conf": SLURM_CONF.replace("CPUs=96", "CPUs=many") });
    const { exitCode, stderr } = headroom(["import", "slurm.conf", "--out", "out.yaml"], {
      cwd: folder,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("slurm.conf:8:23: CPUs must be a whole number");
    expect(stderr).toContain("1 problem;");
    expect(existsSync(join(folder, "out.yaml"))).toBe(false);
  });

  test("wrong options are named, and an input is never overwritten", () => {
    const folder = folderWith({ "slurm.conf": SLURM_CONF });
    const args = ["import", "slurm.conf", "--out", "slurm.conf", "--as", "slurmconf"];
    const { exitCode, stderr } = headroom(
      [...args, "--gpu", "a100", "--now", "noon", "--assume-duration", "4"],
      { cwd: folder },
    );
    expect(exitCode).toBe(2);
    for (const rule of ["unknown-kind", "same-file", "bad-set", "not-a-time", "bad-quantity"]) {
      expect(stderr).toContain(`[${rule}]`);
    }
    expect(stderr).toContain("slurm-conf");
    expect(readFileSync(join(folder, "slurm.conf"), "utf8")).toBe(SLURM_CONF);
  });
});
