import type { Command } from "commander";

import type { LatencyTargets } from "../../studies/serve/assess-run.js";
import type { FamilyTargets } from "../../workload/requests/workload-families.js";
import { duration, optionError, positiveNumber } from "./serve-options.js";

/** Latency targets as written. */
export interface TargetOptions {
  readonly ttft?: string;
  readonly tpot?: string;
  readonly e2e?: string;
  readonly percentile?: string;
}

const PERCENTILE_DEFAULT = 0.95;

/** Adds the options of latency targets. */
export function addTargetOptions(command: Command): Command {
  return command
    .option("--ttft <time>", "longest time to first token, such as 500ms")
    .option("--tpot <time>", "longest time per output token after it, such as 50ms")
    .option("--e2e <time>", "longest time to the end of the answer, such as 30s")
    .option("--percentile <p>", "percentile of the requests the targets hold at (default: 95)");
}

/**
 * The targets given; where none is, those the traffic is published with.
 *
 * @throws InputError naming the option
 */
export function targetsOf(
  options: TargetOptions,
  published: FamilyTargets | undefined,
): LatencyTargets {
  const { ttft, tpot, e2e } = options;
  const isGiven = ttft !== undefined || tpot !== undefined || e2e !== undefined;
  if (!isGiven && published !== undefined) {
    const { ttftP99S, itlP99S, e2eP99S } = published;
    return {
      percentile: percentileOf(options.percentile) ?? 0.99,
      ...(ttftP99S === undefined ? {} : { ttftS: ttftP99S }),
      ...(itlP99S === undefined ? {} : { tpotS: itlP99S }),
      ...(e2eP99S === undefined ? {} : { e2eS: e2eP99S }),
    };
  }
  return {
    percentile: percentileOf(options.percentile) ?? PERCENTILE_DEFAULT,
    ...(ttft === undefined ? {} : { ttftS: duration("--ttft", ttft) }),
    ...(tpot === undefined ? {} : { tpotS: duration("--tpot", tpot) }),
    ...(e2e === undefined ? {} : { e2eS: duration("--e2e", e2e) }),
  };
}

function percentileOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percentile = positiveNumber("--percentile", text.replace(/^p/i, ""), "above 0");
  if (percentile < 100) return percentile / 100;
  throw optionError("--percentile", `must be below 100, got "${text}"`);
}
