import { SaxesParser } from "saxes";

import type { ImportLog, ImportSource } from "./imported.js";

/** One GPU as `nvidia-smi -q -x` describes it. */
export interface ReportedGpu {
  readonly product: string;
  /** Line its element begins on. */
  readonly line: number;
  /** Memory the driver reports. */
  readonly memoryBytes?: number;
  readonly powerMaxW?: number;
  readonly hasMig: boolean;
  /** Multiprocessors and memory of each MIG device: the report does not name profiles. */
  readonly migDevices: readonly {
    readonly multiprocessors?: number;
    readonly memoryBytes?: number;
  }[];
}

const MEBIBYTE = 1_048_576;

/** Elements that repeat or nest further down: their text is taken by their whole path. */
interface Open {
  readonly name: string;
  text: string;
}

/**
 * Reads the report. The reader stops at the first thing that is no XML; names and units that are not there are
 * left out, as on GPUs that do not have them.
 *
 * @returns undefined when the file is no such report; what is wrong stands in the log
 */
export function readGpuReport(
  { file, text }: ImportSource,
  log: ImportLog,
): readonly ReportedGpu[] | undefined {
  const gpus: Mutable[] = [];
  const open: Open[] = [];
  const parser = new SaxesParser({ xmlns: false, position: true });
  let fault: { readonly line: number; readonly col: number; readonly message: string } | undefined;
  parser.on("error", (error) => {
    fault ??= { line: parser.line, col: parser.column + 1, message: error.message };
  });
  parser.on("opentag", ({ name }) => {
    open.push({ name, text: "" });
    const path = open.map((each) => each.name).join("/");
    if (path === "nvidia_smi_log/gpu") {
      gpus.push({ product: "", line: parser.line, hasMig: false, migDevices: [] });
    }
    if (path === "nvidia_smi_log/gpu/mig_devices/mig_device") gpus.at(-1)!.migDevices.push({});
  });
  parser.on("text", (part) => {
    const last = open.at(-1);
    if (last !== undefined) last.text += part;
  });
  parser.on("closetag", () => {
    const path = open.map((each) => each.name).join("/");
    const value = open.pop()!.text.trim();
    const gpu = gpus.at(-1);
    if (gpu !== undefined) take(gpu, path, value);
  });
  parser.write(text).close();
  const [first] = gpus;
  const nameless = gpus.find(({ product }) => product === "");
  if (fault === undefined && first !== undefined && nameless === undefined) return gpus;
  const message =
    fault === undefined
      ? first === undefined
        ? "the file has no GPU as nvidia-smi -q -x prints it"
        : "a GPU has no product_name"
      : `the file is no complete XML: ${fault.message.replace(/^\d+:\d+: /, "")}`;
  const { line, col } = fault ?? { line: nameless?.line ?? 1, col: 1 };
  log.problems.push({ file, line, col, rule: "xml-syntax", message });
  return undefined;
}

interface Mutable {
  product: string;
  line: number;
  memoryBytes?: number;
  powerMaxW?: number;
  hasMig: boolean;
  migDevices: { multiprocessors?: number; memoryBytes?: number }[];
}

function take(gpu: Mutable, path: string, value: string): void {
  const mib = /^(\d+)\s*MiB$/.exec(value)?.[1];
  const watts = /^(\d+(?:\.\d+)?)\s*W$/.exec(value)?.[1];
  const device = gpu.migDevices.at(-1);
  switch (path.replace("nvidia_smi_log/gpu/", "")) {
    case "product_name":
      gpu.product = value;
      break;
    case "fb_memory_usage/total":
      if (mib !== undefined) gpu.memoryBytes = Number(mib) * MEBIBYTE;
      break;
    // Newer drivers call the element gpu_power_readings.
    case "power_readings/max_power_limit":
    case "gpu_power_readings/max_power_limit":
      if (watts !== undefined) gpu.powerMaxW = Number(watts);
      break;
    case "mig_mode/current_mig":
      gpu.hasMig = value === "Enabled";
      break;
    case "mig_devices/mig_device/fb_memory_usage/total":
      if (device !== undefined && mib !== undefined) device.memoryBytes = Number(mib) * MEBIBYTE;
      break;
    case "mig_devices/mig_device/device_attributes/shared/multiprocessor_count":
    case "mig_devices/mig_device/device_attributes/multiprocessor_count":
      if (device !== undefined && /^\d+$/.test(value)) device.multiprocessors = Number(value);
      break;
  }
}
