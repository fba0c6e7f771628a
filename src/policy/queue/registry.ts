import { conservativeBackfill, easyBackfill } from "./policies/backfill.js";
import { fairShare } from "./policies/fair-share.js";
import { fifoSkip, fifoStrict } from "./policies/fifo.js";
import { gittins } from "./policies/gittins.js";
import { las } from "./policies/las.js";
import { priority, priorityPreemption } from "./policies/priority.js";
import { sjf } from "./policies/sjf.js";
import { smallestFirst } from "./policies/smallest-first.js";
import { srtf } from "./policies/srtf.js";
import type {
  QueueOptionValue,
  QueuePolicy,
  QueuePolicyEntry,
  QueuePolicyOption,
  QueuePolicySpec,
} from "./types.js";

/** Every queue policy by name, in the order the reference lists them. */
export const QUEUE_POLICIES: readonly QueuePolicyEntry[] = [
  fifoStrict,
  fifoSkip,
  sjf,
  smallestFirst,
  srtf,
  las,
  gittins,
  priority,
  priorityPreemption,
  easyBackfill,
  conservativeBackfill,
  fairShare,
];

/** One thing wrong with a queue policy spec; the caller knows the file and the position. */
export interface QueuePolicyFault {
  /** The option that is wrong; absent when the policy's name is. */
  readonly option?: string;
  readonly message: string;
  readonly allowed: readonly string[];
}

/** Everything that is wrong with the name and the options; empty when the policy can be made. */
export function checkQueuePolicy(spec: QueuePolicySpec): readonly QueuePolicyFault[] {
  const entry = QUEUE_POLICIES.find((candidate) => candidate.name === spec.name);
  if (entry === undefined) {
    const allowed = QUEUE_POLICIES.map((candidate) => candidate.name);
    return [
      { message: `queue policy must be one of ${allowed.join(", ")}, got "${spec.name}"`, allowed },
    ];
  }
  return Object.entries(spec.options ?? {}).flatMap(([name, value]) => {
    const option = entry.options.find((candidate) => candidate.name === name);
    if (option === undefined) {
      const allowed = entry.options.map((candidate) => candidate.name);
      const known =
        allowed.length === 0 ? "it has no options" : `its options are ${allowed.join(", ")}`;
      return [
        {
          option: name,
          message: `queue policy ${entry.name} has no option "${name}": ${known}`,
          allowed,
        },
      ];
    }
    const rule = brokenRule(option, value);
    if (rule === undefined) return [];
    const message = `queue policy ${entry.name}: ${name} must be ${rule}, got ${JSON.stringify(value)}`;
    return [{ option: name, message, allowed: option.allowed ?? [] }];
  });
}

/**
 * Makes the policy a spec names, with the defaults filled in.
 *
 * @throws RangeError when the name or an option is not valid; `checkQueuePolicy` says so beforehand
 */
export function createQueuePolicy(spec: QueuePolicySpec): QueuePolicy {
  const faults = checkQueuePolicy(spec);
  if (faults.length > 0) throw new RangeError(faults.map((fault) => fault.message).join("\n"));
  const entry = QUEUE_POLICIES.find((candidate) => candidate.name === spec.name)!;
  const defaults = Object.fromEntries(entry.options.map((option) => [option.name, option.default]));
  return entry.create({ ...defaults, ...spec.options });
}

/** What the option must be, when the value is not that. */
function brokenRule(option: QueuePolicyOption, value: QueueOptionValue): string | undefined {
  switch (option.type) {
    case "choice":
      return option.allowed?.includes(String(value))
        ? undefined
        : `one of ${(option.allowed ?? []).join(", ")}`;
    case "boolean":
      return typeof value === "boolean" ? undefined : "true or false";
    case "number": {
      const [low, high] = option.range ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
      const inRange = typeof value === "number" && value >= low && value <= high;
      return inRange ? undefined : `a number from ${low} to ${high}`;
    }
  }
}
