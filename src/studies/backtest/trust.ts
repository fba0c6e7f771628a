import { z } from "zod";

import { formatDuration } from "../../base/units.js";
import { InputError } from "../../diagnostics/problem.js";
import type { LoadedScenario } from "../../io/load-scenario.js";
import { VERSION } from "../../io/version.js";
import { formatQuantity } from "../run/format-quantity.js";
import type { Assumption, TrustResult } from "../run/result-document.js";
import { clusterFingerprint, identifyPolicy, policyWords } from "./policy-identity.js";

const figure = z.number().nullable();

/** What of a `backtest.json` is used; the rest may change without a word. */
const BACKTEST = z.object({
  schema: z.literal("headroom/backtest/v1"),
  version: z.string(),
  trace: z.object({
    path: z.string(),
    firstDay: z.string().nullable(),
    lastDay: z.string().nullable(),
  }),
  cluster: z.object({ sentence: z.string(), fingerprint: z.string() }),
  policy: z.object({
    queue: z.object({ name: z.string(), options: z.record(z.string(), z.unknown()) }),
    placement: z.union([z.string(), z.array(z.object({ name: z.string(), weight: z.number() }))]),
    quotas: z.string().optional(),
  }),
  jobs: z.object({ compared: z.number() }),
  wait: z.object({
    errorS: z.object({ p95: figure }),
    errorRelative: z.object({ p95: figure }),
  }),
  recordedUse: z.object({
    overCapacity: z.array(z.object({ capacityGpus: z.number(), peakGpus: z.number() })),
  }),
});

type KnownBacktest = z.output<typeof BACKTEST>;

/** What a backtest adds to a result. */
export interface Trust {
  readonly trust: TrustResult;
  /** For the assumption ledger; absent when the backtest does not apply. */
  readonly assumption?: Assumption;
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads the backtest a scenario names and holds it against the base of the scenario.
 *
 * It applies when the queue, the placement and every node are the same: a simulator that repeats one policy
 * well may be wrong about another. Variants change something on purpose, so they are not held against it.
 *
 * @returns undefined when the scenario names none
 * @throws InputError when the file is no backtest
 */
export function trustOf({ backtest, base }: LoadedScenario): Trust | undefined {
  if (backtest === undefined) return undefined;
  const { text, reference } = backtest;
  const document = parse(text, reference);
  const reasons = reasonsAgainst(document, base.resolved);
  const { written } = reference;
  if (reasons.length > 0) {
    const sentence = `The backtest ${written} does not apply here: ${reasons.join("; ")}.`;
    return {
      trust: { backtest: written, applies: false, sentence },
      warnings: [sentence],
    };
  }
  const nearness = nearnessWords(document.wait);
  const { trace, jobs, version } = document;
  const days =
    trace.firstDay === null
      ? ""
      : trace.firstDay === trace.lastDay
        ? ` of ${trace.firstDay}`
        : ` of ${trace.firstDay} to ${trace.lastDay}`;
  const source = `backtest of ${trace.path}${days}, ${jobs.compared} jobs`;
  return {
    trust: {
      backtest: written,
      applies: true,
      sentence: `Waits of this policy on this cluster were simulated ${nearness} at the 95th percentile (${source}).`,
    },
    assumption: {
      id: "backtest",
      what: "How well simulated waits repeat recorded ones (95th percentile)",
      value: nearness,
      provenance: "measured",
      source: `${source}: ${written}`,
    },
    warnings:
      version === VERSION
        ? []
        : [
            `The backtest ${written} was made by Headroom ${version}; make it again with ${VERSION}.`,
          ],
  };
}

function nearnessWords({ errorS, errorRelative }: KnownBacktest["wait"]): string {
  if (errorRelative.p95 !== null) {
    const size = Math.abs(errorRelative.p95);
    return size === 0 ? "exactly" : `within ${formatQuantity(size, "share")}`;
  }
  return `within ${formatDuration(Math.abs(errorS.p95 ?? 0))}`;
}

function reasonsAgainst(
  { cluster, policy, jobs, recordedUse }: KnownBacktest,
  resolved: LoadedScenario["base"]["resolved"],
): string[] {
  const reasons: string[] = [];
  if (cluster.fingerprint !== clusterFingerprint(resolved.cluster)) {
    reasons.push(`it is about another cluster (${cluster.sentence})`);
  }
  const own = identifyPolicy(resolved.policy);
  if (
    JSON.stringify([policy.queue, policy.placement]) !== JSON.stringify([own.queue, own.placement])
  ) {
    reasons.push(`it is about another policy (${policyWords(policy)}, here ${policyWords(own)})`);
  } else if (policy.quotas !== own.quotas) {
    const which =
      policy.quotas === undefined || own.quotas === undefined
        ? `${policyWords(own)} has ${own.quotas === undefined ? "no quotas" : "quotas"} of its own here, and ${policy.quotas === undefined ? "none" : "some"} there`
        : `the quotas of ${policyWords(own)} are not those it was made with`;
    reasons.push(which);
  }
  if (jobs.compared === 0) reasons.push("no job could be compared in it");
  const [over] = recordedUse.overCapacity;
  if (over !== undefined) {
    reasons.push(
      `its record has ${over.peakGpus} GPUs in use where its cluster file has ${over.capacityGpus}`,
    );
  }
  return reasons;
}

function parse(
  text: string,
  reference: NonNullable<LoadedScenario["backtest"]>["reference"],
): KnownBacktest {
  const refuse = (reason: string): InputError =>
    new InputError([
      {
        ...reference.place,
        rule: "no-backtest",
        path: "trust.backtest",
        message: `trust.backtest ${reference.written} ${reason}`,
        help: "name a backtest.json that headroom backtest has written",
      },
    ]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse("is not JSON");
  }
  const parsed = BACKTEST.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(
    `is no backtest: ${issue!.path.map(String).join(".") || "the file"}: ${issue!.message}`,
  );
}
