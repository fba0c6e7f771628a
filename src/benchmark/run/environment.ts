import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { arch, cpus, hostname, loadavg, platform, release, totalmem } from "node:os";

import type { BackendName, BackendProbe, DeviceDescription } from "../backend.js";
import type { EnvironmentFingerprint } from "../result-document.js";

/** Describes the host, the devices and the versions that figures depend on. */
export function describeEnvironment(
  backends: Readonly<Partial<Record<BackendName, BackendProbe>>>,
): EnvironmentFingerprint {
  const fields: Record<string, string> = { ...hostFields() };
  for (const [name, probe] of Object.entries(backends)) {
    if (!probe.available) continue;
    for (const [part, version] of Object.entries(probe.versions)) {
      fields[`${name}.version.${part}`] = version;
    }
    for (const device of probe.devices) {
      Object.assign(fields, deviceFields(`${name}.device.${device.index}`, device));
    }
  }
  const sorted = Object.fromEntries(
    Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  return {
    id: sha256(JSON.stringify(sorted)).slice(0, 16),
    fields: sorted,
    notes: {
      "host.name.sha256": sha256(hostname()).slice(0, 16),
      "host.load.1min": loadavg()[0]!.toFixed(2),
      ...governorNote(),
    },
  };
}

/** True when the host was so busy at the start that timings on it are doubtful. */
export function isHostBusy(environment: EnvironmentFingerprint): boolean {
  return Number(environment.notes["host.load.1min"]) > 0.5 * cpus().length;
}

function hostFields(): Record<string, string> {
  const model = cpus()[0]?.model.trim().replace(/\s+/g, " ") ?? "unknown";
  return {
    "host.cpu": model,
    "host.cores": String(cpus().length),
    "host.memoryGiB": String(Math.round(totalmem() / 2 ** 30)),
    "host.os": `${platform()} ${release()} ${arch()}`,
    "node.version": process.versions.node,
  };
}

function deviceFields(prefix: string, device: DeviceDescription): Record<string, string> {
  const { inventory } = device;
  const fields: Record<string, string | undefined> = {
    name: device.name,
    label: device.label,
    api: device.api,
    driver: device.driver,
    memoryBytes: device.memoryBytes === undefined ? undefined : String(device.memoryBytes),
    uuid: inventory?.uuid,
    mig:
      inventory?.mig === undefined
        ? undefined
        : [inventory.mig.mode, ...inventory.mig.instances.map(({ profile }) => profile)].join(" "),
    "clocks.smMaxHz": inventory?.clocks?.smMaxHz?.toString(),
    "clocks.memoryMaxHz": inventory?.clocks?.memoryMaxHz?.toString(),
    "clocks.locked": inventory?.clocks?.locked?.toString(),
    powerLimitW: inventory?.powerLimitW?.toString(),
    eccEnabled: inventory?.eccEnabled?.toString(),
    computeMode: inventory?.computeMode,
    virtualization: inventory?.virtualization,
  };
  const known = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[`${prefix}.${name}`, value] as const],
  );
  return Object.fromEntries(known);
}

function governorNote(): Record<string, string> {
  try {
    const path = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
    return { "host.governor": readFileSync(path, "utf8").trim() };
  } catch {
    // Most virtual machines do not say.
    return {};
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
