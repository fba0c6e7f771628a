// Where results go and what is left when they cannot: a report must destroy nothing and leave nothing half done.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";

import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

function scenario(folder: string, name = "tiny"): string {
  const path = join(folder, "tiny.yaml");
  writeFileSync(
    path,
    `schema: headroom/scenario/v1
name: ${JSON.stringify(name)}
cluster: { nodes: [{ name: h100, count: 1, gpu: H100, gpus: 8, cpu: 96, memory: 1TiB }] }
workload: { jobs: [{ id: a, submit: 0s, duration: 1h, gpus: 8 }] }
policy: { queue: fifo-skip, placement: pack }
goals: [{ metric: jobs.waitS.max, atMost: 0s }]
`,
  );
  return path;
}

describe("the folder of a report", () => {
  test("is inside reports whatever the scenario is called", () => {
    const folder = temporaryFolder();
    const path = scenario(folder, "../../up");
    expect(headroom(["run", path], { cwd: folder }).exitCode).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(["reports", "tiny.yaml"]);
    expect(readdirSync(join(folder, "reports"))).toEqual(["up"]);
  });

  test("may not be a file, and is checked before anything is read", () => {
    const folder = temporaryFolder();
    const path = scenario(folder);
    const { exitCode, stderr } = headroom(["run", path, "--out", path]);
    expect(stderr).toContain("tiny.yaml: is a file, and the report needs a folder. [output]");
    expect(stderr).not.toContain("    at ");
    expect(exitCode).toBe(2);
  });

  test("keeps a trace that lies where a table would go", () => {
    const folder = temporaryFolder();
    const path = scenario(folder);
    writeFileSync(join(folder, "jobs.csv"), "mine");
    const { exitCode, stderr } = headroom(["run", path, "--out", folder]);
    expect(stderr).toContain("holds jobs.csv, and not from an earlier report");
    expect(exitCode).toBe(2);
    expect(readFileSync(join(folder, "jobs.csv"), "utf8")).toBe("mine");
  });

  test("takes the next report of the same name", () => {
    const folder = temporaryFolder();
    const path = scenario(folder);
    const out = join(folder, "out");
    expect(headroom(["run", path, "--out", out]).exitCode).toBe(0);
    expect(headroom(["run", path, "--out", out, "--seed", "2"]).exitCode).toBe(0);
    expect(JSON.parse(readFileSync(join(out, "result.json"), "utf8")).seed).toBe(2);
  });
});

describe("a run that is ended from outside", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s while writing leaves no file and no folder",
    async (signal) => {
      const out = join(temporaryFolder(), "out");
      const module = pathToFileURL(join(REPOSITORY, "dist", "io", "write-files.js")).href;
      const writer = spawn(process.execPath, [
        "--input-type=module",
        "--eval",
        `import { writeFilesAtomically } from ${JSON.stringify(module)};
         const pause = new Int32Array(new SharedArrayBuffer(4));
         // Slowly: the test may come to look at it late, and the disk has an end.
         function* endless() { for (;;) { Atomics.wait(pause, 0, 0, 20); yield "x".repeat(1 << 16); } }
         await writeFilesAtomically(${JSON.stringify(out)}, [{ name: "variants/1/jobs.csv", chunks: endless() }]);`,
      ]);
      while (
        !existsSync(join(out, "variants", "1")) ||
        readdirSync(join(out, "variants", "1")).length === 0
      ) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const ended = new Promise((resolve) => writer.on("exit", resolve));
      writer.kill(signal);
      expect(await ended).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
      expect(existsSync(out)).toBe(false);
    },
  );
});

describe("streams that take no more", () => {
  const command = [join(REPOSITORY, "bin", "headroom.mjs"), "run"];

  test.skipIf(!existsSync("/dev/full"))("a full stdout is one line and exit code 2", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(
      process.execPath,
      [...command, scenario(temporaryFolder()), "--json"],
      { stdio: ["ignore", full, "pipe"], encoding: "utf8" },
    );
    closeSync(full);
    expect(stderr).toMatch(/^headroom: the output cannot be written: ENOSPC.*\n$/);
    expect(status).toBe(2);
  });

  test.skipIf(!existsSync("/dev/full"))("a full stderr does not change the exit code", () => {
    const full = openSync("/dev/full", "w");
    const { status } = spawnSync(process.execPath, [...command, "gone.yaml"], {
      stdio: ["ignore", "ignore", full],
    });
    closeSync(full);
    expect(status).toBe(2);
  });
});

describe("usage errors under --json", () => {
  test.each([
    [["run", "--json"], "missing required argument 'scenario'", null],
    [["run", "x.yaml", "--sed", "1", "--json"], "unknown option '--sed'", "--seed"],
    [["rnu", "--json"], "unknown command 'rnu'", "run"],
    [
      ["run", "x.yaml", "--seed", "one", "--json"],
      "option '--seed <n>' argument 'one' is invalid. A seed is a whole number from 0 to 9007199254740991.",
      null,
    ],
  ])("%j is one object on stdout", (args, message, suggestion) => {
    const { exitCode, stdout } = headroom(args);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).problems).toEqual([
      {
        ...{ file: "command line", line: null, col: null, endLine: null, endCol: null, path: null },
        ...{ rule: "usage", message, allowed: null, suggestion, help: "run with --help for usage" },
      },
    ]);
  });
});
