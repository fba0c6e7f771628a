/** What a failure takes down, and what it scales with. */
export type FailureScope = "gpu" | "node";

/** One cause of interruptions of a published study. */
export interface PublishedCause {
  /** Short name, unique in its preset; the component's name in results. */
  readonly id: string;
  readonly what: string;
  /** `gpu`: the rate grows with the GPUs of a node. `node`: it does not. */
  readonly scope: FailureScope;
  /** Interruptions within the exposure of the preset; a published rate is counts of a unit of exposure. */
  readonly count: number;
  /** False for faults after which the same machine goes on at once, such as a software bug. */
  readonly needsRepair: boolean;
}

/** Interruption rates that somebody published, with what they were observed on. */
export interface FailurePreset {
  readonly name: string;
  readonly what: string;
  readonly exposure: { readonly nodeDays: number; readonly gpusPerNode: number };
  readonly causes: readonly PublishedCause[];
  readonly source: string;
  /** What a reader must know before using it. */
  readonly validity: string;
}

/**
 * Published interruption rates. A study without an absolute rate is not here: Delta (arXiv 2503.11901, SC'25)
 * compares H100 with A100 memory (3.2 times lower mean time between errors) and advises 5 % over-provisioning,
 * and Crusoe's H200 figures are shares; neither gives failures per node and day.
 */
export const FAILURE_PRESETS: readonly FailurePreset[] = [
  {
    name: "llama3",
    what: "419 unplanned interruptions of one training job on 16 384 H100 in 54 days",
    exposure: { nodeDays: 2048 * 54, gpusPerNode: 8 },
    causes: [
      {
        id: "gpu",
        what: "faulty GPU 148, HBM3 72, GPU SRAM 19, GPU system processor 17, silent data corruption 6, thermal sensor 6",
        scope: "gpu",
        count: 268,
        needsRepair: true,
      },
      {
        id: "host",
        what: "SSD 3, power supply 3, chassis 2, IO board 2, CPU 2, system memory 2",
        scope: "node",
        count: 14,
        needsRepair: true,
      },
      { id: "nic", what: "network card 7", scope: "node", count: 7, needsRepair: true },
      {
        id: "network",
        what: "network switch or cable 35, counted per node",
        scope: "node",
        count: 35,
        needsRepair: true,
      },
      {
        id: "host-maintenance",
        what: "unplanned host maintenance 32",
        scope: "node",
        count: 32,
        needsRepair: true,
      },
      {
        id: "software",
        what: "software bug 54, NCCL watchdog 7, dependency 2",
        scope: "node",
        count: 63,
        needsRepair: false,
      },
    ],
    source:
      "The Llama 3 Herd of Models (Meta, 2024), table of interruptions, as reproduced at glennklockwood.com/garden/component-reliability; read 2026-11-21",
    validity:
      "Counts are used; the published 30.1 % for faulty GPUs does not fit them (148 of 419 is 35.3 %). Planned maintenance (47) is not in them. Split into causes that scale with GPUs or nodes by us.",
  },
  {
    name: "rsc1",
    what: "6.50 failures per 1 000 node-days of research jobs on 16 000 A100",
    exposure: { nodeDays: 1000, gpusPerNode: 8 },
    causes: [
      {
        id: "node",
        what: "infrastructure failures of all kinds",
        scope: "node",
        count: 6.5,
        needsRepair: true,
      },
    ],
    source:
      "Kokolis et al., HPCA 2025, arXiv 2410.21680 (cluster RSC-1, 11 months); read 2026-11-21",
    validity:
      "Gives the published 1.8 h at 16 384 and 0.23 h at 131 072 GPUs; not to be used for small jobs: at 1 024 GPUs the study measured 7.9 h where the rate gives 28.8 h, because small jobs fail for other reasons.",
  },
  {
    name: "opt175b",
    what: "one interruption per 7.5 h of one training job on 1 024 A100",
    exposure: { nodeDays: (128 * 7.5) / 24, gpusPerNode: 8 },
    causes: [
      {
        id: "node",
        what: "interruptions of all kinds",
        scope: "node",
        count: 1,
        needsRepair: true,
      },
    ],
    source:
      "OPT-175B training, mean time to interruption of the job, as given at glennklockwood.com/garden/job-reliability; read 2026-11-21",
    validity:
      "992 to 1 024 GPUs; 128 nodes of 8 are used, which makes the rate at most 3 % too low. Early hardware and software of 2021: a pessimistic rate.",
  },
];

/** The preset of this name, or undefined. */
export function findFailurePreset(name: string): FailurePreset | undefined {
  return FAILURE_PRESETS.find((preset) => preset.name === name);
}

const SECONDS_PER_DAY = 86_400;

/** Mean time between failures of one component (one GPU, or one node) by this cause, in seconds. */
export function meanTimeBetweenFailuresS(preset: FailurePreset, cause: PublishedCause): number {
  const { nodeDays, gpusPerNode } = preset.exposure;
  const components = cause.scope === "gpu" ? nodeDays * gpusPerNode : nodeDays;
  return (components * SECONDS_PER_DAY) / cause.count;
}

/**
 * Failures per second of one node with so many GPUs, all causes together (or those that need a repair).
 *
 * @param options.gpusPerNode GPUs of the node that is asked about, not of the study's
 */
export function failuresPerNodeS(
  preset: FailurePreset,
  options: { readonly gpusPerNode: number; readonly onlyRepairs?: boolean },
): number {
  const { gpusPerNode, onlyRepairs = false } = options;
  return preset.causes
    .filter((cause) => !onlyRepairs || cause.needsRepair)
    .reduce((sum, cause) => {
      const perNode = cause.scope === "gpu" ? gpusPerNode : 1;
      return sum + perNode / meanTimeBetweenFailuresS(preset, cause);
    }, 0);
}
