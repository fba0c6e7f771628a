import type { PreparedKernel } from "../../backend.js";
import { decodeDtype, dtypeFacts } from "../../kernels/dtype.js";
import type { HostTensor, KernelSpec } from "../../kernels/kernel-spec.js";
import type { DeviceContext, DeviceMemory } from "./device-context.js";
import { tensorBytes, uploadTensor, readBytes } from "./device-tensors.js";
import { kernelPlan, type KernelArgument, type PlanStep } from "./kernel-plan.js";
import type { KernelModules } from "./kernel-modules.js";
import { createTimedLaunches } from "./timed-launches.js";

/** Attribute of a kernel that asks for more shared memory than the usual 48 KB (CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES). */
const SHARED_BYTES_ATTRIBUTE = 8;
const SHARED_BYTES_USUAL = 48 * 1024;

/** A kernel of our own PTX: memory made, inputs uploaded, kernels compiled. */
export function preparePtx(
  context: DeviceContext,
  modules: KernelModules,
  spec: KernelSpec,
  inputs: readonly HostTensor[],
): PreparedKernel {
  const plan = kernelPlan(spec);
  if (plan === undefined) throw new Error(`cuda: no plan for ${spec.kernel}`);
  const outputs = plan.output.reduce((product, length) => product * length, 1);
  const outputBytes = outputs * dtypeFacts(spec.dtype).outputBytes;
  const owned: (() => void)[] = [];
  const memory = new Map<string, DeviceMemory>();
  const make = (name: string, bytes: number): DeviceMemory => {
    const made = context.allocate(bytes);
    owned.push(made.free);
    memory.set(name, made);
    return made;
  };
  const dispose = (): void => {
    for (const free of owned.splice(0).reverse()) free();
  };
  try {
    inputs.forEach((tensor, index) => {
      const bytes = tensorBytes(tensor);
      uploadTensor(context, make(`in${index}`, bytes.byteLength), bytes);
    });
    const out = make("out", outputBytes);
    for (const [name, bytes] of Object.entries(plan.scratch)) make(name, bytes);
    const submits = plan.steps.map((step) => {
      const { submit, free } = prepareStep(
        context,
        modules.kernel(plan.module, step.kernel),
        step,
        memory,
      );
      owned.push(free);
      return submit;
    });
    const submit = (): void => {
      for (const one of submits) one();
    };
    const timed = createTimedLaunches(context, submit, true);
    owned.push(timed.dispose);
    return {
      implementation: plan.implementation,
      run: (launches) => Promise.resolve().then(() => timed.run(launches)),
      read: () =>
        Promise.resolve().then(() => ({
          shape: plan.output,
          dtype: spec.dtype,
          values: decodeDtype(readBytes(context, out, outputBytes), spec.dtype, outputs),
        })),
      dispose: () => Promise.resolve().then(dispose),
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Fills in the arguments of one launch, once. */
function prepareStep(
  context: DeviceContext,
  kernel: bigint,
  step: PlanStep,
  memory: ReadonlyMap<string, DeviceMemory>,
): { submit(): void; free(): void } {
  const { functions, check, koffi } = context.driver;
  if (step.sharedBytes > SHARED_BYTES_USUAL) {
    check(
      functions.cuFuncSetAttribute(kernel, SHARED_BYTES_ATTRIBUTE, step.sharedBytes),
      `get ${step.sharedBytes} bytes of shared memory for ${step.kernel}`,
    );
  }
  // The driver gets an array of pointers to the arguments: both lie in memory that does not move.
  const count = step.arguments.length;
  const block = koffi.alloc("uint64_t", 2 * count) as bigint;
  const view = new DataView(koffi.view(block, 16 * count) as ArrayBuffer);
  step.arguments.forEach((argument, index) => {
    const place = 8 * (count + index);
    view.setBigUint64(8 * index, block + BigInt(place), true);
    writeArgument(view, place, argument, memory);
  });
  const { grid, block: threads, sharedBytes } = step;
  return {
    submit() {
      const code = functions.cuLaunchKernel(
        kernel,
        ...[grid[0], grid[1], 1, threads[0], threads[1], 1],
        ...[sharedBytes, context.stream, block, null],
      );
      if (code !== 0) check(code, `launch ${step.kernel}`);
    },
    free: () => koffi.free(block),
  };
}

function writeArgument(
  view: DataView,
  place: number,
  argument: KernelArgument,
  memory: ReadonlyMap<string, DeviceMemory>,
): void {
  if ("array" in argument) view.setBigUint64(place, memory.get(argument.array)!.address, true);
  else if ("u64" in argument) view.setBigUint64(place, BigInt(argument.u64), true);
  else if ("u32" in argument) view.setUint32(place, argument.u32, true);
  else view.setFloat32(place, argument.f32, true);
}
