import { basename } from "node:path";
import type { Command } from "commander";

import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { readTextFile } from "../../io/read-file.js";
import { findPlacementPolicy, PLACEMENT_POLICIES } from "../../policy/placement/policies.js";
import type { PlacementPolicy } from "../../policy/placement/policy.js";
import { replayOpenb, type ReplayOutcome } from "../../simulation/replay/replay-openb.js";
import { readOpenbArrivals } from "../../workload/openb-arrivals.js";
import { readOpenbNodes, readOpenbPods } from "../../workload/openb.js";
import { parseSeed } from "../parse-seed.js";
import { countText } from "../text-layout.js";

interface ReplayOpenbOptions {
  readonly nodes: string;
  readonly pods: string;
  readonly arrivals?: string;
  readonly policy: string;
  readonly seed?: number;
  readonly json?: true;
}

const SEED_DEFAULT = 42;
/** Arrived demand shown in the summary, in per cent of the GPUs. */
const SUMMARY_POINTS = [50, 80, 90, 100, 115, 130] as const;

/** `headroom replay`: published placement experiments, pod by pod. */
export function registerReplay(program: Command): void {
  const replay = program
    .command("replay")
    .summary("replay a published placement experiment")
    .description("Replays a published placement experiment, pod by pod, without a clock.");
  replay
    .command("openb")
    .summary("place an openb pod list on an openb node list, one pod after the other")
    .description(
      "Places the pods of an openb list (Alibaba cluster-trace-gpu-v2023) on its nodes in the experiment of the FGD\n" +
        "study: pods arrive one after the other until they ask for 130 % of the GPUs, none departs, a pod that fits\n" +
        "nowhere is dropped. With --arrivals the published order is used, and the published curves come out.",
    )
    .requiredOption("--nodes <file>", "node list (CSV, may be gzipped)")
    .requiredOption("--pods <file>", "pod list (CSV, may be gzipped)")
    .option(
      "--arrivals <file>",
      "arrival and node order (JSON, may be gzipped); without it both are drawn from the seed",
    )
    .requiredOption(
      "--policy <name>",
      `placement policy: ${PLACEMENT_POLICIES.map(({ name }) => name).join(", ")}`,
    )
    .option(
      "--seed <n>",
      `root seed of the draws; without it that of --arrivals, else ${SEED_DEFAULT}`,
      parseSeed,
    )
    .option("--json", "print the result with its curves to stdout, and nothing else there")
    .addHelpText(
      "after",
      `
Example:
  headroom replay openb --nodes openb_node_list_gpu_node.csv --pods openb_pod_list_default.csv --policy fgd

Curves have one point per per cent of arrived GPU demand, 0 to 130.`,
    )
    .action(runOpenb);
}

async function runOpenb(options: ReplayOpenbOptions): Promise<void> {
  const policy = policyNamed(options.policy);
  const startedMs = performance.now();
  const nodes = readOpenbNodes(await readTextFile(options.nodes), options.nodes);
  const pods = readOpenbPods(await readTextFile(options.pods), options.pods);
  const order =
    options.arrivals === undefined
      ? undefined
      : readOpenbArrivals(await readTextFile(options.arrivals), options.arrivals, {
          pods: pods.count,
          nodes: nodes.length,
        });
  if (nodes.every(({ gpuCount }) => gpuCount === 0)) {
    throw new InputError([
      {
        file: options.nodes,
        rule: "no-gpus",
        message: "the node list has no GPUs, the replay measures GPU allocation",
        help: "name the list of GPU nodes",
      },
    ]);
  }
  const listName = basename(options.pods)
    .replace(/\.gz$/, "")
    .replace(/\.csv$/, "");
  if (order !== undefined && order.workload !== "" && order.workload !== listName) {
    process.stderr.write(
      `warning: the arrival order belongs to ${order.workload}, the pod list is ${listName}\n`,
    );
  }
  const workload = order === undefined || order.workload === "" ? listName : order.workload;
  const seed = options.seed ?? order?.seed ?? SEED_DEFAULT;
  const readMs = performance.now() - startedMs;
  const outcome = replayOpenb({
    nodes,
    pods,
    workload,
    policy,
    seed,
    ...(order === undefined ? {} : { order }),
    explainRefusals: options.json !== true,
  });
  const replayedMs = performance.now() - startedMs - readMs;
  if (options.json) process.stdout.write(`${JSON.stringify(outcome.result)}\n`);
  else
    process.stdout.write(
      `${summary(
        outcome,
        nodes.length,
        nodes.reduce((sum, { gpuCount }) => sum + gpuCount, 0),
      ).join("\n")}\n`,
    );
  process.stderr.write(
    `read in ${(readMs / 1000).toFixed(3)} s, replayed in ${(replayedMs / 1000).toFixed(3)} s\n`,
  );
}

function policyNamed(name: string): PlacementPolicy {
  const policy = findPlacementPolicy(name);
  if (policy !== undefined) return policy;
  const allowed = PLACEMENT_POLICIES.map((each) => each.name);
  const suggestion = didYouMean(name, allowed);
  throw new InputError([
    {
      file: "--policy",
      rule: "unknown-policy",
      message: `there is no placement policy "${name}"`,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ]);
}

function summary(outcome: ReplayOutcome, nodeCount: number, gpuCount: number): string[] {
  const { result, refusals } = outcome;
  const point = (value: number | null | undefined): string =>
    (value === null || value === undefined ? "-" : value.toFixed(2)).padStart(12);
  const rows = SUMMARY_POINTS.map((at) =>
    [
      `${at}`.padStart(12),
      point(result.allocationPct[at]),
      point(result.fragAmountPct[at]),
      point(result.fragRatioPct[at]),
    ].join(""),
  );
  const reasons = [...refusals].sort(([, a], [, b]) => b - a);
  return [
    "",
    `${result.policy} on ${result.workload}, seed ${result.seed}: ${countText(result.pods)} pods on ${countText(nodeCount)} nodes with ${countText(gpuCount)} GPUs`,
    "",
    "   GPU demand   allocated  fragmented  fragmented",
    "    arrived %   % of GPUs   % of GPUs   % of idle",
    ...rows,
    "",
    `At the end ${countText(result.usedGpuMilli / 1000)} of ${countText(gpuCount)} GPUs are in use. Pods that found no node: ${countText(result.failedPods)}`,
    ...reasons.map(([reason, pods]) => `${countText(pods).padStart(8)}  ${reason} on most nodes`),
    "",
  ];
}
