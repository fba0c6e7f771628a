import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { createRandomStreams } from "../../src/engine/streams.js";

const REPOSITORY = join(import.meta.dirname, "..", "..");

const JOBS = Array.from(
  { length: 30 },
  (_, job) =>
    `    - { id: j${job}, submit: ${job * 6}m, duration: 50m, gpus: ${job % 5 === 0 ? 8 : 2} }`,
);

const SCENARIO = `schema: headroom/scenario/v1
name: tiny
cluster: { nodes: [{ name: n, count: 1, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }] }
workload:
  load: 0.9
  jobs:
${JOBS.join("\n")}
policy: { queue: fifo-skip, placement: pack }
goals: [{ id: mean wait, metric: jobs.waitS.mean, atMost: 30m }]
`;

/** What became of a sweep that was killed again and again. */
export interface KilledSweep {
  readonly runs: number;
  readonly seed: number;
  /** Runs that were there when each kill came, which may be all of them, with the report still to be written. */
  readonly killedAt: readonly number[];
  /** Files of the finished sweep, without those of single runs. */
  readonly files: number;
  /** Files that are not the bytes of the undisturbed sweep; must be none. */
  readonly different: readonly string[];
}

/**
 * Runs `headroom sweep` once undisturbed and once with `kill -9` at random moments, starting it again each time, and
 * compares all files.
 *
 * @param kills moments, drawn by the seed: a number of runs that are there, and a delay after it
 */
export async function killedSweep(options: {
  readonly kills: number;
  readonly replications: number;
  readonly seed: number;
}): Promise<KilledSweep> {
  const { kills, replications, seed } = options;
  const folder = mkdtempSync(join(tmpdir(), "headroom-killed-"));
  try {
    writeFileSync(join(folder, "tiny.yaml"), SCENARIO);
    const path = join(folder, "sweep.yaml");
    writeFileSync(
      path,
      `schema: headroom/sweep/v1
name: killed
scenario: tiny.yaml
replications: ${replications}
axes:
  - { name: nodes, path: "cluster.nodes[n].count", values: [1, 2, 3] }
  - { path: workload.load, from: 0.5, to: 1, steps: 3 }
`,
    );
    const runs = 9 * replications;
    const random = createRandomStreams(seed).stream("kills");
    const moments = Array.from({ length: kills }, () => random.integerBelow(runs + 1)).sort(
      (left, right) => left - right,
    );
    const [calm, killed] = [join(folder, "calm"), join(folder, "killed")];
    await ended(start(path, calm));
    const killedAt: number[] = [];
    for (const moment of moments) {
      const child = start(path, killed);
      const end = ended(child);
      const delayMs = random.integerBelow(60);
      while (child.exitCode === null && runsIn(killed) < moment) await setTimeout(2);
      await setTimeout(delayMs);
      if (child.kill("SIGKILL")) killedAt.push(runsIn(killed));
      await end;
    }
    const code = await ended(start(path, killed));
    if (code !== 0) throw new Error(`killed sweep: the last start ended with ${code}`);
    const [expected, found] = [filesOf(calm), filesOf(killed)];
    const names = [...new Set([...expected.keys(), ...found.keys()])];
    const different = names.filter((name) => expected.get(name) !== found.get(name));
    return { runs, seed, killedAt, files: expected.size, different };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function start(path: string, out: string) {
  const program = join(REPOSITORY, "bin", "headroom.mjs");
  return spawn(process.execPath, [program, "sweep", path, "--out", out, "--quiet"], {
    stdio: "ignore",
  });
}

function ended(child: ReturnType<typeof start>): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}

/** Results of single runs that are there. */
function runsIn(out: string): number {
  const units = join(out, "units");
  if (!existsSync(units)) return 0;
  return readdirSync(units).reduce(
    (sum, part) =>
      sum + readdirSync(join(units, part)).filter((name) => !name.startsWith(".")).length,
    0,
  );
}

/** Every file below a folder but the results of single runs, with its bytes. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith("units"));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path), "base64")]));
}
