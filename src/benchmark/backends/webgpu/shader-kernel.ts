/// <reference types="@webgpu/types" />
import type { PreparedKernel, Timing } from "../../backend.js";
import { decodeDtype, dtypeFacts, encodeDtype } from "../../kernels/dtype.js";
import type { HostTensor, KernelSpec } from "../../kernels/kernel-spec.js";
import type { DeviceWatch } from "./device-watch.js";
import { kernelPlan, type PlanStep } from "./kernel-plan.js";
import { createPassTimer } from "./pass-timer.js";
import { readBuffer } from "./read-buffer.js";

interface Step {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly workgroups: readonly [number, number];
}

/** A kernel of our own shaders: buffers made, inputs uploaded, pipelines compiled. */
export async function prepareShader(
  device: GPUDevice,
  watch: DeviceWatch,
  spec: KernelSpec,
  inputs: readonly HostTensor[],
): Promise<PreparedKernel> {
  const plan = kernelPlan(spec);
  if (plan === undefined) throw new Error(`webgpu: no plan for ${spec.kernel}`);
  const outputs = plan.output.reduce((product, length) => product * length, 1);
  const buffers = new Map<string, GPUBuffer>();
  const make = (name: string, bytes: number, usage: number): GPUBuffer => {
    // Padded to whole vectors of four numbers.
    const buffer = device.createBuffer({
      size: Math.max(16, Math.ceil(bytes / 16) * 16),
      usage: usage | GPUBufferUsage.STORAGE,
    });
    buffers.set(name, buffer);
    return buffer;
  };
  inputs.forEach((tensor, index) => {
    const bytes = inputBytes(tensor);
    upload(device, make(`in${index}`, bytes.byteLength, GPUBufferUsage.COPY_DST), bytes);
  });
  const outputBytes = outputs * dtypeFacts(spec.dtype).outputBytes;
  const out = make("out", outputBytes, GPUBufferUsage.COPY_SRC);
  for (const [name, bytes] of Object.entries(plan.scratch)) make(name, bytes, 0);
  const steps = await Promise.all(plan.steps.map((step) => createStep(device, step, buffers)));
  await device.queue.onSubmittedWorkDone();
  const timer = createPassTimer(device);
  return {
    implementation: plan.implementation,
    run: (launches) =>
      watch.guard("run the kernel", () => runSteps(device, steps, launches, timer)),
    read: () =>
      watch.guard("read the result", async () => {
        const bytes = await readBuffer(device, out, outputBytes);
        return {
          shape: plan.output,
          dtype: spec.dtype,
          values: decodeDtype(bytes, spec.dtype, outputs),
        };
      }),
    dispose() {
      for (const buffer of buffers.values()) buffer.destroy();
      timer.dispose();
      return Promise.resolve();
    },
  };
}

async function createStep(
  device: GPUDevice,
  step: PlanStep,
  buffers: ReadonlyMap<string, GPUBuffer>,
): Promise<Step> {
  const module = device.createShaderModule({ code: step.code });
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module, entryPoint: "main" },
  });
  const bindings = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: step.buffers.map((name, binding) => ({
      binding,
      resource: { buffer: buffers.get(name)! },
    })),
  });
  return { pipeline, bindings, workgroups: step.workgroups };
}

async function runSteps(
  device: GPUDevice,
  steps: readonly Step[],
  launches: number,
  timer: ReturnType<typeof createPassTimer>,
): Promise<Timing> {
  const startMs = performance.now();
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass(timer.passDescriptor);
  for (let launch = 0; launch < launches; launch++) {
    for (const { pipeline, bindings, workgroups } of steps) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(workgroups[0], workgroups[1]);
    }
  }
  pass.end();
  timer.resolve(encoder);
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  const hostS = (performance.now() - startMs) / 1000;
  const deviceS = await timer.readS();
  return deviceS === undefined ? { hostS } : { hostS, deviceS };
}

function inputBytes(tensor: HostTensor): Uint8Array {
  const { values, dtype } = tensor;
  if (values instanceof Float32Array && dtype !== "i32") return encodeDtype(values, dtype);
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function upload(device: GPUDevice, buffer: GPUBuffer, bytes: Uint8Array): void {
  const whole = bytes.byteLength - (bytes.byteLength % 4);
  if (whole > 0) device.queue.writeBuffer(buffer, 0, bytes, 0, whole);
  if (whole < bytes.byteLength) {
    // Writes come in steps of four bytes; the rest of the buffer is zero anyway.
    const rest = new Uint8Array(4);
    rest.set(bytes.subarray(whole));
    device.queue.writeBuffer(buffer, whole, rest);
  }
}
