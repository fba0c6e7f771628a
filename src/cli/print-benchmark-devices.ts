import type {
  BackendName,
  BackendProbe,
  DeviceDescription,
  DeviceLink,
  GpuInventory,
} from "../benchmark/backend.js";
import { formatBytes } from "../base/units.js";
import { wrapText } from "./text-layout.js";

/** Devices of all backends, for a terminal. */
export function printDevices(
  probes: Readonly<Partial<Record<BackendName, BackendProbe>>>,
  summaries: Readonly<Partial<Record<BackendName, string>>>,
): string {
  const blocks = Object.entries(probes).map(([name, probe]) =>
    [`${name}: ${summaries[name as BackendName] ?? ""}`, ...probeLines(probe)].join("\n"),
  );
  const hasGpu = Object.values(probes).some(
    (probe) => probe.available && probe.devices.some((device) => device.label === "hardware"),
  );
  return [
    ...blocks,
    hasGpu
      ? "Results of hardware devices can be used for calibration."
      : "No GPU was found. Suites run on the CPU; their results are labelled software and cannot calibrate anything.",
  ].join("\n\n");
}

function probeLines(probe: BackendProbe): readonly string[] {
  const notes = (probe.notes ?? []).map((note) => indented(note));
  if (!probe.available) {
    return [
      indented(`not available: ${probe.reason}`),
      ...(probe.help === undefined ? [] : [indented(`→ ${probe.help}`)]),
      ...notes,
    ];
  }
  const versions = Object.entries(probe.versions).map(([name, version]) => `${name} ${version}`);
  return [
    ...(versions.length === 0 ? [] : [indented(versions.join(", "))]),
    ...probe.devices.flatMap(deviceLines),
    ...(probe.links ?? []).map((link) => indented(linkText(link))),
    ...notes,
  ];
}

function deviceLines(device: DeviceDescription): readonly string[] {
  const { index, name, label, labelReason, api, driver, memoryBytes, timer, dtypes } = device;
  const facts = [
    api,
    ...(driver === undefined ? [] : [driver]),
    ...(memoryBytes === undefined ? [] : [formatBytes(memoryBytes)]),
    `${timer} clock`,
    dtypes.join(" "),
  ];
  return [
    indented(`${index}  ${name}  [${label}: ${labelReason}]`),
    indented(facts.join(", "), 5),
    ...(device.inventory === undefined
      ? []
      : inventoryLines(device.inventory).map((line) => indented(line, 5))),
  ];
}

function inventoryLines(inventory: GpuInventory): readonly string[] {
  const { uuid, pciBusId, computeCapability, multiprocessors, mig, clocks } = inventory;
  const megahertz = (hz: number | undefined): string =>
    hz === undefined ? "?" : `${Math.round(hz / 1e6)} MHz`;
  const identity = [
    uuid,
    pciBusId,
    computeCapability === undefined ? undefined : `compute capability ${computeCapability}`,
    multiprocessors === undefined ? undefined : `${multiprocessors} multiprocessors`,
  ];
  const state = [
    mig === undefined
      ? undefined
      : `MIG ${mig.mode}${mig.instances.map(({ profile }) => ` ${profile}`).join("")}`,
    clocks === undefined
      ? undefined
      : `SM clock ${megahertz(clocks.smHz)} of ${megahertz(clocks.smMaxHz)}${clocks.locked === true ? ", locked" : ""}`,
    inventory.powerLimitW === undefined ? undefined : `power limit ${inventory.powerLimitW} W`,
    inventory.eccEnabled === undefined ? undefined : `ECC ${inventory.eccEnabled ? "on" : "off"}`,
    inventory.computeMode,
    inventory.virtualization,
    ...Object.entries(inventory.more ?? {}).map(([name, value]) => `${name} ${value}`),
  ];
  return [identity, state].flatMap((parts) => {
    const known = parts.filter((part) => part !== undefined);
    return known.length === 0 ? [] : [known.join(", ")];
  });
}

function linkText({ from, to, kind, links }: DeviceLink): string {
  return `${from} - ${to}: ${kind}${links === undefined ? "" : `, ${links} links`}`;
}

function indented(text: string, columns = 2): string {
  return " ".repeat(columns) + wrapText(text, columns);
}
