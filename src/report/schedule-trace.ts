import type { ClusterSpec } from "../cluster/spec.js";
import { RECORD } from "../simulation/batch/records.js";
import type { BatchRun } from "../simulation/batch/batch-spec.js";

const MICROSECONDS = 1e6;
/** Events per chunk of text. */
const EVENTS_PER_CHUNK = 2048;
/** Track of jobs that hold no GPU of their own: CPU work and shares. */
const NO_GPU = 1_000_000;

/**
 * The schedule as trace events, which Perfetto (ui.perfetto.dev) and chrome://tracing open: a process for every node,
 * a track for every GPU, a slice for the last run of every job, and counters of GPUs in use and of the queue. Times
 * are microseconds of simulated time.
 *
 * Format: Trace Event Format (JSON Object Format) of the Chromium project.
 *
 * @param jobs rows of the job table that are shown; those behind are managed
 */
export function* scheduleTrace(
  run: BatchRun,
  cluster: ClusterSpec,
  jobs: number,
): Generator<string, void, undefined> {
  let chunk = '{"displayTimeUnit":"ms","traceEvents":[\n';
  let count = 0;
  for (const event of eventsOf(run, cluster, jobs)) {
    chunk += `${count === 0 ? "" : ",\n"}${JSON.stringify(event)}`;
    count++;
    if (count % EVENTS_PER_CHUNK === 0) {
      yield chunk;
      chunk = "";
    }
  }
  yield `${chunk}\n]}\n`;
}

type TraceEvent = Readonly<Record<string, unknown>>;

function* eventsOf(run: BatchRun, cluster: ClusterSpec, jobs: number): Generator<TraceEvent> {
  for (const [node, { name, gpuCount }] of cluster.nodes.entries()) {
    yield named("process_name", node + 1, 0, name);
    for (let gpu = 0; gpu < gpuCount; gpu++)
      yield named("thread_name", node + 1, gpu + 1, `GPU ${gpu}`);
    yield named("thread_name", node + 1, NO_GPU, "no whole GPU");
  }
  yield named("process_name", 0, 0, "cluster");
  const lastStartS = lastStarts(run);
  for (let job = 0; job < jobs; job++) yield* slicesOf(run, job, lastStartS[job]!);
  yield* counters(run);
}

function named(kind: string, pid: number, tid: number, name: string): TraceEvent {
  return { ph: "M", name: kind, pid, tid, args: { name } };
}

/** When each job began the run that its placement is of: jobs that were stopped go on elsewhere. NaN without one. */
function lastStarts({ records, startS }: BatchRun): Float64Array {
  const last = Float64Array.from(startS);
  for (let row = 0; row < records.count; row++) {
    const kind = records.kind[row]!;
    if (kind === RECORD.started || kind === RECORD.resumed)
      last[records.job[row]!] = records.timeS[row]!;
  }
  return last;
}

function* slicesOf(run: BatchRun, job: number, startS: number): Generator<TraceEvent> {
  const { jobs } = run;
  if (Number.isNaN(startS)) return;
  // A job that still runs at the end of the run is shown until then.
  const endS = Number.isNaN(run.endS[job]!) ? run.endOfRunS : run.endS[job]!;
  const common = {
    ph: "X",
    name: jobs.ids[job]!,
    cat: jobs.tenantNames[jobs.tenant[job]!]!,
    ts: startS * MICROSECONDS,
    dur: Math.max(0, endS - startS) * MICROSECONDS,
    args: {
      tenant: jobs.tenantNames[jobs.tenant[job]!]!,
      submittedS: jobs.submitS[job]!,
      waitedS: run.startS[job]! - jobs.submitS[job]!,
      workers: jobs.workers[job]!,
    },
  };
  for (const { node, gpus } of run.placementOf(job)) {
    const tracks = gpus.length === 0 ? [NO_GPU] : gpus.map((gpu) => gpu + 1);
    for (const tid of tracks) yield { ...common, pid: node + 1, tid };
  }
}

function* counters({ series }: BatchRun): Generator<TraceEvent> {
  for (let row = 0; row < series.timeS.length; row++) {
    const at = { ph: "C", pid: 0, tid: 0, ts: series.timeS[row]! * MICROSECONDS };
    yield { ...at, name: "GPUs in use", args: { GPUs: series.gpuMilliAllocated[row]! / 1000 } };
    yield { ...at, name: "jobs waiting", args: { jobs: series.jobsQueued[row]! } };
  }
}
