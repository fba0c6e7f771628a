import { gangGpuMilli } from "../gang/gang-gpu-milli.js";
import type {
  Overtaking,
  QueueOptionValue,
  QueuePolicy,
  QueuePolicyEntry,
  QueuePolicyOption,
  QueuePolicySpec,
} from "./types.js";

const blockingOption: QueuePolicyOption = {
  name: "blocking",
  type: "choice",
  allowed: ["skip", "head"],
  default: "skip",
  description:
    "`skip` passes over a job that does not fit and goes on; `head` stops the queue at the first job that does not fit.",
};

function overtakingOf(options: Readonly<Record<string, QueueOptionValue>>): Overtaking {
  return options["blocking"] === "head" ? "none" : "any";
}

/** Every queue policy by name, in the order the reference lists them. */
export const QUEUE_POLICIES: readonly QueuePolicyEntry[] = [
  {
    name: "fifo-strict",
    description:
      "First in, first out, and nobody overtakes: the queue is walked in order of submission (file order between equal times) and stops at the first job that does not fit.",
    options: [],
    create: () => ({
      kind: "static-order",
      name: "fifo-strict",
      primaryKeys: (jobs) => jobs.submitS,
      overtaking: "none",
    }),
  },
  {
    name: "fifo-skip",
    description:
      "First in, first out, and a job that does not fit is passed over: the queue is walked in order of submission (file order between equal times) and every job that fits starts. Large jobs may wait for ever.",
    options: [],
    create: () => ({
      kind: "static-order",
      name: "fifo-skip",
      primaryKeys: (jobs) => jobs.submitS,
      overtaking: "any",
    }),
  },
  {
    name: "sjf",
    description:
      "Shortest job first by the true duration of the job (an oracle: no real queue knows it), file order between equal durations; a job once started runs to its end.",
    options: [blockingOption],
    create: (options) => ({
      kind: "static-order",
      name: "sjf",
      primaryKeys: (jobs) => jobs.durationS,
      overtaking: overtakingOf(options),
    }),
  },
  {
    name: "smallest-first",
    description:
      "Fewest GPUs first (workers x GPUs per worker, shares counted as shares), order of submission between equal sizes, then file order; a job once started runs to its end.",
    options: [blockingOption],
    create: (options) => ({
      kind: "static-order",
      name: "smallest-first",
      primaryKeys: (jobs) =>
        Float64Array.from({ length: jobs.count }, (_, job) => gangGpuMilli(jobs, job)),
      secondaryKeys: (jobs) => jobs.submitS,
      overtaking: overtakingOf(options),
    }),
  },
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
