import { parseDuration } from "../../base/units.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import type { SteadyState } from "./steady-state.js";

/** Latencies a goal may be set for. */
export const LATENCY_GOALS = ["ttft-mean", "ttft-p95", "tpot-mean", "tpot-p95"] as const;

/** One of `LATENCY_GOALS`. */
export type LatencyGoalName = (typeof LATENCY_GOALS)[number];

/** Most a latency may be. */
export interface LatencyGoal {
  readonly name: LatencyGoalName;
  readonly targetS: number;
}

/** What a steady state has for a goal. Seconds. */
export function latencyOf(state: SteadyState, name: LatencyGoalName): number {
  switch (name) {
    case "ttft-mean":
      return state.ttftMeanS;
    case "ttft-p95":
      return state.ttftP95S;
    case "tpot-mean":
      return state.tpotMeanS;
    case "tpot-p95":
      return state.tpotP95S;
  }
}

/** True when every goal is met. */
export function meetsGoals(state: SteadyState, goals: readonly LatencyGoal[]): boolean {
  return goals.every(({ name, targetS }) => latencyOf(state, name) <= targetS);
}

/**
 * Reads `ttft-p95=500ms,tpot-p95=40ms`.
 *
 * @throws InputError for names nobody knows, durations that are none, and a name twice
 */
export function parseGoals(argument: string, text: string): readonly LatencyGoal[] {
  const refuse = (message: string, more: object = {}): InputError =>
    new InputError([{ file: argument, rule: "bad-argument", message, ...more }]);
  const goals: LatencyGoal[] = [];
  for (const part of text.split(",")) {
    const [name = "", duration, ...rest] = part.trim().split("=");
    if (duration === undefined || rest.length > 0)
      throw refuse(`must be NAME=DURATION such as ttft-p95=500ms, got "${part.trim()}"`);
    const known = LATENCY_GOALS.find((each) => each === name.trim());
    if (known === undefined) {
      const suggestion = didYouMean(name.trim(), LATENCY_GOALS);
      throw refuse(`there is no goal "${name.trim()}"`, {
        allowed: LATENCY_GOALS,
        ...(suggestion === undefined ? {} : { suggestion }),
      });
    }
    if (goals.some((goal) => goal.name === known)) throw refuse(`${known} is there twice`);
    const parsed = parseDuration(duration.trim());
    if (!parsed.ok) throw refuse(`${known}: ${parsed.message}`);
    if (parsed.value <= 0) throw refuse(`${known} must be above 0, got "${duration.trim()}"`);
    goals.push({ name: known, targetS: parsed.value });
  }
  return goals;
}
