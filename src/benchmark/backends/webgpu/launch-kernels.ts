/// <reference types="@webgpu/types" />
import type { PreparedKernel, Timing } from "../../backend.js";
import type { DeviceWatch } from "./device-watch.js";
import { EMPTY } from "./wgsl.js";

/** A shader that does nothing: what is measured is the way to it. One launch is one submission. */
export async function prepareLaunches(
  device: GPUDevice,
  watch: DeviceWatch,
  kernel: "launch-latency" | "empty-dispatch",
): Promise<PreparedKernel> {
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module: device.createShaderModule({ code: EMPTY }), entryPoint: "main" },
  });
  const submit = (): void => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.dispatchWorkgroups(1);
    pass.end();
    device.queue.submit([encoder.finish()]);
  };
  const run = async (launches: number): Promise<Timing> => {
    const startMs = performance.now();
    for (let launch = 0; launch < launches; launch++) {
      submit();
      if (kernel === "empty-dispatch") await device.queue.onSubmittedWorkDone();
    }
    await device.queue.onSubmittedWorkDone();
    return { hostS: (performance.now() - startMs) / 1000 };
  };
  return {
    implementation: "WGSL empty, one submission per launch",
    run: (launches) => watch.guard("run empty kernels", () => run(launches)),
    read: () =>
      Promise.resolve({ shape: [0], dtype: "none" as const, values: new Float32Array(0) }),
    dispose: () => Promise.resolve(),
  };
}
