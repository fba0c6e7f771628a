import type { Command } from "commander";

import { ENCODER_MODELS } from "../../performance/retrieval/encoder-model.js";
import { runEncoder } from "../../studies/serve/run-encoder.js";
import { encoderLines } from "../print-encoder.js";
import { encoderOf, type EncoderOptions } from "./serve-encoder-options.js";
import { duration, optionError } from "./serve-options.js";
import { addTrafficOptions, trafficOf, type TrafficOptions } from "./serve-traffic-options.js";

interface Options extends EncoderOptions, TrafficOptions {
  readonly latency?: string;
  readonly json?: true;
}

/** `headroom serve encoder`: models that read a text and write no tokens, on CPU cores or a GPU. */
export function registerServeEncoder(serve: Command): void {
  const encoder = serve
    .command("encoder")
    .summary("latency of an embedding, reranking or classifying model, on CPU cores or a GPU")
    .description(
      "Lets requests line up before replicas of a model that reads a text in one go and writes no\n" +
        "tokens, as ONNX Runtime serves them: latency, waiting, how busy it is, the most it could answer,\n" +
        "and whether it keeps up. Prompts of the traffic are the texts; its answers do not count.",
    )
    .argument("[trace]", "requests (gzip too)")
    .option("--model <name>", `encoder: ${ENCODER_MODELS.map(({ name }) => name).join(", ")}`)
    .option("--gflop <n>", "in place of a model: computation of one request, in 10^9 operations")
    .option("--bytes <size>", "with --gflop: memory it reads, such as the weights: 340MB")
    .option("--time <time>", "in place of a model: time of one request as you measured it")
    .option("--cores <n>", "CPU cores of each replica; all of them work on one text")
    .option("--gpu <name>", "GPU of each replica")
    .option("--replicas <n>", "replicas", "1")
    .option("--concurrency <n>", "with --time: requests a replica works on at once")
    .option("--latency <time>", "target for a request, waiting included");
  addTrafficOptions(encoder)
    .option("--json", "print the result as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  headroom serve encoder --model bge-base-en-v1.5 --cores 4 --replicas 2 --prompt-tokens lognormal:120,0.6 --rate 12
  headroom serve encoder requests.csv --model bge-m3 --gpu L4 --latency 200ms
  headroom serve encoder --gflop 5 --bytes 340MB --cores 8 --prompt-tokens 128 --rate 20 --json`,
    )
    .action(run);
}

async function run(trace: string | undefined, options: Options): Promise<void> {
  const asked = options.promptTokens === undefined ? options : { outputTokens: "1", ...options };
  const { traffic } = await trafficOf(trace, asked, undefined, false);
  const requests = traffic.demand(options.seed);
  if (requests.count === 0)
    throw optionError("--rate", "no request comes", "raise --rate or --duration");
  const tokens = requests.promptTokens.reduce((sum, one) => sum + one, 0);
  const document = runEncoder(
    encoderOf(options, Math.round(tokens / requests.count)),
    traffic,
    options.seed,
    options.latency === undefined ? undefined : duration("--latency", options.latency),
  );
  const text =
    options.json === true ? JSON.stringify(document, null, 2) : encoderLines(document).join("\n");
  process.stdout.write(`${text}\n`);
}
