import type { Tensor } from "@tensorflow/tfjs-core";

import {
  BackendError,
  type BackendSession,
  type PreparedKernel,
  type Timing,
} from "../../backend.js";
import type { HostTensor, KernelSpec } from "../../kernels/kernel-spec.js";
import type { Tfjs, TfjsDevice } from "./load-tfjs.js";
import { tfjsOperation, tfjsRefusal } from "./tfjs-operations.js";

/** Backends whose operations are done when they return. */
const SYNCHRONOUS: ReadonlySet<string> = new Set(["cpu", "wasm"]);

/** TensorFlow.js with one of its backends. */
export function createTfjsSession(tf: Tfjs, device: TfjsDevice): BackendSession {
  return {
    device: device.description,
    supports: (spec) => tfjsRefusal(spec) ?? true,
    async prepare(spec, inputs): Promise<PreparedKernel> {
      const refusal = tfjsRefusal(spec);
      if (refusal !== undefined) throw new BackendError("unsupported", refusal);
      return guard("prepare the kernel", () => prepare(tf, device, spec, inputs));
    },
    dispose() {
      tf.removeBackend(device.backend);
      return Promise.resolve();
    },
  };
}

async function prepare(
  tf: Tfjs,
  device: TfjsDevice,
  spec: KernelSpec,
  inputs: readonly HostTensor[],
): Promise<PreparedKernel> {
  const operation = tfjsOperation(tf, spec, inputs);
  let out: Tensor | undefined;
  const launch = (): void => {
    const next = tf.tidy(() => operation.launch());
    out?.dispose();
    out = next;
  };
  launch();
  await finish(tf, out!);
  const run = async (launches: number): Promise<Timing> => {
    const startMs = performance.now();
    for (let count = 0; count < launches; count++) {
      launch();
      if (spec.kernel === "empty-dispatch") await finish(tf, out!);
    }
    await finish(tf, out!);
    return { hostS: (performance.now() - startMs) / 1000 };
  };
  return {
    implementation: `tfjs ${tf.getBackend()}: ${operation.name}`,
    // The engine falls back to another backend when one cannot start.
    label: tf.getBackend() === device.backend ? device.description.label : "software",
    run: (launches) => guard("run the kernel", () => run(launches)),
    read: () =>
      guard("read the result", async () => {
        if (spec.dtype === "none")
          return { shape: [0], dtype: "none", values: new Float32Array(0) };
        const values = Float32Array.from(await out!.data());
        return { shape: out!.shape, dtype: spec.dtype, values };
      }),
    dispose() {
      out?.dispose();
      for (const tensor of operation.inputs) tensor.dispose();
      return Promise.resolve();
    },
  };
}

/** Waits for a device by reading one number that comes after all work before it. */
async function finish(tf: Tfjs, out: Tensor): Promise<void> {
  if (SYNCHRONOUS.has(tf.getBackend())) return;
  const last = tf.tidy(() => tf.slice(tf.reshape(out, [-1]), [out.size - 1], [1]));
  await last.data();
  last.dispose();
}

async function guard<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackendError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    if (/lost/i.test(words)) throw new BackendError("device-lost", words);
    const isMemory = /out of memory|OOM|allocat|array buffer/i.test(words);
    throw new BackendError(
      isMemory ? "out-of-memory" : "launch-failed",
      `TensorFlow.js failed to ${what}: ${words}`,
    );
  }
}
