/// <reference types="@webgpu/types" />
import { createRequire } from "node:module";

import { BackendError, type DeviceDescription } from "../../backend.js";
import { listAdapters } from "../webgpu/adapters.js";
import { loadDawn } from "../webgpu/load-dawn.js";

/** What gpu.js computes with. It has no better name for results that stay on the device. */
export type GpujsValue = unknown;

/** A kernel of gpu.js: called with its arguments; gives a result, or a promise of one. */
export interface GpujsKernel {
  (...values: readonly GpujsValue[]): GpujsValue;
  /** The kernel that was really built, after the first call. */
  readonly kernel: { readonly constructor: { readonly name: string } };
  readonly context?: { finish?(): void };
}

/** The part of gpu.js that is used. */
export interface Gpujs {
  createKernel(source: string, settings: Readonly<Record<string, unknown>>): GpujsKernel;
  destroy(): Promise<void> | void;
}

interface GpujsModule {
  readonly GPU: (new (settings: { readonly mode: string }) => Gpujs) & {
    readonly isHeadlessGLSupported: boolean;
    readonly isWebAssemblySupported: boolean;
  };
}

/** gpu.js in this thread, and the ways it can compute here. */
export interface LoadedGpujs {
  readonly module: GpujsModule;
  readonly version: string;
  readonly devices: readonly GpujsDevice[];
}

/** One way to compute, with the class that its kernels must have. */
export interface GpujsDevice {
  readonly mode: "webgpu" | "headlessgl" | "webasm" | "cpu";
  readonly kernelClass: string;
  readonly description: DeviceDescription;
}

const require = createRequire(import.meta.url);
let loaded: Promise<LoadedGpujs> | undefined;

/** Loads gpu.js once per thread. @throws BackendError `unavailable` when it is not installed */
export function loadGpujs(): Promise<LoadedGpujs> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<LoadedGpujs> {
  // gpu.js looks for navigator.gpu when it is loaded, not when it is used.
  const adapter = await offerDawn();
  let module: GpujsModule;
  try {
    module = require("gpu.js") as GpujsModule;
  } catch (error) {
    throw new BackendError(
      "unavailable",
      `the package gpu.js does not load: ${error instanceof Error ? error.message.split("\n")[0]! : String(error)}`,
      "npm install --include=optional",
    );
  }
  const { version } = require("gpu.js/package.json") as { readonly version: string };
  return { module, version, devices: devicesOf(module, adapter) };
}

async function offerDawn(): Promise<DeviceDescription | undefined> {
  try {
    const { gpu } = await loadDawn();
    const [first] = await listAdapters(gpu);
    if (first === undefined) return undefined;
    Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
    return first.description;
  } catch (error) {
    if (error instanceof BackendError) return undefined;
    throw error;
  }
}

type DeviceDraft = Omit<GpujsDevice, "description"> & {
  readonly description: Omit<DeviceDescription, "index">;
};

/** GPUs first; then WebAssembly, which is what gpu.js falls back to in silence; software adapters are slower than it. */
function devicesOf(
  { GPU }: GpujsModule,
  adapter: DeviceDescription | undefined,
): readonly GpujsDevice[] {
  const onCpu = (
    mode: "webasm" | "cpu",
    kernelClass: string,
    api: string,
    reason: string,
  ): DeviceDraft => ({
    mode,
    kernelClass,
    description: software(`${api} (gpu.js)`, api, reason),
  });
  const drafts: DeviceDraft[] = [];
  if (GPU.isHeadlessGLSupported) drafts.push(headlessGl());
  if (GPU.isWebAssemblySupported) {
    const reason = "WebAssembly runs on the CPU; gpu.js calls it its GPU mode";
    drafts.push(onCpu("webasm", "WebAssemblyKernel", "WebAssembly", reason));
  }
  drafts.push(onCpu("cpu", "CPUKernel", "JavaScript", "JavaScript runs on the CPU"));
  if (adapter !== undefined) {
    const { index: _, inventory: __, ...rest } = adapter;
    const description = {
      ...rest,
      api: `gpu.js on ${adapter.api}`,
      timer: "host",
      dtypes: ["fp32"],
    } as const;
    const draft: DeviceDraft = { mode: "webgpu", kernelClass: "WebGPUKernel", description };
    if (adapter.label === "hardware") drafts.unshift(draft);
    else drafts.push(draft);
  }
  return drafts.map((draft, index) => ({
    ...draft,
    description: { index, ...draft.description },
  }));
}

function software(
  name: string,
  api: string,
  labelReason: string,
): Omit<DeviceDescription, "index"> {
  return { name, label: "software", labelReason, api, timer: "host", dtypes: ["fp32"] };
}

/** Renderers of Mesa and ANGLE that compute on the CPU. */
const SOFTWARE_RENDERERS = /llvmpipe|softpipe|swiftshader|swrast|software/i;

function headlessGl(): DeviceDraft {
  const name = rendererName();
  const isKnown = name !== undefined && !SOFTWARE_RENDERERS.test(name);
  const description: Omit<DeviceDescription, "index"> = isKnown
    ? {
        name,
        label: "hardware",
        labelReason: `OpenGL renders with ${name}`,
        api: "headless-gl",
        timer: "host",
        dtypes: ["fp32"],
      }
    : software(
        name ?? "headless-gl without a renderer's name",
        "headless-gl",
        name === undefined ? "OpenGL does not say what renders" : `${name} computes on the CPU`,
      );
  return { mode: "headlessgl", kernelClass: "HeadlessGLKernel", description };
}

interface HeadlessContext {
  readonly RENDERER: number;
  getParameter(name: number): unknown;
  getExtension(
    name: string,
  ): { readonly UNMASKED_RENDERER_WEBGL?: number; destroy?(): void } | null;
}

function rendererName(): string | undefined {
  try {
    const create = require("gl") as (width: number, height: number) => HeadlessContext | null;
    const context = create(1, 1);
    if (context === null) return undefined;
    const unmasked = context.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL;
    const name = context.getParameter(unmasked ?? context.RENDERER);
    context.getExtension("STACKGL_destroy_context")?.destroy?.();
    return typeof name === "string" && name !== "" ? name : undefined;
  } catch {
    return undefined;
  }
}
