// Entry of a measuring process: one process run of the statistics. Started by the session with an IPC channel.
import { fileURLToPath } from "node:url";

import { Piscina } from "piscina";

import { BACKENDS } from "../backends/registry.js";
import type {
  CaseJob,
  CaseOutcome,
  MeasuredCase,
  ProcessJob,
  ProcessMessage,
} from "./process-protocol.js";
import { PROTOCOL } from "./process-protocol.js";
import { createGateMemory } from "./tenant-gate.js";
import { measureInProcesses } from "./tenant-processes.js";
import type { TenantTask } from "./tenant-worker.js";

type MeasureJob = Extract<ProcessJob, { readonly task: "measure" }>;

/** After these a device, or the process it lives in, cannot be trusted any more. */
const FINAL_FAULTS: ReadonlySet<string> = new Set(["device-lost", "unavailable", "launch-failed"]);

function send(message: ProcessMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined)
      throw new Error("benchmark: this program is started by headroom bench");
    process.send(message, undefined, {}, () => resolve());
  });
}

async function probe(job: Extract<ProcessJob, { readonly task: "probe" }>): Promise<void> {
  const load = BACKENDS[job.backend];
  const found =
    load === undefined
      ? ({ available: false, reason: "this build does not have it" } as const)
      : await (await load()).probe();
  await send({ kind: "probe", probe: found });
}

/** Cases with the same number of tenants share their threads, each with a device of its own. */
async function measure(job: MeasureJob): Promise<void> {
  const inProcesses = job.cases.filter(({ tenantsAs }) => tenantsAs === "processes");
  for (const entry of inProcesses) {
    await send({ kind: "begin", id: entry.id });
    const outcome = joined(await measureInProcesses({ ...job, job: entry }, entry.tenants));
    await send({ kind: "case", id: entry.id, outcome });
  }
  const inThreads = job.cases.filter((entry) => !inProcesses.includes(entry));
  const counts = [...new Set(inThreads.map((entry) => entry.tenants))].sort((a, b) => a - b);
  for (const tenants of counts) {
    const pool = new Piscina<TenantTask, CaseOutcome | undefined>({
      filename: fileURLToPath(new URL("tenant-worker.js", import.meta.url)),
      minThreads: tenants,
      maxThreads: tenants,
      idleTimeout: Number.POSITIVE_INFINITY,
      // Each tenant runs on a thread of its own, whatever its place in the queue.
      concurrentTasksPerWorker: 1,
    });
    for (const entry of inThreads.filter((candidate) => candidate.tenants === tenants)) {
      await send({ kind: "begin", id: entry.id });
      const outcome = await measureTenants(pool, job, entry);
      await send({ kind: "case", id: entry.id, outcome });
      // The session starts another process for the cases that are left.
      if (outcome.status === "failed" && FINAL_FAULTS.has(outcome.fault ?? "")) return;
    }
    const gate = createGateMemory();
    await Promise.all(
      Array.from({ length: tenants }, () => pool.run({ task: "close", gate, tenants })),
    );
  }
}

async function measureTenants(
  pool: Piscina<TenantTask, CaseOutcome | undefined>,
  { backend, deviceIndex, seed, sampling }: MeasureJob,
  job: CaseJob,
): Promise<CaseOutcome> {
  const gate = createGateMemory();
  const outcomes = await Promise.all(
    Array.from({ length: job.tenants }, () =>
      pool.run({ task: "measure", backend, deviceIndex, seed, sampling, job, gate }),
    ),
  );
  return joined(outcomes.filter((outcome) => outcome !== undefined));
}

/** One outcome of all tenants of a case. */
function joined(outcomes: readonly CaseOutcome[]): CaseOutcome {
  const unmeasured = outcomes.filter((outcome) => outcome.status !== "measured");
  // The tenant that failed first knows why; the others only know that one did.
  const cause = unmeasured.find((outcome) => outcome.fault !== undefined) ?? unmeasured[0];
  if (cause !== undefined) return cause;
  const [first, ...others] = outcomes as MeasuredCase[];
  return {
    ...first!,
    startedMs: Math.min(...(outcomes as MeasuredCase[]).map((outcome) => outcome.startedMs)),
    tenants: [first!, ...others].flatMap((outcome) => outcome.tenants),
  };
}

async function main(job: ProcessJob): Promise<void> {
  if (job.task === "probe") await probe(job);
  else await measure(job);
  await send({ kind: "done" });
}

process.once("message", (job: ProcessJob) => {
  main(job).then(
    // Not by falling off the end: native code of drivers keeps threads that never stop.
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? "") : String(error)}\n`);
      process.exit(70);
    },
  );
});
// Nobody is left to tell: the session has ended.
process.once("disconnect", () => process.exit(1));
void send({ kind: "listening", protocol: PROTOCOL });
