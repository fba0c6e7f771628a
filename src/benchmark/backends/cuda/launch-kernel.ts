import type { PreparedKernel } from "../../backend.js";
import type { DeviceContext } from "./device-context.js";
import type { KernelModules } from "./kernel-modules.js";
import { createTimedLaunches } from "./timed-launches.js";

/** A kernel that does nothing: what is measured is the way to it, by the host's clock. */
export function prepareLaunches(
  context: DeviceContext,
  modules: KernelModules,
  kernel: "launch-latency" | "empty-dispatch",
): PreparedKernel {
  const { functions, check } = context.driver;
  const empty = modules.kernel("streams", "empty");
  const submit = (): void => {
    const code = functions.cuLaunchKernel(
      ...[empty, 1, 1, 1, 1, 1, 1, 0],
      ...[context.stream, null, null],
    );
    if (code !== 0) check(code, "launch an empty kernel");
  };
  const launch =
    kernel === "launch-latency"
      ? submit
      : (): void => {
          submit();
          context.synchronize("wait for an empty kernel");
        };
  const timed = createTimedLaunches(context, launch, false);
  return {
    implementation: "PTX empty, cuLaunchKernel",
    // The device only waits for the host here: its clock would say the same less exactly.
    run: (launches) => Promise.resolve().then(() => ({ hostS: timed.run(launches).hostS })),
    read: () =>
      Promise.resolve({ shape: [0], dtype: "none" as const, values: new Float32Array(0) }),
    dispose: () => Promise.resolve().then(() => timed.dispose()),
  };
}
