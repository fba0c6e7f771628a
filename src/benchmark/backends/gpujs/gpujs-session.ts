/// <reference types="@webgpu/types" />
import {
  BackendError,
  type BackendSession,
  type PreparedKernel,
  type Timing,
} from "../../backend.js";
import type { HostTensor, KernelSpec } from "../../kernels/kernel-spec.js";
import { gpujsInput, gpujsPlan, type GpujsPlan } from "./gpujs-plan.js";
import type { Gpujs, GpujsDevice, GpujsKernel, GpujsValue } from "./load-gpujs.js";

/** gpu.js counts places in 32-bit floats, which hold whole numbers up to 2^24. */
const PLACES_MAX = 16_777_216;

/** Only the class of the kernel that ran tells where it ran: gpu.js falls back without a word. */
const SOFTWARE_CLASSES: ReadonlySet<string> = new Set(["WebAssemblyKernel", "CPUKernel"]);

interface BuiltStep {
  readonly kernel: GpujsKernel;
  readonly values: readonly string[];
  readonly result: string;
}

/** gpu.js in one of its modes. */
export function createGpujsSession(gpu: Gpujs, device: GpujsDevice): BackendSession {
  const supports = (spec: KernelSpec): true | string => {
    const plan = gpujsPlan(spec);
    if (typeof plan === "string") return plan;
    if (spec.dtype !== "fp32" && spec.dtype !== "none") return "gpu.js computes in fp32 only";
    const largest = Math.max(...sizes(spec, plan));
    if (largest <= PLACES_MAX) return true;
    return `gpu.js counts at most ${PLACES_MAX} numbers in an array, ${largest} are needed`;
  };
  return {
    device: device.description,
    supports,
    async prepare(spec, inputs): Promise<PreparedKernel> {
      const refusal = supports(spec);
      if (refusal !== true) throw new BackendError("unsupported", refusal);
      return guard("prepare the kernel", () => prepare(gpu, device, spec, inputs));
    },
    async dispose() {
      await gpu.destroy();
    },
  };
}

function sizes(spec: KernelSpec, plan: GpujsPlan): readonly number[] {
  const outputs = plan.steps.map(({ output }) => output.reduce((size, length) => size * length, 1));
  if (spec.kernel === "matmul") {
    outputs.push(spec.shape.m * spec.shape.k, spec.shape.k * spec.shape.n);
  } else if (spec.kernel === "gather") outputs.push(spec.shape.tableRows * spec.shape.columns);
  else if (spec.kernel === "reduction") outputs.push(spec.shape.elements);
  return outputs;
}

async function prepare(
  gpu: Gpujs,
  device: GpujsDevice,
  spec: KernelSpec,
  inputs: readonly HostTensor[],
): Promise<PreparedKernel> {
  const plan = gpujsPlan(spec) as GpujsPlan;
  const values = new Map<string, GpujsValue>();
  for (const [index, tensor] of inputs.entries()) {
    values.set(`in${index}`, await resident(gpu, gpujsInput(tensor)));
  }
  for (const [name, array] of Object.entries(plan.extra)) {
    values.set(name, await resident(gpu, array));
  }
  const steps = plan.steps.map(({ source, constants, output, values: names, result }) => {
    const settings = { constants, output, pipeline: true, precision: "single" };
    return { kernel: gpu.createKernel(source, settings), values: names, result };
  });
  await launch(steps, values);
  await finish(steps, values);
  // Known only now: the class is chosen when a kernel is built.
  const ran = steps.at(-1)!.kernel.kernel.constructor.name;
  return {
    implementation: `gpu.js ${ran}`,
    label:
      ran === device.kernelClass && !SOFTWARE_CLASSES.has(ran)
        ? device.description.label
        : "software",
    run: (launches) => guard("run the kernel", () => run(steps, values, spec, launches)),
    read: () =>
      guard("read the result", async () => {
        if (spec.dtype === "none")
          return { shape: [0], dtype: "none", values: new Float32Array(0) };
        const output = flat(await toHost(values.get("out")));
        return { shape: [output.length], dtype: spec.dtype, values: output };
      }),
    dispose: () => Promise.resolve(),
  };
}

/** Copies an array to the device once, so that calls do not upload it again. */
async function resident(gpu: Gpujs, array: Float32Array): Promise<GpujsValue> {
  const copy = gpu.createKernel("function (x) { return x[this.thread.x]; }", {
    output: [array.length],
    pipeline: true,
    precision: "single",
  });
  return copy(array);
}

async function run(
  steps: readonly BuiltStep[],
  values: Map<string, GpujsValue>,
  spec: KernelSpec,
  launches: number,
): Promise<Timing> {
  const startMs = performance.now();
  for (let count = 0; count < launches; count++) {
    await launch(steps, values);
    if (spec.kernel === "empty-dispatch") await finish(steps, values);
  }
  await finish(steps, values);
  return { hostS: (performance.now() - startMs) / 1000 };
}

async function launch(steps: readonly BuiltStep[], values: Map<string, GpujsValue>): Promise<void> {
  for (const { kernel, values: names, result } of steps) {
    const given = kernel(...names.map((name) => values.get(name)));
    values.set(result, given instanceof Promise ? await given : given);
  }
}

/**
 * Waits until the device has done everything; WebAssembly and JavaScript have by then.
 *
 * @throws BackendError when the device cannot be waited for: times would be those of asking, not of doing
 */
async function finish(
  steps: readonly BuiltStep[],
  values: ReadonlyMap<string, GpujsValue>,
): Promise<void> {
  const last = steps.at(-1)!.kernel;
  const ran = last.kernel.constructor.name;
  if (SOFTWARE_CLASSES.has(ran)) return;
  if (ran === "WebGPUKernel") {
    const out = values.get("out") as { readonly context?: { readonly device?: GPUDevice } };
    const device = out.context?.device;
    if (device !== undefined) return device.queue.onSubmittedWorkDone();
  } else if (last.context?.finish !== undefined) return last.context.finish();
  throw new BackendError("launch-failed", `there is no way to wait for gpu.js's ${ran}`);
}

async function toHost(value: GpujsValue): Promise<unknown> {
  const reader = value as { toArray?(): unknown };
  return typeof reader.toArray === "function" ? reader.toArray() : value;
}

function flat(value: unknown): Float32Array {
  if (value instanceof Float32Array) return value.slice();
  const rows = (value as readonly Float32Array[]).map((row) => [...row]);
  return Float32Array.from(rows.flat());
}

async function guard<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackendError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    const isMemory = /memory|allocation|too large|exceed/i.test(words);
    throw new BackendError(
      isMemory ? "out-of-memory" : "launch-failed",
      `gpu.js failed to ${what}: ${words}`,
    );
  }
}
