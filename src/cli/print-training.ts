import { formatBytes } from "../base/units.js";
import type { TrainingEstimate } from "../studies/training/estimate-training.js";
import { alignColumns, wrapText } from "./text-layout.js";

const RECOMPUTED = {
  none: "no activations computed again",
  selective: "attention scores computed again",
  full: "all activations computed again",
} as const;

/** The estimate for a terminal: the answer first, then where the time and the memory go, then the sources. */
export function printTraining(estimate: TrainingEstimate): string {
  return [
    wrapText(settingText(estimate)),
    "",
    wrapText(answerText(estimate)),
    ...alternativeLines(estimate),
    "",
    `One step of ${seconds(estimate.step.totalS)}:`,
    ...stepRows(estimate),
    "",
    `Memory of the fullest GPU (stage ${estimate.memory.stage + 1} of ${estimate.parallelism.pipeline}), ${gigabytes(estimate.memory.totalBytes)} of ${gigabytes(estimate.memory.availableBytes)}:`,
    ...memoryRows(estimate),
    "",
    "What it rests on:",
    ...inputLines(estimate),
  ].join("\n");
}

function settingText({ model, machine, parallelism, precision }: TrainingEstimate): string {
  const { tensor, pipeline, data, expert, virtualStages } = parallelism;
  const parts = [
    `tp=${tensor}`,
    `pp=${pipeline}`,
    `dp=${data}`,
    ...(expert > 1 ? [`ep=${expert}`] : []),
    ...(virtualStages > 1 ? [`vp=${virtualStages}`] : []),
  ].join(",");
  const size = `${billions(model.parameters)} parameters${
    model.activeParameters < model.parameters
      ? `, ${billions(model.activeParameters)} of them per token`
      : ""
  }`;
  return (
    `${model.name} (${size}) on ${machine.nodes} × ${machine.name}, ${machine.gpus} ${machine.gpuModel}: ` +
    `${parts}, ZeRO ${parallelism.zeroStage}, ${parallelism.globalBatch} sequences of ${parallelism.sequence} tokens a step, ` +
    `micro-batches of ${parallelism.microBatch}, ${precision}, ${RECOMPUTED[parallelism.recomputation]}${adapterText(parallelism)}.`
  );
}

function adapterText({ adapter }: TrainingEstimate["parallelism"]): string {
  if (adapter === undefined) return "";
  const method = adapter.weights === "nf4" ? "QLoRA, frozen weights in 4 bits" : "LoRA";
  return `; only adapters of rank ${adapter.rank} on every matrix are trained (${method})`;
}

function answerText(estimate: TrainingEstimate): string {
  const { fits, memory, tokensPerS, tokensPerGpuS, modelFlopPerGpuS, mfu, extrapolated } = estimate;
  const speed =
    `${whole(tokensPerS)} tokens/s, ${whole(tokensPerGpuS)} per GPU; ` +
    `${whole(modelFlopPerGpuS / 1e12)} TFLOP/s per GPU, MFU ${percent(mfu)}` +
    (extrapolated ? " (some communication times are outside of what was measured)" : "");
  return fits
    ? `It fits. ${speed}.`
    : `It does not fit: the fullest GPU needs ${gigabytes(memory.totalBytes)} and has ${gigabytes(memory.availableBytes)}. With enough memory it would reach ${speed}.`;
}

function alternativeLines({ fits, alternatives }: TrainingEstimate): readonly string[] {
  if (fits) return [];
  if (alternatives.length === 0)
    return ["", "No change of one thing makes it fit: use more GPUs and more stages."];
  return [
    "",
    "It fits after one of these changes:",
    ...alternatives
      .slice(0, 5)
      .map(
        ({ change, memoryBytes, gpus }) => `  ${change}: ${gigabytes(memoryBytes)}, ${gpus} GPUs`,
      ),
  ];
}

function stepRows({ step }: TrainingEstimate): readonly string[] {
  const rows: readonly (readonly [string, number])[] = [
    ["matrix multiplications", step.matmulS],
    ["norms, activations, loss (memory-bound)", step.elementwiseS],
    ["waiting in tensor groups", step.tensorS],
    ["exchanging tokens of experts", step.expertS],
    ["sending between stages", step.pipelineSendS],
    ["pipeline bubble", step.bubbleS],
    ["gradients and parameters of copies, not hidden", step.dataS],
    ["optimizer", step.optimizerS],
  ];
  const used = rows.filter(([, value]) => value > 0);
  return alignColumns(
    used.map(([what, value]) => [what, seconds(value), percent(value / step.totalS)]),
  );
}

function memoryRows({ memory }: TrainingEstimate): readonly string[] {
  const rows: readonly (readonly [string, number])[] = [
    ["parameters", memory.parametersBytes],
    ["gradients", memory.gradientsBytes],
    ["optimizer state", memory.optimizerBytes],
    ["activations", memory.activationsBytes],
    ["driver, buffers, gaps (assumed)", memory.reservedBytes],
  ];
  return alignColumns(rows.map(([what, bytes]) => [what, gigabytes(bytes)]));
}

/** Inputs line by line, their sources below, each once. */
function inputLines({ inputs }: TrainingEstimate): readonly string[] {
  const sources = [...new Set(inputs.map(({ source }) => source))];
  return [
    ...inputs.map(
      ({ what, value, provenance, source }) =>
        `- ${wrapText(`${what}: ${value} (${provenance} [${sources.indexOf(source) + 1}])`, 2)}`,
    ),
    "",
    ...sources.map((source, index) => {
      const mark = `[${index + 1}] `;
      return mark + wrapText(source, mark.length);
    }),
  ];
}

const billions = (count: number): string => `${Number((count / 1e9).toPrecision(3))} billion`;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const gigabytes = (bytes: number): string => formatBytes(bytes, { units: "decimal" });
const whole = (value: number): string => String(Math.round(value));
const seconds = (value: number): string =>
  value < 0.001
    ? `${(value * 1e6).toFixed(0)} µs`
    : value < 1
      ? `${(value * 1e3).toFixed(1)} ms`
      : `${value.toFixed(2)} s`;
