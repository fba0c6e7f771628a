import { join } from "node:path";

import { InvalidArgumentError, type Command } from "commander";

import { checkOutputFolder } from "../../io/output-folder.js";
import { VERSION } from "../../io/version.js";
import { servePlanFiles } from "../../report/serve-plan-report.js";
import { type PlanDocument, planService } from "../../studies/serve/plan-service.js";
import { withPageOptions, writeReportFiles, type PageCommandOptions } from "../page-options.js";
import { planLines } from "../print-serve-plan.js";
import { createProgressLine } from "../terminal.js";
import { EXIT_CODES } from "../exit-codes.js";
import { shellQuoted } from "../text-layout.js";
import { optionError, wholeNumber } from "./serve-options.js";
import {
  addReplicaOptions,
  type ReplicaOptions,
  replicaSettings,
} from "./serve-replica-options.js";
import { addServiceOptions, serviceOf, type ServiceOptions } from "./serve-service-options.js";
import { addTargetOptions, type TargetOptions, targetsOf } from "./serve-targets.js";
import { addTrafficOptions, trafficOf, type TrafficOptions } from "./serve-traffic-options.js";

interface PlanOptions
  extends ReplicaOptions, ServiceOptions, TrafficOptions, TargetOptions, PageCommandOptions {
  readonly seeds: number;
  readonly maxReplicas: string;
  readonly out?: string;
  readonly json?: true;
}

/** Files every report has; those of charts stand in a folder of their own. */
const REPORT_FILES = ["plan.json", "report.json", "report.md", "report.html"];
const SEEDS_DEFAULT = 5;
const SEEDS_MAX = 100;
const CONFIGURATIONS_MAX = 200;

/** `headroom serve plan`: what a service can take, and what traffic needs. */
export function registerServePlan(serve: Command): void {
  const plan = serve
    .command("plan")
    .summary("highest rate within targets, fewest replicas for traffic, configurations by cost")
    .description(
      "Finds for every configuration the highest rate of requests one replica serves within the latency targets, by\n" +
        "bisection over simulations, with an interval over seeds; for a trace or a --rate also the fewest replicas.\n" +
        "Several GPUs, machines, degrees of tensor parallelism or engine limits, with commas, are ranked by what a\n" +
        "million tokens cost, or by what the traffic costs per hour.",
    )
    .argument("[trace]", "requests to be served, as for headroom serve");
  addReplicaOptions(plan, true);
  addServiceOptions(plan, "least-outstanding");
  addTrafficOptions(plan);
  withPageOptions(addTargetOptions(plan))
    .option(
      "--seeds <n>",
      "seeds of drawn traffic: more make the interval narrower",
      parseSeeds,
      SEEDS_DEFAULT,
    )
    .option("--max-replicas <n>", "more replicas are not tried", "1000")
    .option("--out <folder>", "also write report.html, report.md and plan.json there")
    .option("--json", "print the plan as one JSON object")
    .addHelpText("after", HELP)
    .action((trace: string | undefined, options: PlanOptions) => run(plan, trace, options));
}

const HELP = `
Verdicts:
  stable       the queue neither grows nor is ever longer than the wait that is tolerated (the target for the
               first token, else 10 s)
  backlogged   the service falls behind for a time, and catches up
  overloaded   the queue grows as long as requests come: the service is more than 1 % short

--json prints, with times in seconds and null where there is nothing to tell:
  schema           headroom/serve-plan/v1
  model, traffic, targets, router, seeds
  configurations[] best first: name, machine, gpu, gpusPerReplica, tensorParallel, pipelineParallel,
                   maxBatchedTokens, maxRequests, cacheBlocks, stepModel, warnings[], assumptions[]
    refused        message and help, where the model does not fit or a figure is missing
    maxRate        requestsPerS with halfWidth (95 %) and perSeed[], limitedBy[], alone (latencies of single
                   requests), atMax (requests, unserved, atPercentile, good, saturation, missed), tokensPerS
    usdPerHourOfReplica, cost   per million tokens at that rate
    forDemand      replicas, gpus, machines, usdPerHour, assessment, withOneFewer: what one fewer breaks
  assumptions[]    what the traffic rests on

Exit codes: 0 some configuration meets the targets, 1 none does

Examples:
  headroom serve plan --traffic interactive-chat --model llama-3.1-8b-instruct --gpu "H100 SXM,L40S" --tensor-parallel 1,2
  headroom serve plan requests.csv --model meta-llama/Llama-3.1-8B --node Standard_NC24ads_A100_v4 --ttft 1s
  headroom serve plan --prompt-tokens 1024 --output-tokens 128 --rate 50 --model llama-3.1-8b-instruct --gpu L40S --price L40S=1.2`;

async function run(
  command: Command,
  trace: string | undefined,
  options: PlanOptions,
): Promise<void> {
  if (options.out !== undefined) checkOutputFolder(options.out, REPORT_FILES);
  const settings = await replicaSettings(command, options);
  if (settings.length > CONFIGURATIONS_MAX)
    throw optionError(
      "--gpu",
      `${settings.length} configurations; at most ${CONFIGURATIONS_MAX} are compared`,
    );
  const { traffic } = await trafficOf(trace, options, settings[0]!.model.contextTokens, true);
  const targets = targetsOf(options, traffic.targets);
  if (Object.keys(targets).length === 1)
    throw optionError(
      "--ttft",
      "a plan needs at least one latency target",
      "--ttft 1s --tpot 50ms --e2e 30s",
    );
  const sample = traffic.isDrawn ? traffic.at(1, 600, options.seed) : traffic.demand(options.seed);
  const { service, assumptions } = serviceOf(options, settings[0]!, sample, options.seed);
  const progress = createProgressLine(options.json === true ? { quiet: true } : {});
  const document = planService(
    {
      settings,
      traffic,
      hasDemand:
        trace !== undefined
          ? options.resample !== true || options.rate !== undefined
          : options.rate !== undefined,
      targets,
      seeds: Array.from({ length: options.seeds }, (_, at) => options.seed + at),
      service,
      assumptions,
      routerName: options.router,
      replicasMax: wholeNumber("--max-replicas", options.maxReplicas, 10_000),
    },
    (name, at) => {
      progress.show(`${at + 1} of ${settings.length}: ${name}`);
    },
  );
  progress.clear();
  const reportWarnings =
    options.out === undefined ? [] : await writeReport(document, options.out, options);
  const text =
    options.json === true ? JSON.stringify(document, null, 2) : planLines(document).join("\n");
  process.stdout.write(`${text}\n`);
  for (const warning of reportWarnings) process.stderr.write(`warning: ${warning}\n`);
  if (options.out !== undefined && options.json !== true)
    process.stdout.write(`\nReport: ${join(options.out, "report.html")}\n`);
  for (const { name, warnings } of document.configurations)
    for (const warning of warnings) process.stderr.write(`warning: ${name}: ${warning}\n`);
  const isMet = document.configurations.some(
    ({ maxRate, forDemand }) =>
      maxRate !== null &&
      maxRate.requestsPerS > 0 &&
      (forDemand === null || forDemand.replicas !== null),
  );
  if (!isMet) process.exitCode = EXIT_CODES.failed;
}

async function writeReport(
  document: PlanDocument,
  out: string,
  options: PageCommandOptions,
): Promise<readonly string[]> {
  const words = process.argv.slice(2);
  const at = words.findIndex((word) => word === "--out" || word.startsWith("--out="));
  const without = words.filter(
    (_, index) => index !== at && !(words[at] === "--out" && index === at + 1),
  );
  const command = ["headroom", ...without.map(shellQuoted)].join(" ");
  const { interactive } = options;
  const report = await servePlanFiles(document, [command, `Headroom ${VERSION}`], { interactive });
  const { warnings } = await writeReportFiles(out, report, options, () => ({}));
  return warnings;
}

function parseSeeds(text: string): number {
  const seeds = Number(text);
  if (Number.isInteger(seeds) && seeds >= 1 && seeds <= SEEDS_MAX) return seeds;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${SEEDS_MAX}.`);
}
