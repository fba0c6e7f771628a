// A sweep small enough to be killed, resumed and repeated in a test.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

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

/** Nine points. */
const GRID = `
axes:
  - { name: nodes, path: "cluster.nodes[n].count", values: [1, 2, 3] }
  - { path: workload.load, from: 0.5, to: 1, steps: 3 }
`;

/** Writes a scenario and a sweep beside it. @returns the sweep's path */
export function writeSweep(
  folder: string,
  { head = "", points = GRID }: { readonly head?: string; readonly points?: string } = {},
): string {
  writeFileSync(join(folder, "tiny.yaml"), SCENARIO);
  const path = join(folder, "sweep.yaml");
  writeFileSync(
    path,
    `schema: headroom/sweep/v1\nname: tiny-sweep\nscenario: tiny.yaml\n${head}${points}`,
  );
  return path;
}

/** `headroom sweep` in a process of its own, which can be killed. */
export function startSweep(path: string, out: string): ChildProcess {
  const program = join(REPOSITORY, "bin", "headroom.mjs");
  return spawn(process.execPath, [program, "sweep", path, "--out", out, "--quiet"], {
    stdio: "ignore",
  });
}

/** Exit code of a process; null when it was killed. */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}

/**
 * Starts a sweep and kills it.
 *
 * @param moment when: so many runs are there, and then a delay
 * @returns runs that were there then; undefined when the sweep had ended before
 */
export async function startAndKill(
  path: string,
  out: string,
  moment: { readonly runs: number; readonly delayMs: number },
): Promise<number | undefined> {
  const child = startSweep(path, out);
  const end = ended(child);
  while (child.exitCode === null && runsIn(out) < moment.runs) await setTimeout(2);
  await setTimeout(moment.delayMs);
  const runs = child.kill("SIGKILL") ? runsIn(out) : undefined;
  await end;
  return runs;
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

/** Every file of a finished sweep but the results of single runs, with its bytes. */
export function filesOf(out: string): Readonly<Record<string, string>> {
  const paths = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
    .filter((path) => !path.startsWith("units"));
  return Object.fromEntries(
    paths.sort().map((path) => [path, readFileSync(join(out, path), "base64")]),
  );
}
