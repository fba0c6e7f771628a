import { formatDuration, formatNumber } from "../../base/units.js";
import { formatQuantity } from "../run/format-quantity.js";
import type { Finding, FindingTopic } from "./compare-document.js";

/** Parts of a change that one sentence names; a table holds the rest. */
const PARTS_NAMED_MAX = 2;
/** Parts smaller than this share of the change explain nothing. */
const PART_SHARE_MIN = 0.1;
/** Findings of one topic that are told in sentences. */
const PER_TOPIC_MAX = 2;

/** Topics that are told one finding at a time, in this order. */
const SINGLE_TOPICS: readonly FindingTopic[] = [
  "idle GPUs",
  "topology",
  "hosting",
  "cold starts",
  "failures",
  "preemption",
  "partitions",
  "elastic jobs",
  "cost",
  "energy",
];

/**
 * Says what goes with a difference, from findings alone: every number and every direction is one that was shown,
 * and what was not shown is not said.
 */
export function explanationSentences(findings: readonly Finding[]): readonly string[] {
  const total = findings.find(({ topic }) => topic === "waits");
  const sentences: string[] = [];
  if (total !== undefined && isShown(total)) {
    sentences.push(
      `Jobs waited ${amount(total)} ${total.mean! < 0 ? "less" : "more"} in all (${fromTo(total)}).`,
      ...partSentences(
        findings,
        total,
        "waits by reason",
        (name) => `jobs last refused for “${name}”`,
      ),
      ...partSentences(findings, total, "waits by job size", (name) => `jobs of ${name}`),
      ...partSentences(findings, total, "waits by tenant", (name) => `tenant “${name}”`),
    );
  }
  for (const topic of SINGLE_TOPICS) {
    const shown = findings.filter((finding) => finding.topic === topic && isShown(finding));
    // Sorting is stable: of equal changes the first stays first.
    const largest = [...shown].sort((left, right) => Math.abs(right.mean!) - Math.abs(left.mean!));
    for (const finding of largest.slice(0, PER_TOPIC_MAX)) {
      sentences.push(`${titles[topic]} ${finding.name}: ${fromTo(finding)}.`.replace(/^ /, ""));
    }
  }
  return sentences;
}

const titles: Readonly<Record<FindingTopic, string>> = {
  waits: "Waits,",
  "waits by reason": "Waits,",
  "waits by job size": "Waits,",
  "waits by tenant": "Waits,",
  "idle GPUs": "GPU time",
  topology: "Topology,",
  hosting: "Hosting,",
  "cold starts": "Cold starts,",
  failures: "Failures,",
  preemption: "Preemption,",
  partitions: "Partitions,",
  "elastic jobs": "Elastic jobs,",
  cost: "Cost of",
  energy: "Electricity of",
};

/** The parts that make up most of a change of the whole, and how much of it. */
function partSentences(
  findings: readonly Finding[],
  total: Finding,
  topic: FindingTopic,
  words: (name: string) => string,
): readonly string[] {
  const parts = findings
    .filter((finding) => finding.topic === topic && isShown(finding))
    .filter(({ mean }) => mean! / total.mean! >= PART_SHARE_MIN)
    .sort((left, right) => Math.abs(right.mean!) - Math.abs(left.mean!))
    .slice(0, PARTS_NAMED_MAX);
  const direction = total.mean! < 0 ? "less" : "more";
  // A part larger than the whole is set off by others.
  const beyond = parts.filter(({ mean }) => mean! / total.mean! > 1);
  const within = parts.filter((part) => !beyond.includes(part));
  const named = within.map(
    (part) =>
      `${amount(part)} (${formatQuantity(part.mean! / total.mean!, "share")}) are of ${words(part.name)}`,
  );
  return [
    ...beyond.map(
      (part) =>
        `${capital(words(part.name))} waited ${amount(part)} ${direction}, and others set some of that off.`,
    ),
    ...(named.length === 0 ? [] : [`Of the ${amount(total)}, ${named.join(", and ")}.`]),
  ];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function isShown({ verdict, mean }: Finding): boolean {
  return (verdict === "higher" || verdict === "lower") && mean !== null && mean !== 0;
}

function amount({ mean, unit }: Finding): string {
  return findingQuantity(Math.abs(mean!), unit);
}

function fromTo({ before, after, unit }: Finding): string {
  const words = (value: number | null): string =>
    value === null ? "no value" : findingQuantity(value, unit);
  return `${words(before)} → ${words(after)}`;
}

/** A figure of a finding in words; hours stay hours, so that parts can be added up. */
export function findingQuantity(value: number, unit: string): string {
  if (unit === "h") return `${formatNumber(value)} h`;
  if (unit === "s") return formatDuration(value);
  return formatQuantity(value, unit);
}
