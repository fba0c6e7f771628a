import type { LocatedNode } from "../../diagnostics/located-node.js";
import { placeOf } from "../../diagnostics/located-node.js";
import { InputError } from "../../diagnostics/problem.js";
import { parseYaml } from "../../diagnostics/yaml-source.js";
import type { MigGeometry, MigMix } from "../../hardware/mig.js";
import {
  impossibleMigMixText,
  migProfileOf,
  placeMigMix,
  unknownMigProfile,
} from "../../hardware/mig.js";
import type { ImportLog, ImportSource } from "./imported.js";
import { createImportLog } from "./imported.js";
import { fieldsAt, itemsAt, reject, textAt } from "./located-fields.js";

/** What one configuration does to some GPUs of a node. */
export interface MigPartedRule {
  /** GPU numbers, or all of them. */
  readonly devices: readonly number[] | "all";
  /** Device ids the rule is for; absent for every GPU. */
  readonly deviceFilter?: readonly string[];
  readonly isMigEnabled: boolean;
  readonly instances: MigMix;
  readonly node: LocatedNode;
}

/** Configurations of mig-parted by name. */
export type MigPartedConfigs = ReadonlyMap<string, readonly MigPartedRule[]>;

/**
 * Reads a mig-parted configuration file (`version: v1`, `mig-configs`).
 *
 * @throws InputError with every problem at its line
 */
export function readMigParted({ file, text }: ImportSource): MigPartedConfigs {
  const root = parseYaml(file, text);
  const log = createImportLog();
  const version = textAt(root, "version");
  if (version !== "v1") {
    reject(
      log,
      root,
      "unknown-format",
      `mig-parted's version must be v1, got ${version ?? "none"}`,
    );
  }
  const configs = new Map(
    fieldsAt(root, "mig-configs").map(([name, list]) => {
      if (list.kind !== "list") reject(log, list, "wrong-type", `${name} must be a list of rules`);
      const rules = list.kind === "list" ? list.items : [];
      return [name, rules.map((rule) => readRule(rule, name, log))] as const;
    }),
  );
  if (configs.size === 0 && log.problems.length === 0) {
    reject(log, root, "missing-field", "the file has no mig-configs");
  }
  if (log.problems.length > 0) throw new InputError(log.problems);
  return configs;
}

function readRule(rule: LocatedNode, name: string, log: ImportLog): MigPartedRule {
  const instances: Record<string, number> = {};
  for (const [profile, count] of fieldsAt(rule, "mig-devices")) {
    const value = count.kind === "scalar" ? count.value : undefined;
    if (typeof value === "number" && Number.isInteger(value) && value > 0)
      instances[profile] = value;
    else
      reject(
        log,
        count,
        "bad-count",
        `${name}: the count of ${profile} must be a whole number above 0`,
      );
  }
  const devices = itemsAt(rule, "devices").map((item) =>
    item.kind === "scalar" ? Number(item.value) : Number.NaN,
  );
  const isAll = textAt(rule, "devices") === "all";
  if (!isAll && (devices.length === 0 || devices.some((device) => !Number.isInteger(device)))) {
    reject(log, rule, "wrong-type", `${name}: devices must be all, or a list of GPU numbers`);
  }
  const filter = itemsAt(rule, "device-filter").flatMap((item) =>
    item.kind === "scalar" ? [String(item.value)] : [],
  );
  const single = textAt(rule, "device-filter");
  const deviceFilter = filter.length > 0 ? filter : single === undefined ? undefined : [single];
  return {
    devices: isAll ? "all" : devices,
    ...(deviceFilter === undefined ? {} : { deviceFilter }),
    isMigEnabled: textAt(rule, "mig-enabled") === "true",
    instances,
    node: rule,
  };
}

/**
 * The instances of every GPU of a node under a configuration; an empty mix is a whole GPU.
 *
 * Rules for other models name device ids, which the catalogue does not have: of several rules for one GPU, the
 * one whose profiles the GPU has counts. Problems (a layout that cannot stand) go to the log, with the nearest
 * layouts that can.
 */
export function layoutsOfConfig(
  rules: readonly MigPartedRule[],
  options: { readonly geometry: MigGeometry; readonly gpuCount: number; readonly log: ImportLog },
): readonly MigMix[] {
  const { geometry, gpuCount, log } = options;
  const layouts: MigMix[] = Array.from({ length: gpuCount }, () => ({}));
  const reported = new Set<LocatedNode>();
  for (const rule of rules) {
    if (!rule.isMigEnabled) continue;
    const isOther = Object.keys(rule.instances).some(
      (name) => migProfileOf(geometry, name) === undefined,
    );
    if (isOther && rule.deviceFilter !== undefined) continue;
    const mix: Record<string, number> = {};
    for (const [name, count] of Object.entries(rule.instances)) {
      const profile = migProfileOf(geometry, name);
      if (profile !== undefined) mix[profile.name] = count;
      else if (!reported.has(rule.node)) {
        reported.add(rule.node);
        log.problems.push({ ...placeOf(rule.node.origin), ...unknownMigProfile(geometry, name) });
      }
    }
    if (placeMigMix(geometry, mix) === undefined && !reported.has(rule.node)) {
      reported.add(rule.node);
      reject(log, rule.node, "impossible-layout", impossibleMigMixText(geometry, mix));
    }
    const devices = rule.devices === "all" ? layouts.keys() : rule.devices;
    for (const device of devices) if (device < gpuCount) layouts[device] = mix;
  }
  return layouts;
}
