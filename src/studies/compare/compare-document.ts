import type { FleetNames } from "../../scenario/fleet/fleet-names.js";
import type { ComputedResult } from "../replicate/replication-intervals.js";
import type { Assumption, InputFile, WarmUpResult } from "../run/result-document.js";
import type { JudgedDifference } from "./judge-differences.js";
import type { JudgedGoal } from "./judge-goals.js";

/** A field that two configurations write differently. */
export interface ChangedField {
  /** As `--set` would write it. */
  readonly path: string;
  /** As JSON; null where the field is not written. */
  readonly before: string | null;
  /** As JSON; null where the field is not written. */
  readonly after: string | null;
}

/** One of the configurations that are compared. */
export interface ComparedConfiguration {
  /** Unique in the document. */
  readonly name: string;
  /** Path of its scenario, as written on the command line. */
  readonly scenario: string;
  /** What the command line lays over the scenario, by path; values as written. */
  readonly set: readonly { readonly path: string; readonly value: string }[];
  /** For a sentence: "8 nodes × 8 H100-80GB (64 GPUs)". */
  readonly cluster: string;
  /** False when every run of it would be the same: it was run once. */
  readonly isRandom: boolean;
  /** Every goal with what was shown. */
  readonly goals: readonly JudgedGoal[];
  /** Means over replications. */
  readonly figures: ComputedResult;
  /** By path of the metrics that decide: the value of every replication, in their order. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** One metric of two configurations. */
export interface ComparedMetric extends JudgedDifference {
  /** Dotted path in `figures`. */
  readonly metric: string;
  readonly unit: string;
  /** `decides`: judged together with the others that decide, and awaited. `beside`: judged on its own. */
  readonly role: "decides" | "beside";
  /** Mean of the first configuration. */
  readonly before: number | null;
  /** Mean of the second configuration. */
  readonly after: number | null;
  /** A difference of at most this counts as none. */
  readonly indifference: number;
  /** Which direction a person wants. */
  readonly better: "lower" | "higher" | "neither";
}

/** A figure that may explain a difference, in both configurations. */
export interface Finding extends JudgedDifference {
  /** Stable name, such as `waits/reason/not enough free GPUs`. */
  readonly id: string;
  readonly topic: FindingTopic;
  /** What it is, for a table. */
  readonly name: string;
  readonly unit: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** What a finding is about. Parts of `waits` by reason, by size and by tenant each sum to `waits`. */
export type FindingTopic =
  | "waits"
  | "waits by reason"
  | "waits by job size"
  | "waits by tenant"
  | "idle GPUs"
  | "topology"
  | "hosting"
  | "cold starts"
  | "failures"
  | "preemption"
  | "partitions"
  | "elastic jobs"
  | "cost"
  | "energy";

/** Second configuration against first. */
export interface Comparison {
  /** Name of the first configuration. */
  readonly base: string;
  /** Name of the second configuration. */
  readonly variant: string;
  /** What is written differently, as far as 200 fields. */
  readonly changes: readonly ChangedField[];
  readonly metrics: readonly ComparedMetric[];
  /** Judged together: the chance that any sign among them is wrong is at most 1 − confidence. */
  readonly findings: readonly Finding[];
  /** One sentence on the metrics that decide. */
  readonly sentence: string;
  /** What goes with the difference, in sentences made of the findings that were shown. */
  readonly why: readonly string[];
}

/** How the figures came about and what the confidence rests on. */
export interface CompareDesign {
  /** `common`: replication r of every configuration sees the same random numbers. `none`: nothing is drawn. */
  readonly streams: "common" | "independent" | "none";
  /** Replications of each configuration that is random. */
  readonly replications: number;
  readonly replicationsMax: number;
  /** Chance that no claimed sign among the metrics that decide is wrong, whenever the study stops. */
  readonly confidence: number;
  /** Looks that were taken; each may use up `alpha` of 1 − confidence. */
  readonly looks: readonly { readonly replications: number; readonly alpha: number }[];
  readonly looksPlanned: number;
  /** Why no more replications were run. */
  readonly stopped: "decided" | "replications" | "time" | "one run";
  /** A difference below this share of the first configuration's mean counts as none. */
  readonly indifferenceShare: number;
  /** Null when everything counts. */
  readonly warmUp: WarmUpResult | null;
}

/** What `headroom compare --json` prints and `compare.json` holds; a report can be made of it alone. */
export interface CompareDocument {
  readonly schema: "headroom/compare/v1";
  readonly version: string;
  /** Of the first scenario; null without one. */
  readonly question: string | null;
  /** The outcome in plain words, computed from the comparisons and goals. */
  readonly answer: string;
  /** Root of every random stream. */
  readonly seed: number;
  readonly design: CompareDesign;
  /** The base first. */
  readonly configurations: readonly ComparedConfiguration[];
  readonly comparisons: readonly Comparison[];
  /** Every file that was read. */
  readonly inputs: readonly InputFile[];
  readonly assumptions: readonly Assumption[];
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/** A configuration without its figures, which those of fleets have by name. */
export type ComparedSide = Omit<ComparedConfiguration, "figures">;

/** A fleet that is compared with others. */
export interface ComparedFleet extends ComparedSide {
  /** Means over replications by dotted path; null where some run has no value. */
  readonly figures: Readonly<Record<string, number | null>>;
}

/** The comparison of fleets: as that of scenarios, with figures by name and without findings. */
export interface FleetCompareDocument extends Omit<CompareDocument, "schema" | "configurations"> {
  readonly schema: "headroom/fleet-compare/v1";
  /** The base first. */
  readonly configurations: readonly ComparedFleet[];
  /** Names that people made up in the fleets, by what they name: what `--redact` puts pseudonyms for. None after it. */
  readonly names: FleetNames;
}

/** A comparison of either kind; reports read both alike. */
export type AnyCompareDocument = CompareDocument | FleetCompareDocument;
