import { BackendError, type BackendFault, type BackendSession, type Timing } from "../backend.js";
import type { HostTensor, KernelSpec } from "../kernels/kernel-spec.js";
import { plainKernel } from "./plain-kernels.js";

/** How a made-up device behaves; everything is right and takes a millisecond when nothing is said. */
export interface PlainDevice {
  /** Seconds of one launch on the device's clock. */
  launchS?(launch: number): number;
  /** Spoils the output. */
  spoil?(output: HostTensor): HostTensor;
  /** Fails in this way, at this launch. */
  readonly fault?: { readonly kind: BackendFault; readonly atLaunch: number };
  readonly unsupported?: string;
  /** Real milliseconds for which reading back waits for work that `run` left behind. */
  readonly unfinishedMs?: number;
  /** The first reading after each run takes so long, whether the device is done or not. */
  readonly slowFirstReadMs?: number;
  readonly hasDeviceClock?: boolean;
  /** Called after every run, with the launches it had. */
  onRun?(launches: number): void;
}

/** A session on that device, and how often its kernel was launched and disposed of. */
export function createPlainSession(device: PlainDevice): {
  readonly session: BackendSession;
  readonly counts: { launches: number; disposed: number; reads: number };
} {
  const counts = { launches: 0, disposed: 0, reads: 0 };
  let finishedAtMs: number | undefined;
  const run = (launches: number): Promise<Timing> => {
    let timeS = 0;
    for (let i = 0; i < launches; i++) {
      counts.launches++;
      if (device.fault !== undefined && counts.launches >= device.fault.atLaunch) {
        throw new BackendError(device.fault.kind, `planted: ${device.fault.kind}`);
      }
      timeS += device.launchS?.(counts.launches) ?? 0.001;
    }
    device.onRun?.(launches);
    finishedAtMs = performance.now() + (device.unfinishedMs ?? 0);
    return Promise.resolve(
      device.hasDeviceClock === false ? { hostS: timeS } : { hostS: 1.1 * timeS, deviceS: timeS },
    );
  };
  const session: BackendSession = {
    device: {
      index: 0,
      name: "made up",
      label: "software",
      labelReason: "it is made up",
      api: "none",
      timer: "device",
      dtypes: ["fp32"],
    },
    supports: () => device.unsupported ?? true,
    prepare: (spec: KernelSpec, inputs) =>
      Promise.resolve({
        implementation: "plain",
        run: (launches) => run(launches),
        async read() {
          counts.reads++;
          if (finishedAtMs !== undefined) {
            const leftMs = Math.max(0, finishedAtMs - performance.now());
            const slowMs = device.slowFirstReadMs ?? 0;
            if (leftMs + slowMs > 0) {
              await new Promise((resolve) => setTimeout(resolve, leftMs + slowMs));
            }
          }
          finishedAtMs = undefined;
          const output = plainKernel(spec, inputs);
          return device.spoil?.(output) ?? output;
        },
        dispose() {
          counts.disposed++;
          return Promise.resolve();
        },
      }),
    dispose: () => Promise.resolve(),
  };
  return { session, counts };
}
