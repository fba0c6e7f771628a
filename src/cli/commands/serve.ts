import type { Command } from "commander";

import { readTextFile } from "../../io/read-file.js";
import { runServe } from "../../studies/serve/run-serve.js";
import { requireReplica } from "../../studies/serve/settle-replica.js";
import {
  type MeasuredSummary,
  parseMeasuredSummary,
  summarizeMeasured,
} from "../../workload/requests/measured-summary.js";
import { REQUEST_FORMATS, type RequestsRead } from "../../workload/requests/read-requests.js";
import { serveLines } from "../print-serve.js";
import { createProgressLine } from "../terminal.js";
import { optionError, wholeNumber } from "./serve-options.js";
import { registerServeDescribe } from "./serve-describe.js";
import { registerServeDraw } from "./serve-draw.js";
import { registerServeEncoder } from "./serve-encoder.js";
import { registerServePlan } from "./serve-plan.js";
import {
  addReplicaOptions,
  type ReplicaOptions,
  replicaSettings,
} from "./serve-replica-options.js";
import {
  addDecodingOptions,
  addServiceOptions,
  serviceOf,
  type ServiceOptions,
} from "./serve-service-options.js";
import { addTargetOptions, type TargetOptions, targetsOf } from "./serve-targets.js";
import { addTrafficOptions, trafficOf, type TrafficOptions } from "./serve-traffic-options.js";

interface ServeOptions extends ReplicaOptions, ServiceOptions, TrafficOptions, TargetOptions {
  readonly replicas: string;
  readonly measured?: string;
  readonly json?: true;
}

/** `headroom serve`: what users of a model would see under a request trace. */
export function registerServe(program: Command): void {
  const serve = program
    .command("serve")
    // Options behind a subcommand's name are its own.
    .enablePositionalOptions()
    .summary("latency and throughput of a model under requests; what a service can take")
    .description(
      "Simulates replicas of vLLM with continuous batching under a trace of requests, or drawn ones: time to first\n" +
        "token, time per output token, throughput, whether the service keeps up, and what it costs. What is assumed\n" +
        "is printed.",
    )
    .argument(
      "[trace]",
      `requests (gzip too), told by their content: ${REQUEST_FORMATS.map(({ name }) => name).join(", ")}`,
    );
  addReplicaOptions(serve, false).option("--replicas <n>", "replicas behind the router", "1");
  addServiceOptions(serve, "round-robin");
  addDecodingOptions(serve);
  addTrafficOptions(serve);
  addTargetOptions(serve)
    .option("--measured <file>", "summary of a real run to set beside: vLLM or inference-perf JSON")
    .option("--json", "print the result as one JSON object")
    .addHelpText("after", HELP)
    .action((trace: string | undefined, options: ServeOptions) => run(serve, trace, options));
  registerServePlan(serve);
  registerServeDescribe(serve);
  registerServeDraw(serve);
  registerServeEncoder(serve);
}

const HELP = `
Examples:
  headroom serve requests.csv --model meta-llama/Llama-3.1-8B --gpu "H100 SXM" --replicas 2
  headroom serve requests.csv --model meta-llama/Llama-3.1-70B --gpu H200 --tensor-parallel 4 --json
  headroom serve --traffic interactive-chat --rate 1 --model llama-3.1-8b-instruct --node Standard_NC24ads_A100_v4
  headroom serve plan --traffic interactive-chat --model llama-3.1-8b-instruct --gpu "H100 SXM,L40S" --ttft 1s --tpot 50ms
  headroom serve describe requests.csv`;

async function run(
  command: Command,
  trace: string | undefined,
  options: ServeOptions,
): Promise<void> {
  const settings = await replicaSettings(command, options);
  const [setting, another] = settings;
  if (setting === undefined || another !== undefined)
    throw optionError(
      "--gpu",
      "one configuration can be served at a time",
      "headroom serve plan compares several",
    );
  const replica = requireReplica(setting);
  const replicas = wholeNumber("--replicas", options.replicas, 10_000);
  const { traffic, read } = await trafficOf(trace, options, setting.model.contextTokens, false);
  const { service, assumptions } = serviceOf(
    options,
    setting,
    traffic.demand(options.seed),
    options.seed,
  );
  const progress = createProgressLine(options.json === true ? { quiet: true } : {});
  progress.show(`simulating ${replicas} ${replicas === 1 ? "replica" : "replicas"}`);
  const document = runServe({
    replica,
    replicas,
    service,
    assumptions,
    routerName: options.router,
    traffic,
    seed: options.seed,
    trace: trace === undefined || read === undefined ? undefined : { file: trace, read },
    targets: targetsOf(options, traffic.targets),
    measured: await measuredOf(trace, read, options.measured),
  });
  progress.clear();
  const text =
    options.json === true ? JSON.stringify(document, null, 2) : serveLines(document).join("\n");
  process.stdout.write(`${text}\n`);
  warn(read, document.warnings);
}

/** Figures of a real run: of a summary, or of the trace itself where it holds them. */
async function measuredOf(
  trace: string | undefined,
  read: RequestsRead | undefined,
  summary: string | undefined,
): Promise<MeasuredSummary | undefined> {
  if (summary !== undefined) return parseMeasuredSummary(summary, await readTextFile(summary));
  if (read?.measured === undefined) return undefined;
  return summarizeMeasured(trace ?? "the trace", read.measured);
}

function warn(read: RequestsRead | undefined, warnings: readonly string[]): void {
  for (const { file, line, message } of read?.problems.slice(0, 5) ?? [])
    process.stderr.write(`warning: ${file}:${line ?? 1}: ${message}\n`);
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
}
