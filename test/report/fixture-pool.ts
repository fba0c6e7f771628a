/** A first-come pool of GPUs and the made-up jobs that are fed to it: the engine under the fixtures. */
import type { UtilizationSeries } from "../../src/studies/run/result-document.js";

export interface FixtureJob {
  readonly id: string;
  readonly tenant: string;
  readonly submitS: number;
  readonly durationS: number;
  readonly gpus: number;
}

export interface FixtureOutcome {
  readonly startS: Float64Array;
  readonly series: UtilizationSeries;
  readonly endS: number;
}

/** Park-Miller: enough for made-up jobs, the same on every engine. */
export function makeJobs({
  jobs,
  tenants = ["vision", "language", "speech"],
}: {
  readonly jobs: number;
  readonly tenants?: readonly string[];
}): readonly FixtureJob[] {
  let state = 20_260_101;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const sizes = [0.5, 1, 1, 1, 1, 2, 4, 8, 8, 16, 32];
  let submitS = 0;
  return Array.from({ length: jobs }, (_, index) => {
    // Busy days and quiet nights: submits come three times as fast by day.
    const byDay = submitS % 86_400 < 43_200;
    submitS += (byDay ? 400 : 1400) * 2 * next();
    return {
      id: `job-${index}`,
      tenant: tenants[Math.floor(next() * tenants.length)]!,
      submitS: Math.round(submitS),
      durationS: Math.round(300 + 36_000 * next() * next() * next()),
      gpus: sizes[Math.floor(next() * sizes.length)]!,
    };
  });
}

export function simulatePool(
  jobs: readonly FixtureJob[],
  gpus: number,
  untilS = Infinity,
): FixtureOutcome {
  const startS = new Float64Array(jobs.length).fill(Number.NaN);
  const running: { endS: number; gpus: number }[] = [];
  const rows: { timeS: number; busy: number; queued: number; running: number }[] = [];
  let free = gpus;
  let arrived = 0;
  const queue: number[] = [];
  let nowS = 0;
  for (;;) {
    while (queue.length > 0 && jobs[queue[0]!]!.gpus <= free) {
      const job = queue.shift()!;
      startS[job] = nowS;
      free -= jobs[job]!.gpus;
      running.push({ endS: nowS + jobs[job]!.durationS, gpus: jobs[job]!.gpus });
    }
    rows.push({ timeS: nowS, busy: gpus - free, queued: queue.length, running: running.length });
    const submitS = jobs[arrived]?.submitS ?? Infinity;
    const releaseS = Math.min(Infinity, ...running.map(({ endS }) => endS));
    const nextS = Math.min(submitS, releaseS);
    if (nextS === Infinity || nextS > untilS) break;
    nowS = nextS;
    for (let index = running.length - 1; index >= 0; index--) {
      if (running[index]!.endS > nowS) continue;
      free += running[index]!.gpus;
      running.splice(index, 1);
    }
    while (arrived < jobs.length && jobs[arrived]!.submitS <= nowS) queue.push(arrived++);
  }
  const column = (of: (row: (typeof rows)[number]) => number): Float64Array =>
    Float64Array.from(rows, of);
  const idle = (part: number): Float64Array => column(({ busy }) => (gpus - busy) * 1000 * part);
  return {
    startS,
    endS: untilS === Infinity ? nowS : untilS,
    series: {
      timeS: column(({ timeS }) => timeS),
      gpuMilliAllocated: column(({ busy }) => busy * 1000),
      jobsQueued: Int32Array.from(rows, ({ queued }) => queued),
      jobsRunning: Int32Array.from(rows, ({ running }) => running),
      idleMilliByClass: {
        q2_lack_gpu: idle(0.25),
        q3_satisfied: idle(0.5),
        q4_lack_cpu: idle(0.125),
        xl_satisfied: idle(0.125),
      },
    },
  };
}
