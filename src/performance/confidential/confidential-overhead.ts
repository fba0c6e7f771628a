/** What a confidential-computing mode was measured to cost somebody. */
export interface ConfidentialOverhead {
  readonly gpuFamily: "Hopper" | "Blackwell";
  readonly what: "inference" | "training" | "model loading";
  /** Share of the throughput that is lost, lowest and highest published, 0..1. */
  readonly throughputLost: readonly [number, number];
  readonly source: string;
  readonly validity: string;
}

/**
 * Published overheads of GPUs in confidential mode. They come from bytes that cross PCIe through encrypted
 * buffers, so they shrink with batch and sequence length; no figure here is a flat factor for every job.
 */
export const CONFIDENTIAL_OVERHEADS: readonly ConfidentialOverhead[] = [
  {
    gpuFamily: "Hopper",
    what: "inference",
    throughputLost: [0.04, 0.08],
    source: "arXiv 2509.18886 (H100); arXiv 2409.03992v4 finds under 7 % for most queries",
    validity:
      "Language models; near 0 for large models and long sequences, more for small batches and short inputs.",
  },
  {
    gpuFamily: "Hopper",
    what: "model loading",
    throughputLost: [1 - 1 / 1.45, 1 - 1 / 1.7],
    source: "arXiv 2505.16501: plain mode swaps models at 45 to 70 % higher throughput",
    validity: "Swapping models through host memory: every byte crosses PCIe.",
  },
  {
    gpuFamily: "Blackwell",
    what: "training",
    throughputLost: [0.18, 0.32],
    source: "tinfoil.sh, 2026-06-23 (third party)",
    validity: "One vendor's runs; the setting is not described in full.",
  },
  {
    gpuFamily: "Blackwell",
    what: "inference",
    throughputLost: [0.01, 0.3],
    source: "tinfoil.sh, 2026-06-23 (third party)",
    validity: "At low concurrency the same page reports times more than doubled.",
  },
];

const FAMILY_BY_PREFIX = [
  ["H100", "Hopper"],
  ["H200", "Hopper"],
  ["B200", "Blackwell"],
  ["GB200", "Blackwell"],
] as const;

/**
 * The published overhead for a GPU model and a kind of work; undefined where nobody published one.
 *
 * @param gpuModel name in the GPU catalogue
 */
export function confidentialOverhead(
  gpuModel: string,
  what: ConfidentialOverhead["what"],
): ConfidentialOverhead | undefined {
  const family = FAMILY_BY_PREFIX.find(([prefix]) => gpuModel.startsWith(prefix))?.[1];
  return CONFIDENTIAL_OVERHEADS.find((one) => one.gpuFamily === family && one.what === what);
}

/** Everything published for a GPU model. @param gpuModel name in the GPU catalogue */
export function confidentialOverheads(gpuModel: string): readonly ConfidentialOverhead[] {
  return (["inference", "training", "model loading"] as const).flatMap(
    (what) => confidentialOverhead(gpuModel, what) ?? [],
  );
}

/** Relative speed in confidential mode at the pessimistic end: 1 minus the most that was lost. */
export function confidentialSpeed(overhead: ConfidentialOverhead): number {
  return 1 - overhead.throughputLost[1];
}
