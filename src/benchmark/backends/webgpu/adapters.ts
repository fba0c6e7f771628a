/// <reference types="@webgpu/types" />
import type { DeviceDescription, DeviceLabel } from "../../backend.js";

/** An adapter of Dawn and the GPU object it hangs on. */
export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  readonly description: DeviceDescription;
}

/** Vendors and drivers that compute on the CPU, whatever they say of themselves. */
const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b|\bcpu\b/i;

/** Features that are switched on where the adapter has them. */
export const WANTED_FEATURES: readonly GPUFeatureName[] = ["timestamp-query", "shader-f16"];

/** Every adapter Dawn gives, each once: the one for performance first, the fallback last. */
export async function listAdapters(gpu: GPU): Promise<readonly FoundAdapter[]> {
  const options: readonly GPURequestAdapterOptions[] = [
    { powerPreference: "high-performance" },
    { powerPreference: "low-power" },
    { forceFallbackAdapter: true },
  ];
  const found: FoundAdapter[] = [];
  const seen = new Set<string>();
  for (const option of options) {
    const adapter = await gpu.requestAdapter(option);
    if (adapter === null) continue;
    const { vendor, architecture, device, description } = adapter.info;
    const identity = [vendor, architecture, device, description].join("|");
    if (seen.has(identity)) continue;
    seen.add(identity);
    found.push({ adapter, description: describeAdapter(adapter, found.length) });
  }
  return found;
}

function describeAdapter(adapter: GPUAdapter, index: number): DeviceDescription {
  const { vendor, architecture, device, description } = adapter.info;
  const [label, labelReason] = labelOf(adapter);
  const name =
    [device, architecture, vendor].find((text) => text !== "") ?? "adapter without a name";
  return {
    index,
    name: label === "software" ? `${architecture === "" ? name : architecture} (${vendor})` : name,
    label,
    labelReason,
    api: `${apiName()} through Dawn`,
    ...(vendor === "" ? {} : { vendor }),
    ...(description === "" ? {} : { driver: description }),
    timer: adapter.features.has("timestamp-query") ? "device" : "host",
    dtypes: adapter.features.has("shader-f16") ? ["fp32", "fp16"] : ["fp32"],
  };
}

function labelOf(adapter: GPUAdapter): readonly [DeviceLabel, string] {
  const { vendor, architecture, device, description } = adapter.info;
  const names = [vendor, architecture, device, description].filter((text) => text !== "");
  if (adapter.info.isFallbackAdapter) {
    return ["software", "the adapter says that it is a fallback, computed by the CPU"];
  }
  const telling = names.find((text) => SOFTWARE_NAMES.test(text));
  if (telling !== undefined) return ["software", `"${telling}" computes on the CPU`];
  if (names.length === 0) return ["software", "the adapter does not say what it is"];
  return ["hardware", "the adapter is no fallback and names a GPU"];
}

function apiName(): string {
  if (process.platform === "darwin") return "Metal";
  return process.platform === "win32" ? "Direct3D 12" : "Vulkan";
}
