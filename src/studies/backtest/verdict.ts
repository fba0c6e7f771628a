import { formatDuration } from "../../base/units.js";
import { formatQuantity } from "../run/format-quantity.js";
import type { BacktestDocument } from "./backtest-document.js";
import { policyWords } from "./policy-identity.js";

/** Minutes within which the verdict counts jobs. */
const NEAR_S = 900;

/** What the replay shows, in plain sentences: the p95 on both sides, how many jobs are near, and what spoils it. */
export function backtestVerdict(
  facts: Pick<
    BacktestDocument,
    "jobs" | "wait" | "withinShare" | "policy" | "recordedUse" | "rankCorrelation"
  >,
): string {
  const { jobs, wait, withinShare } = facts;
  const recordedS = wait.recordedS.p95;
  const simulatedS = wait.simulatedS.p95;
  if (recordedS === null || simulatedS === null) {
    return `Nothing could be compared: none of ${jobs.count} jobs has both a recorded and a simulated start.`;
  }
  const near = withinShare.find(({ withinS }) => withinS === NEAR_S)!.share;
  const sentences = [
    `Replayed under ${policyWords(facts.policy)}, 95 % of ${jobs.compared} jobs wait at most ` +
      `${formatDuration(simulatedS)}; on record it was ${formatDuration(recordedS)} ` +
      `(${errorWords(wait.errorS.p95!, wait.errorRelative.p95)}).`,
    `${formatQuantity(near, "share")} of the jobs wait within ${formatDuration(NEAR_S)} of their recorded wait.`,
  ];
  if (facts.recordedUse.overCapacity.length > 0) {
    sentences.push(
      "The record needs more GPUs than the cluster file has, so these errors do not judge the policy.",
    );
  } else if (facts.policy.assumed.length > 0) {
    sentences.push(
      `Nobody named the ${facts.policy.assumed.join(" and the ")}: these errors judge a guess.`,
    );
  }
  return sentences.join(" ");
}

/** An error of a wait for a sentence: "6.1 % too long", "exact", "3 min too short". */
export function errorWords(errorS: number, relative: number | null): string {
  if (errorS === 0) return "exact";
  const direction = errorS > 0 ? "too long" : "too short";
  const size =
    relative === null
      ? formatDuration(Math.abs(errorS))
      : formatQuantity(Math.abs(relative), "share");
  return `${size} ${direction}`;
}
