import { InvalidArgumentError } from "commander";

import { parseDuration } from "../base/units/parse-duration.js";
import { parseShare } from "../base/units/parse-number.js";
import type { Parsed } from "../base/units/parsed.js";
import { BACKEND_NAMES, type BackendName } from "../benchmark/backend.js";
import { availableBackends, type WantedDevice } from "../benchmark/run/measure-suite.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";

/** Most tenants at once: more threads than that measure the host. */
const TENANTS_MAX = 64;

/** `webgpu`, `webgpu:1`, `webgpu,tfjs`: backends with the number of a device, the first when none is given. */
export function parseDevices(text: string, earlier: readonly WantedDevice[] = []): WantedDevice[] {
  const devices = text.split(",").map((part) => {
    const [name = "", index = "0", ...rest] = part.trim().split(":");
    if (!(BACKEND_NAMES as readonly string[]).includes(name)) {
      const names = availableBackends();
      const near = didYouMean(name, names);
      throw new InvalidArgumentError(
        `There is no backend "${name}", only ${names.join(", ")}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
      );
    }
    if (!/^\d{1,3}$/.test(index) || rest.length > 0) {
      throw new InvalidArgumentError(`A device is a number from 0, as in ${name}:1.`);
    }
    return { backend: name as BackendName, deviceIndex: Number(index) };
  });
  return [...earlier, ...devices];
}

/** `4`, `1,2,4` or `1..4`. */
export function parseTenants(text: string): readonly number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text.trim());
  const counts =
    range === null
      ? text.split(",").map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : Number.NaN))
      : Array.from(
          {
            length: Math.min(TENANTS_MAX + 1, Math.max(0, Number(range[2]) - Number(range[1]) + 1)),
          },
          (_, index) => Number(range[1]) + index,
        );
  if (counts.length === 0 || counts.some((count) => !(count >= 1 && count <= TENANTS_MAX))) {
    throw new InvalidArgumentError(
      `Tenants are numbers from 1 to ${TENANTS_MAX}: 4, 1,2,4 or 1..4.`,
    );
  }
  return [...new Set(counts)].sort((a, b) => a - b);
}

/** A whole number within a range, for an option. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It is a whole number from ${low} to ${high}.`);
  };
}

/** A duration such as 5m, in seconds. */
export function durationOption(text: string): number {
  return valueOf(parseDuration(text));
}

/** A percentage such as 2%, as a share. */
export function shareOption(text: string): number {
  return valueOf(parseShare(text));
}

/** `ID=1.1`, once per case. */
export function parsePlanted(
  text: string,
  earlier: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const at = text.lastIndexOf("=");
  const factor = Number(text.slice(at + 1));
  if (at < 1 || !(factor >= 0.5 && factor <= 10)) {
    throw new InvalidArgumentError(
      "Write the id of a case and the factor of work, as in webgpu/copy/fp32/e1048576=1.1.",
    );
  }
  return new Map([...earlier, [text.slice(0, at), factor]]);
}

function valueOf(parsed: Parsed): number {
  if (parsed.ok) return parsed.value;
  throw new InvalidArgumentError(`${parsed.message}.`);
}
