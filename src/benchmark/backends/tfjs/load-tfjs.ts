/// <reference types="@webgpu/types" />
import { createRequire } from "node:module";

import { BackendError, type DeviceDescription } from "../../backend.js";
import { listAdapters } from "../webgpu/adapters.js";
import { loadDawn } from "../webgpu/load-dawn.js";

/** TensorFlow.js as its packages give it. */
export type Tfjs = typeof import("@tensorflow/tfjs-core");

/** One of TensorFlow.js's own backends. */
export interface TfjsDevice {
  /** Name for `setBackend`. */
  readonly backend: "tensorflow" | "webgpu" | "wasm" | "cpu";
  readonly description: DeviceDescription;
}

/** TensorFlow.js in this thread. */
export interface LoadedTfjs {
  readonly tf: Tfjs;
  readonly versions: Readonly<Record<string, string>>;
  readonly devices: readonly TfjsDevice[];
  readonly notes: readonly string[];
}

const require = createRequire(import.meta.url);
let loaded: Promise<LoadedTfjs> | undefined;

/** Loads TensorFlow.js once per thread. @throws BackendError `unavailable` when it is not installed */
export function loadTfjs(): Promise<LoadedTfjs> {
  loaded ??= load();
  return loaded;
}

type DeviceDraft = Omit<TfjsDevice, "description"> & {
  readonly description: Omit<DeviceDescription, "index">;
};

async function load(): Promise<LoadedTfjs> {
  const adapter = await offerDawn();
  const notes: string[] = [];
  const node = loadNodeGpu(notes);
  const tf = node ?? loadCore();
  const drafts: DeviceDraft[] = [];
  if (node !== undefined) drafts.push(await nodeDraft(node));
  const portable = [
    ...optionalDraft("wasm", "WebAssembly", notes),
    ...optionalDraft("cpu", "JavaScript", notes),
  ];
  const webgpu = adapter === undefined ? [] : webgpuDrafts(adapter, notes);
  const isGpu = adapter?.label === "hardware";
  drafts.push(...(isGpu ? [...webgpu, ...portable] : [...portable, ...webgpu]));
  return {
    tf,
    versions: { tfjs: tf.version_core },
    devices: drafts.map((draft, index) => ({
      ...draft,
      description: { index, ...draft.description },
    })),
    notes,
  };
}

/** The WebGPU backend registers itself only where navigator.gpu is there when it is loaded. */
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

/** tfjs-node-gpu is not installed by Headroom; whoever has it gets it. */
function loadNodeGpu(notes: string[]): Tfjs | undefined {
  const name = "@tensorflow/tfjs-node-gpu";
  try {
    return require(name) as Tfjs;
  } catch (error) {
    const isMissing =
      (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND" && String(error).includes(name);
    notes.push(
      isMissing
        ? `${name} is not installed (npm install --no-save ${name}@4.22.0 downloads libtensorflow for CUDA)`
        : `${name} is installed and does not load: ${firstLine(error)}`,
    );
    return undefined;
  }
}

function loadCore(): Tfjs {
  try {
    return require("@tensorflow/tfjs-core") as Tfjs;
  } catch (error) {
    throw new BackendError(
      "unavailable",
      `the package @tensorflow/tfjs-core does not load: ${firstLine(error)}`,
      "npm install --include=optional",
    );
  }
}

async function nodeDraft(tf: Tfjs): Promise<DeviceDraft> {
  await tf.setBackend("tensorflow");
  const { isUsingGpuDevice } = tf.backend() as { readonly isUsingGpuDevice?: boolean };
  const isGpu = isUsingGpuDevice === true;
  const label = isGpu ? ("hardware" as const) : ("software" as const);
  const reason = isGpu
    ? "libtensorflow uses a CUDA device"
    : "libtensorflow found no CUDA device and uses the CPU";
  return {
    backend: "tensorflow",
    description: draft("libtensorflow", label, reason, isGpu ? "CUDA" : "CPU"),
  };
}

function optionalDraft(
  backend: "wasm" | "cpu",
  api: string,
  notes: string[],
): readonly DeviceDraft[] {
  const name = `@tensorflow/tfjs-backend-${backend}`;
  try {
    require(name);
  } catch (error) {
    notes.push(`${name} does not load: ${firstLine(error)}`);
    return [];
  }
  const reason = `${api} runs on the CPU`;
  return [{ backend, description: draft(api, "software", reason, api) }];
}

function webgpuDrafts(adapter: DeviceDescription, notes: string[]): readonly DeviceDraft[] {
  const name = "@tensorflow/tfjs-backend-webgpu";
  try {
    require(name);
  } catch (error) {
    notes.push(`${name} does not load: ${firstLine(error)}`);
    return [];
  }
  const { label, labelReason, name: device, driver } = adapter;
  const described = draft(device, label, labelReason, adapter.api);
  return [
    {
      backend: "webgpu",
      description: { ...described, ...(driver === undefined ? {} : { driver }) },
    },
  ];
}

function draft(
  name: string,
  label: DeviceDescription["label"],
  labelReason: string,
  api: string,
): Omit<DeviceDescription, "index"> {
  return {
    name: `${name} (tfjs)`,
    label,
    labelReason,
    api: `TensorFlow.js on ${api}`,
    timer: "host",
    dtypes: ["fp32"],
  };
}

function firstLine(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.split("\n")[0]!;
}
