import { BackendError, type BackendSession, type PreparedKernel, type Timing } from "../backend.js";
import { checkOutput, type OutputCheck } from "../kernels/check-output.js";
import { derivedSeed, kernelInputs } from "../kernels/random-data.js";
import type { TenantSamples } from "../result-document.js";
import { hostResolutionS, clockStepS } from "./clock-resolution.js";
import type { CaseJob, CaseOutcome, MeasuredCase, Sampling } from "./process-protocol.js";
import type { TenantGate } from "./tenant-gate.js";

/** Fewest samples of a case whose time is up, and of one whose time was up long ago. */
const SAMPLES_MIN = 5;
const SAMPLES_MIN_LATE = 3;

/** So many times its time, and a case is long over. */
const LATE = 3;

/** A sample has at most so many launches, whatever its length. */
const LAUNCHES_MAX = 100_000;

/** A planted slowdown needs so many launches per sample to be exact to a per cent or so. */
const PLANTED_LAUNCHES_MIN = 20;

/**
 * Prepares one kernel, compares its result with the reference, warms it up and takes samples.
 *
 * Nothing is timed whose result is wrong. With a gate, samples are taken only while all tenants run.
 * Failures of the device are outcomes, not exceptions; other errors are defects and pass through.
 */
export async function measureCase(
  session: BackendSession,
  job: CaseJob,
  options: { readonly seed: number; readonly sampling: Sampling; readonly gate?: TenantGate },
): Promise<CaseOutcome> {
  const supported = session.supports(job.spec);
  if (supported !== true) {
    options.gate?.fail();
    return { status: "skipped", reason: supported, fault: "unsupported" };
  }
  let kernel: PreparedKernel | undefined;
  try {
    const seed = derivedSeed(options.seed, job.id);
    const inputs = kernelInputs(job.spec, seed);
    kernel = await session.prepare(job.spec, inputs);
    await kernel.run(1);
    const check = checkOutput(job.spec, inputs, await kernel.read(), seed);
    if (!check.passed) {
      options.gate?.fail();
      const { implementation } = kernel;
      const reason = `wrong result, not timed: ${check.failure ?? ""}`;
      return { status: "failed", fault: "wrong-result", reason, check, implementation };
    }
    return await takeSamples(session, kernel, check, job, options);
  } catch (error) {
    options.gate?.fail();
    return failedOutcome(error);
  } finally {
    await kernel?.dispose();
  }
}

function failedOutcome(error: unknown): CaseOutcome {
  if (error instanceof BackendError) {
    const status = error.fault === "unsupported" ? "skipped" : "failed";
    return { status, reason: error.message, fault: error.fault };
  }
  // An array that the host has no room for: its size comes from the suite.
  if (error instanceof RangeError && /allocation|array length/i.test(error.message)) {
    const reason = `no memory left on the host: ${error.message}`;
    return { status: "failed", reason, fault: "out-of-memory" };
  }
  throw error;
}

async function takeSamples(
  session: BackendSession,
  kernel: PreparedKernel,
  check: OutputCheck,
  job: CaseJob,
  options: { readonly sampling: Sampling; readonly gate?: TenantGate },
): Promise<CaseOutcome> {
  const { sampling, gate } = options;
  const { launches, timer } = await calibrate(kernel, sampling.sampleS, job.plantedWork);
  const worked = Math.round(launches * (job.plantedWork ?? 1));
  const sample = (): Promise<Timing> => kernel.run(worked);
  const warmUpEndMs = Date.now() + sampling.caseS * 1000;
  for (let i = 0; i < sampling.warmUpSamples && Date.now() < warmUpEndMs; i++) await sample();
  if (await returnsEarly(kernel, check.outputs, sample)) {
    return { status: "failed", fault: "launch-failed", reason: EARLY };
  }
  if ((await gate?.start()) === false) {
    return { status: "failed", reason: "another tenant could not run" };
  }
  const stateBefore = await session.readState?.();
  const startedMs = Date.now();
  const timings: Timing[] = [];
  while (timings.length < sampling.samples) {
    timings.push(await sample());
    const lateness = (Date.now() - startedMs) / 1000 / sampling.caseS;
    if (timings.length >= (lateness > LATE ? SAMPLES_MIN_LATE : SAMPLES_MIN) && lateness > 1) break;
  }
  const stateAfter = await session.readState?.();
  gate?.finish();
  while (gate !== undefined && !(await gate.isOver())) await sample();
  return {
    status: "measured",
    implementation: kernel.implementation,
    label: kernel.label ?? session.device.label,
    startedMs,
    launchesPerSample: launches,
    check,
    ...samplesOf(timings, timer, launches),
    ...(stateBefore === undefined ? {} : { stateBefore }),
    ...(stateAfter === undefined ? {} : { stateAfter }),
  };
}

const EARLY =
  "the backend came back before the device was done: its times would be those of asking, not of doing";

/** Outputs above which reading them back takes too long to be done for a test of the clock. */
const READ_BACK_MAX = 4_000_000;

/** So long a device is left alone to finish what it may still be doing. */
const IDLE_MS = 60;

/**
 * True when work is still going on after `run`: reading the result right after it takes much longer than
 * reading it again, and than reading it after a pause. One such reading may be chance, three are not.
 *
 * The pause tells a late device from a reading that is slow the first time, as on a busy host without a GPU.
 */
async function returnsEarly(
  kernel: PreparedKernel,
  outputs: number,
  sample: () => Promise<Timing>,
): Promise<boolean> {
  if (outputs === 0 || outputs > READ_BACK_MAX) return false;
  const readMs = async (): Promise<number> => {
    const startMs = performance.now();
    await kernel.read();
    return performance.now() - startMs;
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    const { hostS } = await sample();
    const firstMs = await readMs();
    const againMs = await readMs();
    const allowedMs = 500 * hostS + againMs + 2;
    if (firstMs - againMs <= allowedMs) return false;
    await sample();
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    if (firstMs - (await readMs()) <= allowedMs) return false;
  }
  return true;
}

function samplesOf(
  timings: readonly Timing[],
  wanted: "device" | "host",
  launches: number,
): Pick<MeasuredCase, "timer" | "resolutionS" | "tenants"> {
  const hostS = timings.map((timing) => timing.hostS / launches);
  const deviceS = timings.flatMap((timing) =>
    timing.deviceS === undefined ? [] : [timing.deviceS],
  );
  // One clock for all samples of a case: a device that failed to tell a time once is not mixed with the host.
  if (wanted === "host" || deviceS.length < timings.length) {
    const tenant: TenantSamples = { samplesS: hostS };
    return { timer: "host", resolutionS: hostResolutionS(), tenants: [tenant] };
  }
  const tenant = { samplesS: deviceS.map((time) => time / launches), hostSamplesS: hostS };
  return { timer: "device", resolutionS: clockStepS(deviceS), tenants: [tenant] };
}

/** Finds how many launches make a sample long enough, by running more and more of them. */
async function calibrate(
  kernel: PreparedKernel,
  sampleS: number,
  plantedWork: number | undefined,
): Promise<{ readonly launches: number; readonly timer: "device" | "host" }> {
  let launches = 1;
  for (;;) {
    const { hostS, deviceS } = await kernel.run(launches);
    const timeS = deviceS ?? hostS;
    const timer = deviceS === undefined ? "host" : "device";
    if (timeS >= sampleS || launches >= LAUNCHES_MAX) {
      const least = plantedWork === undefined ? 1 : PLANTED_LAUNCHES_MIN;
      return { launches: Math.max(launches, least), timer };
    }
    // A tenth more than needed, and never more than ten times as many at once: first launches are slow.
    const wanted = timeS > 0 ? Math.ceil((launches * sampleS * 1.1) / timeS) : launches * 10;
    launches = Math.min(LAUNCHES_MAX, launches * 10, Math.max(launches + 1, wanted));
  }
}
