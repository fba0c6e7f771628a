import { ownText } from "../own-text.js";
import { GPU_COUNT_RULE } from "../reading/number-text.js";

/** What a Slurm TRES string says, over the whole job. */
export interface SlurmResources {
  readonly gpus: number;
  /** GPU types named in it, such as `h100`. */
  readonly gpuTypes: readonly string[];
  /** MIG profiles asked for, such as `1g.10gb`. */
  readonly migProfiles: readonly string[];
  /** Shares of `gres/shard`. */
  readonly shards: number;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly nodes: number;
}

/** Slurm counts memory in powers of 1024; without a letter it means MiB. */
const MEMORY_UNIT_BYTES: Readonly<Record<string, number>> = {
  K: 1024,
  M: 1_048_576,
  G: 1_073_741_824,
  T: 1_099_511_627_776,
  P: 1_125_899_906_842_624,
};

/** Distinct TRES texts remembered; a cluster's jobs ask for few different things. */
const REMEMBERED_MAX = 10_000;

/** Reads TRES texts and remembers them: most jobs of a trace ask for what another asked for. */
export function createTresParser(): (text: string) => SlurmResources | undefined {
  const known = new Map<string, SlurmResources | undefined>();
  return (text) => {
    if (known.has(text)) return known.get(text);
    const resources = parseTres(text);
    if (known.size >= REMEMBERED_MAX) known.clear();
    known.set(ownText(text), resources);
    return resources;
  };
}

const MIG_PROFILE = /^\d+g\.\d+gb/;

/**
 * Reads `billing=128,cpu=128,gres/gpu:h100=16,gres/gpu=16,mem=1T,node=2`.
 *
 * Typed and untyped GPUs are the same GPUs twice: the untyped count is used, and the sum of the typed
 * ones where it is missing.
 *
 * @returns undefined when some amount is no number
 */
function parseTres(text: string): SlurmResources | undefined {
  let untyped: number | undefined;
  let typed = 0;
  const gpuTypes: string[] = [];
  const migProfiles: string[] = [];
  const amounts = { cpu: 0, mem: 0, node: 0, shards: 0 };
  for (const entry of text.split(",")) {
    if (entry === "") continue;
    const equals = entry.lastIndexOf("=");
    const name = entry.slice(0, equals);
    const amount = amountOf(name, entry.slice(equals + 1));
    if (equals === -1 || Number.isNaN(amount)) return undefined;
    // A part of a GPU or node is none of Slurm's: the text is damaged.
    if ((name.startsWith("gres/gpu") || name === "node") && !isCount(amount)) return undefined;
    if (name === "cpu" || name === "mem" || name === "node") amounts[name] = amount;
    else if (name === "gres/gpu") untyped = amount;
    else if (name.startsWith("gres/gpu:")) {
      const type = name.slice("gres/gpu:".length);
      if (amount > 0) (MIG_PROFILE.test(type) ? migProfiles : gpuTypes).push(type);
      typed += amount;
    } else if (name.startsWith("gres/shard")) amounts.shards = Math.max(amounts.shards, amount);
  }
  return {
    gpus: untyped ?? typed,
    gpuTypes,
    migProfiles,
    shards: amounts.shards,
    cpus: amounts.cpu,
    memoryBytes: amounts.mem,
    nodes: amounts.node,
  };
}

function isCount(amount: number): boolean {
  return Number.isInteger(amount) && amount <= GPU_COUNT_RULE.max;
}

function amountOf(name: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGTP])?$/.exec(text);
  if (match === null) return Number.NaN;
  const value = Number(match[1]);
  const unit = match[2];
  if (name === "mem") return Math.round(value * MEMORY_UNIT_BYTES[unit ?? "M"]!);
  // Large counts may be written with a decimal letter, such as billing=1.5K.
  const power = unit === undefined ? 0 : "KMGTP".indexOf(unit) + 1;
  let scale = 1;
  for (let step = 0; step < power; step += 1) scale *= 1000;
  return value * scale;
}
