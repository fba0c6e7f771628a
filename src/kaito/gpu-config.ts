/** What the estimator knows about the GPUs of one node. */
export interface GpuConfig {
  /** Of the SKU, or of the labels it was made from. */
  readonly name: string;
  /** GPUs of one node. */
  readonly gpus: number;
  /** Memory of all GPUs of one node in GiB. */
  readonly memoryGi: number;
  /** As KAITO names the model, such as `NVIDIA A100`. */
  readonly gpuModel: string;
  /** Name of the MIG profile the node hands out, where it is partitioned. */
  readonly migProfile?: string;
}

/** Labels of one ready node, as `kubectl get nodes -o json` has them. */
export type NodeLabels = Readonly<Record<string, string>>;

/** Something KAITO refuses, in its own words as far as they are known (serving of v0.12.0). */
export class KaitoRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "KaitoRefusal";
  }
}

const PRODUCT = "nvidia.com/gpu.product";
const COUNT = "nvidia.com/gpu.count";
const MEMORY = "nvidia.com/gpu.memory";

/**
 * GPUs of nodes a user brings, from the labels of GPU feature discovery: `gpu.memory` is MiB of one GPU,
 * rounded to whole GiB. All nodes must agree.
 *
 * @throws KaitoRefusal without ready nodes, without labels, and for nodes that differ
 */
export function gpuConfigOfNodes(nodes: readonly NodeLabels[]): GpuConfig {
  const [first] = nodes;
  if (first === undefined)
    throw new KaitoRefusal("no ready nodes found, unable to determine GPU configuration");
  for (const label of [PRODUCT, COUNT, MEMORY]) {
    const values = [...new Set(nodes.map((node) => node[label] ?? ""))];
    if (values.includes("")) {
      throw new KaitoRefusal(
        `failed to get GPU config from existing nodes: a node has no label ${label}`,
      );
    }
    if (values.length > 1) {
      const what = label.slice(label.lastIndexOf(".") + 1);
      throw new KaitoRefusal(`Non-uniform GPU ${what}: ${values.join(", ")}`);
    }
  }
  const gpus = wholeNumber(COUNT, first[COUNT]!);
  const perGpuGi = Math.round(wholeNumber(MEMORY, first[MEMORY]!) / 1024);
  const product = first[PRODUCT]!;
  return { name: product, gpus, memoryGi: perGpuGi * gpus, gpuModel: product };
}

function wholeNumber(label: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new KaitoRefusal(
      `failed to get GPU config from existing nodes: label ${label} must be a whole number above 0, got "${text}"`,
    );
  }
  return Number(text);
}

/** MIG profiles KAITO knows: those of A30, A100 40/80 GB, H100 80/94/96 GB, H200 and B200. */
export const MIG_PROFILES: readonly string[] = [
  ...["1g.6gb", "2g.12gb", "4g.24gb"],
  ...["1g.5gb", "1g.10gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb"],
  ...["1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"],
  ...["1g.12gb", "1g.24gb", "2g.24gb", "3g.47gb", "4g.47gb", "7g.94gb"],
  ...["3g.48gb", "4g.48gb", "7g.96gb"],
  ...["1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb"],
  ...["1g.23gb", "1g.45gb", "2g.45gb", "3g.90gb", "4g.90gb", "7g.180gb"],
];

/**
 * One MIG instance as a node of one GPU, with the memory its name says, in GiB.
 *
 * @throws KaitoRefusal for a profile KAITO does not know
 */
export function gpuConfigOfMig(profile: string): GpuConfig {
  if (!MIG_PROFILES.includes(profile)) {
    throw new KaitoRefusal(
      `failed to get MIG GPU config: unknown MIG profile "${profile}", must be one of ${MIG_PROFILES.join(", ")}`,
    );
  }
  const memoryGi = Number(/\.(\d+)gb$/.exec(profile)![1]);
  return { name: `MIG ${profile}`, gpus: 1, memoryGi, gpuModel: "", migProfile: profile };
}

/**
 * Some of a node's GPUs, in the `accelerator` partition mode.
 *
 * @throws KaitoRefusal when there are not as many
 */
export function gpuConfigOfAccelerators(node: GpuConfig, count: number): GpuConfig {
  if (count > node.gpus) {
    throw new KaitoRefusal(
      `partition count ${count} exceeds GPUs available on the node (${node.gpus})`,
    );
  }
  return { ...node, gpus: count, memoryGi: Math.floor(node.memoryGi / node.gpus) * count };
}
