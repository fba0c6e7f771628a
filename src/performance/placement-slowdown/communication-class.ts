import type { Sourced } from "../virtualization/hosting-profile.js";

/** How much of a job's step is waiting for other workers' data, where only a duration is known of the job. */
export interface CommunicationClass {
  readonly name: string;
  readonly description: string;
  /** Share of the step at the best placement, 0..1. */
  readonly share: Sourced<number>;
  /** Size of the all-reduce that stands for all the job sends. */
  readonly messageBytes: Sourced<number>;
}

const MESSAGE: Sourced<number> = {
  value: 67_108_864,
  provenance: "assumed",
  source: "64 MiB: between the 25 MiB buckets of PyTorch's data parallelism and whole gradients",
};

function shareOf(value: number, why: string): Sourced<number> {
  return { value, provenance: "assumed", source: why };
}

/** Classes a scenario can name, from no communication to much. All shares are assumed. */
export const COMMUNICATION_CLASSES: readonly CommunicationClass[] = [
  {
    name: "none",
    description: "Workers do not wait for each other's data: placement does not matter.",
    share: shareOf(0, "by definition"),
    messageBytes: MESSAGE,
  },
  {
    name: "light",
    description:
      "Data-parallel training whose gradients mostly hide behind computing: 5 % of the step.",
    share: shareOf(
      0.05,
      "the training model gives 1 to 7 % for Llama-2-7B, data-parallel on 2 to 8 DGX H100 with 1 to 8 micro-batches",
    ),
    messageBytes: MESSAGE,
  },
  {
    name: "medium",
    description:
      "Training whose copies share their parameters, or a mixture of experts: 10 % of the step.",
    share: shareOf(
      0.1,
      "the training model gives 7 to 11 % for Llama-2-13B with ZeRO 3 and Mixtral-8x7B on 2 to 8 nodes with A100 or H100",
    ),
    messageBytes: MESSAGE,
  },
  {
    name: "heavy",
    description:
      "Tensor- or expert-parallel training, which exchanges data in every layer: 30 % of the step.",
    share: shareOf(
      0.3,
      "the training model gives 14 to 37 % for tensor groups of 8 of Llama models with 8 to 70 billion parameters on A100 and H100",
    ),
    messageBytes: MESSAGE,
  },
];

/** The class of that name; undefined when there is none. */
export function findCommunicationClass(name: string): CommunicationClass | undefined {
  return COMMUNICATION_CLASSES.find((one) => one.name === name);
}
