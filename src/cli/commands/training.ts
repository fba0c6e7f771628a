import type { Command } from "commander";

import { EXIT_CODES } from "../exit-codes.js";
import { printTraining } from "../print-training.js";
import { trainingSettingOf, type TrainingOptions } from "../training-setting.js";
import { estimateTraining } from "../../studies/training/estimate-training.js";

/** `headroom training`: step time, throughput and memory of a model on machines of the catalogue. */
export function registerTraining(program: Command): void {
  program
    .command("training")
    .summary("how fast a model trains on machines of the catalogue, and whether it fits")
    .description(
      "Estimates the step time of a transformer, where it goes, the tokens per second and the memory of the fullest GPU, without a scenario.",
    )
    .argument("<model>", "model of the catalogue, such as Llama-3-70B, GPT-3-175B or Mixtral-8x7B")
    .requiredOption(
      "--on <machine>",
      'machine of the catalogue, such as "DGX H100" or Standard_ND96isr_H100_v5',
    )
    .option("--nodes <number>", "machines", "1")
    .option(
      "--parallel <list>",
      "tp (tensor), pp (pipeline), dp (copies), ep (experts), vp (virtual stages), such as tp=8,pp=4; dp is what is left when absent",
    )
    .option(
      "--batch <sequences>",
      "sequences of one optimizer step; eight micro-batches per stage when absent",
    )
    .option("--micro-batch <sequences>", "sequences that go through the model together", "1")
    .option("--sequence <tokens>", "tokens of a sequence; the model's own when absent")
    .option(
      "--zero <stage>",
      "what copies share: 0 nothing, 1 optimizer state, 2 gradients too, 3 parameters too",
      "1",
    )
    .option(
      "--recompute <what>",
      "activations computed again: none, selective or full",
      "selective",
    )
    .option("--precision <format>", "large multiplications in bf16 or fp8", "bf16")
    .option(
      "--adapters <method>",
      "fine-tune low-rank adapters only: lora, or qlora (frozen weights in 4 bits)",
    )
    .option("--rank <width>", "inner width of the adapters (default: 16)")
    .option("--json", "print the estimate as one JSON object")
    .addHelpText(
      "after",
      `
The exit code is 1 when the model does not fit.

Examples:
  headroom training Llama-3-8B --on "DGX H100"
  headroom training Llama-3-70B --on Standard_ND96isr_H100_v5 --nodes 16 --parallel tp=8,pp=4 --batch 1024
  headroom training GPT-3-175B --on "DGX A100" --gpu A100-80GB-SXM --nodes 48 --parallel tp=8,pp=12 --recompute full --json`,
    )
    .option("--gpu <model>", "GPU of a machine that is sold with several")
    .action(
      (model: string, options: TrainingOptions & { readonly json?: true }, command: Command) => {
        const estimate = estimateTraining(trainingSettingOf(model, options));
        const text =
          options.json === true ? JSON.stringify(estimate, null, 2) : printTraining(estimate);
        command.configureOutput().writeOut?.(`${text}\n`);
        if (!estimate.fits) process.exitCode = EXIT_CODES.failed;
      },
    );
}
