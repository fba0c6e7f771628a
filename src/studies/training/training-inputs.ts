import { NF4_BITS } from "../../performance/training/adapter-training.js";
import { gpuRatesOf } from "../../performance/compute/gpu-rates.js";
import { HIDDEN_SHARE, KERNEL_SHARE } from "../../performance/training/training-step.js";
import type { Sourced } from "../../performance/virtualization/hosting-profile.js";
import type { TrainingSetting } from "./training-setting.js";

/** A number the estimate rests on. */
export interface TrainingInput {
  readonly id: string;
  readonly what: string;
  readonly value: string;
  readonly provenance: Sourced<unknown>["provenance"];
  readonly source: string;
}

/** Every number an estimate rests on. */
export function trainingInputs(
  setting: TrainingSetting,
  communicationSources: readonly string[],
): readonly TrainingInput[] {
  const { model, known } = setting;
  return [
    {
      id: "model",
      what: `Sizes of ${model.name}`,
      value: `${model.layers} layers of width ${model.hidden}, ${model.heads} heads, vocabulary ${model.vocabulary}`,
      provenance: "published",
      source: model.source,
    },
    ...rateInputs(setting),
    ...(setting.parallelism.adapter?.weights === "nf4"
      ? [
          {
            id: "packed-weights",
            what: "Bits of a frozen weight",
            value: String(NF4_BITS.value),
            provenance: NF4_BITS.provenance,
            source: NF4_BITS.source,
          },
        ]
      : []),
    {
      id: "links",
      what: "Links of a node",
      value: known.what,
      provenance: known.provenance,
      source: known.source,
    },
    ...communicationSources.map((source, index): TrainingInput => ({
      id: `communication-${index + 1}`,
      what: "Time of collective operations",
      value: "by size and place",
      provenance: "published",
      source,
    })),
    {
      id: "reserved",
      what: "Memory that the driver, communication buffers and gaps take of each GPU",
      value: "4 GB",
      provenance: "assumed",
      source: "nobody published it for training programs in general",
    },
  ];
}

function rateInputs({ gpu, precision }: TrainingSetting): readonly TrainingInput[] {
  const { matmulFlopPerS, peakFlopPerS, streamBytesPerS } = gpuRatesOf(gpu, precision);
  const teraflops = (value: number): string => `${Number((value / 1e12).toPrecision(4))} TFLOP/s`;
  const rows: readonly (readonly [string, string, string, Sourced<unknown>])[] = [
    [
      "peak",
      "Dense bf16 peak of a GPU, which MFU is a share of",
      teraflops(peakFlopPerS.value),
      peakFlopPerS,
    ],
    [
      "matmul",
      `Best large ${precision} multiplication`,
      teraflops(matmulFlopPerS.value),
      matmulFlopPerS,
    ],
    [
      "kernel-share",
      "Rate of the model's multiplications over that",
      String(KERNEL_SHARE.value),
      KERNEL_SHARE,
    ],
    [
      "stream",
      "Memory bandwidth that kernels reach",
      `${Number((streamBytesPerS.value / 1e9).toPrecision(4))} GB/s`,
      streamBytesPerS,
    ],
    [
      "hidden-share",
      "Part of the communication among copies that hides behind computing",
      String(HIDDEN_SHARE.value),
      HIDDEN_SHARE,
    ],
  ];
  return rows.map(([id, what, value, { provenance, source }]) => ({
    id,
    what,
    value,
    provenance,
    source,
  }));
}
