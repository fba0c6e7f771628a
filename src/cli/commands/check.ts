import type { Command } from "commander";

import { CACHE_RULES } from "../../performance/llm/cache-blocks.js";
import { checkModel } from "../../studies/model-fit/check-model.js";
import { LATENCY_GOALS } from "../../studies/model-fit/goals.js";
import { registerCheckAzureMl } from "../check-azureml.js";
import {
  calibratedCatalogue,
  catalogueWith,
  oneMoreFile,
  requireCalibrated,
} from "../catalogue-file.js";
import {
  type CheckOptions,
  fitQuestion,
  namedModel,
  namedPlace,
  STEP_NAMES,
} from "../check-setting.js";
import { EXIT_CODES } from "../exit-codes.js";
import { checkLines } from "../print-check.js";

/** `headroom check`: whether something will work, before there is a machine for it. */
export function registerCheck(program: Command): void {
  const check = program
    .command("check")
    .summary(
      "whether a model fits on machines, or manifests of AzureML work, before there is a cluster",
    );
  registerCheckAzureMl(check);
  check
    .command("model")
    .summary("nodes, parallelism, KV cache, throughput and cost of a model on machines")
    .description(
      "Says whether a model fits on machines and how: nodes, parallelism, tokens of cache, requests at once, throughput\n" +
        "at the load that latency goals permit, cost, and which machines of the catalogue would be cheaper.",
    )
    .argument(
      "<model>",
      "a preset of KAITO (full or short name), another model of the catalogue, or the file config.json of any decoder",
    )
    .requiredOption(
      "--on <place>",
      "a machine (Standard_ND96isr_H100_v5, g6.12xlarge, L40S-4x), a GPU, or a file with an inventory",
    )
    .option("--mig <profile>", "instances of MIG in place of whole GPUs, such as 3g.40gb")
    .option("--gpus <n>", "GPUs side by side in one machine, where --on names a GPU", "1")
    .option(
      "--slo <list>",
      `goals such as ttft-p95=500ms,tpot-p95=40ms: ${LATENCY_GOALS.join(", ")}`,
    )
    .option("--prompt <tokens>", "tokens of a prompt", "2048")
    .option("--output <tokens>", "tokens of an answer", "256")
    .option("--tensor-parallel <n>", "insist on so many GPUs per layer; tried when absent")
    .option("--pipeline-parallel <n>", "insist on so many stages")
    .option("--expert-ranks <n>", "insist on so many data-parallel ranks that share the experts")
    .option("--step-model <name>", `how steps are timed: ${STEP_NAMES.join(", ")}`, "auto")
    .option(
      "--cache-rule <name>",
      `what is left for the cache: ${CACHE_RULES.map(({ name }) => name).join(", ")}`,
      CACHE_RULES[0]!.name,
    )
    .option("--cache-blocks <n>", "measured blocks of 16 tokens of one engine, instead of a rule")
    .option("--cache-format <name>", "bf16 or fp8 (kv-cache-dtype)", "bf16")
    .option(
      "--memory-utilization <share>",
      "gpu-memory-utilization of vLLM; the rule's when absent",
    )
    .option("--link <rate,latency>", "one link for all exchange between GPUs, such as 16GB/s,20us")
    .option("--max-batched-tokens <n>", "max_num_batched_tokens of vLLM", "2048")
    .option("--max-requests <n>", "max_num_seqs of vLLM", "256")
    .option("--nodes-max <n>", "machines at most for one copy of the model", "8")
    .option("--file <file>", "a hardware catalogue of your own, with prices")
    .option(
      "--calibration <file>",
      "rates measured on a GPU, in place of published ones (may be repeated)",
      oneMoreFile,
    )
    .option("--json", "print the answer as one JSON object")
    .addHelpText(
      "after",
      `
The exit code is 1 when the model does not fit or does not keep the goals.

Examples:
  headroom check model llama-3.1-8b-instruct --on Standard_NC24ads_A100_v4
  headroom check model llama-3.3-70b-instruct --on Standard_ND96isr_H100_v5 --slo ttft-p95=1s,tpot-p95=40ms
  headroom check model gpt-oss-120b --on L40S-4x --prompt 4096 --output 512 --json
  headroom check model ./Mixtral-8x22B/config.json --on inventory.yaml`,
    )
    .action(run);
}

async function run(name: string, options: CheckOptions, command: Command): Promise<void> {
  const catalogue = await calibratedCatalogue(
    await catalogueWith(options.file),
    options.calibration,
  );
  const named = await namedModel(name);
  const machines = await namedPlace(options, catalogue);
  requireCalibrated(
    options.calibration,
    machines.map(({ host }) => host.gpu),
  );
  const document = checkModel(named.asked, fitQuestion(named, options), machines, catalogue);
  const text =
    options.json === true ? JSON.stringify(document, null, 2) : checkLines(document).join("\n");
  command.configureOutput().writeOut?.(`${text}\n`);
  if (!document.fits || document.meetsGoals === false) process.exitCode = EXIT_CODES.failed;
}
