import type { Assumption, InputFile } from "../run/result-document.js";
import type { FactorSwing, Flip } from "../sensitivity/sensitivity-document.js";

/** One decision and how it may go. */
export interface PlanDecisionResult {
  /** Name in the scenario, or its path. */
  readonly name: string;
  /** In the order of the scenario; counts of nodes rise. */
  readonly choices: readonly string[];
  /** True for the count of a node group. */
  readonly isCount: boolean;
}

/** How one goal came out for one plan. */
export interface PlanGoalResult {
  /** Name of the goal. */
  readonly id: string;
  /** Dotted path of the metric in a result document. */
  readonly metric: string;
  /** Which side of the target is good; the target itself is good. */
  readonly comparison: "atMost" | "atLeast";
  /** In `unit`. */
  readonly target: number;
  /** `s`, `share`, `jobs`, `ratio`, a currency and so on. */
  readonly unit: string;
  /** Null for the plan as it is; else what it lacks, such as "1 node of h100". */
  readonly without: string | null;
  /** Mean over replications; null where a run gave no value, which misses the goal. */
  readonly mean: number | null;
  /** Confidence interval of the mean, two-sided at the confidence of the plan; null for a single run. */
  readonly interval: readonly [number, number] | null;
  /** Room as a share of the target: 0.1 is 10 % to spare, below 0 is missed; null without a value. */
  readonly margin: number | null;
  /** Whether the mean is on the good side of the target. */
  readonly met: boolean;
  /** Confidence, one-sided, that the mean is on the side it was found on; null for a single run. */
  readonly confidence: number | null;
}

/** A limit of the plan beside what a plan needs of it. */
export interface PlanLimitResult {
  /** Name in `plan.limits`. */
  readonly id: string;
  /** In words. */
  readonly label: string;
  /** Unit of both figures. */
  readonly unit: string;
  /** Most that is allowed. */
  readonly target: number;
  /** What the plan needs. */
  readonly actual: number;
  /** Whether it is within. */
  readonly met: boolean;
}

/** Nodes of one group in a plan. */
export interface PlanGroupResult {
  /** Name of the group. */
  readonly name: string;
  /** The machine, as people call it. */
  readonly label: string;
  /** Nodes in all. */
  readonly nodes: number;
  /** Of these, nodes that stand there already. */
  readonly have: number;
  /** Null where the scenario does not say. */
  readonly hosting: "bare-metal" | "vm" | null;
  /** True when the price is that of buying. */
  readonly isBought: boolean;
  /** True when the number of nodes is decided by the plan. */
  readonly isDecided: boolean;
}

/** One plan with everything known of it. */
export interface PlanOption {
  /** In a few words. */
  readonly label: string;
  /** How each decision goes. */
  readonly choices: readonly { readonly decision: string; readonly choice: string }[];
  /** Every node group. */
  readonly groups: readonly PlanGroupResult[];
  /** Cost over the horizon, in the currency; null without prices. */
  readonly cost: number | null;
  /** Price of what has to be bought. */
  readonly purchase: number;
  /** W at the meter with every GPU busy; 0 without `power`. */
  readonly powerW: number;
  /** Rack units; 0 where nobody gave them. */
  readonly rackUnits: number;
  /** Nodes of all groups. */
  readonly nodes: number;
  /** GPUs of all groups. */
  readonly gpus: number;
  /** Seconds from today until everything is there. */
  readonly deliveryS: number;
  /** Whether it meets every goal and limit. */
  readonly verdict: "meets" | "fails" | "not shown";
  /**
   * Confidence that the verdict is right: that every goal is met, or that the goal missed most is missed. From
   * replications that took no part in the search; null for a single run, which is certain of itself only.
   */
  readonly confidence: number | null;
  /** Runs that the figures rest on. */
  readonly replications: number;
  /** Goals, as planned and without what must be survived. */
  readonly goals: readonly PlanGoalResult[];
  /** Limits. */
  readonly limits: readonly PlanLimitResult[];
  /** Arguments of `headroom run --set` that make this plan. */
  readonly set: readonly string[];
}

/** One plan that was simulated, in a line. */
export interface PlanTried {
  /** In a few words. */
  readonly label: string;
  /** Cost over the horizon; null without prices. */
  readonly cost: number | null;
  /** W at the meter with every GPU busy. */
  readonly powerW: number;
  /** Nodes of all groups. */
  readonly nodes: number;
  /** `meets` may still be dearer than the answer. */
  readonly verdict: "meets" | "fails" | "not shown" | "over a limit";
  /** The goal with the least room. */
  readonly tightestGoal: string;
  /** Its room as a share of its target; null without a value. */
  readonly tightestMargin: number | null;
  /** Its value; null without one. */
  readonly tightestMean: number | null;
  /** Unit of the value. */
  readonly tightestUnit: string;
  /** True where no other plan that was tried is both cheaper and has more room. */
  readonly isOnFront: boolean;
  /** Runs. */
  readonly replications: number;
}

/** What any plan must have, by proof. */
export interface PlanRequirementResult {
  /** What is counted: `GPUs`, `nodes`. */
  readonly unit: string;
  /** Node groups that help. */
  readonly groups: readonly string[];
  /** What they must have together. */
  readonly atLeast: number;
  /** Goal that it follows from. */
  readonly goal: string;
}

/** The proven lower bound. */
export interface PlanBoundResult {
  /** No plan that meets the goals has less cost (or power); null when none can meet them at all. */
  readonly value: number | null;
  /** The same without whole numbers of nodes; null with `value`. */
  readonly relaxed: number | null;
  /** (answer − bound) / bound; null without an answer or with a bound of 0. */
  readonly gap: number | null;
  /** The plans that the bound is about: those of the cheapest combination of choices. */
  readonly requirements: readonly PlanRequirementResult[];
  /** What the bound is about, in a sentence. */
  readonly basis: string;
}

/** How much more demand the answer carries. */
export interface PlanGrowthResult {
  /** Largest load that was found to meet every goal, as growth over today's: 0.38 is +38 %. */
  readonly meetsUpTo: number;
  /** Smallest load above it that does not; null when none was found up to the largest tried. */
  readonly failsAt: number | null;
  /** Goal that is missed then; null without one. */
  readonly goal: string | null;
  /** Runs per load. */
  readonly replications: number;
  /** Months until `meetsUpTo` at the growth the scenario names; null where it names none. */
  readonly months: number | null;
}

/** What is there from some time on. */
export interface PlanPhaseResult {
  /** Seconds from today. */
  readonly fromS: number;
  /** Nodes of each group by then. */
  readonly groups: readonly { readonly name: string; readonly nodes: number }[];
  /** Nodes that arrive. */
  readonly arrived: readonly { readonly name: string; readonly nodes: number }[];
  /** Whether today's demand meets every goal on them. */
  readonly meets: boolean;
  /** The goal with the least room; null without nodes. */
  readonly tightestGoal: string | null;
  /** Its value; null without one. */
  readonly tightestMean: number | null;
  /** Its unit; null without nodes. */
  readonly tightestUnit: string | null;
}

/** An order to place. */
export interface PlanOrderResult {
  /** Name of the group. */
  readonly group: string;
  /** Nodes to order. */
  readonly nodes: number;
  /** Seconds from order to the last node. */
  readonly takesS: number;
  /** Latest time to order, in seconds from today, for the delivery that is asked for; null without one. */
  readonly orderByS: number | null;
}

/** Goals and limits that no plan of the space meets together. */
export interface PlanConflictResult {
  /** Ids of goals and limits; leaving out any one of them, there is a plan. */
  readonly constraints: readonly string[];
  /** What was found, in sentences: the evidence. */
  readonly evidence: readonly string[];
  /** True when the bound proves it; else it rests on the plans that were tried. */
  readonly isProven: boolean;
}

/** Which assumed numbers would change the answer, by rerunning it with each of them at the ends of its range. */
export interface PlanSensitivityResult {
  /** Metric that the numbers are sorted by: that of the tightest goal. */
  readonly metric: string;
  /** Its unit. */
  readonly unit: string;
  /** The metric of the answer; null without a value. */
  readonly base: number | null;
  /** Whether the answer meets every goal in these runs with every number as it is; flips are only looked for then. */
  readonly goalsMet: boolean;
  /** Runs of every point at which anything is drawn. */
  readonly replications: number;
  /** Simulations that it took. */
  readonly runs: number;
  /** State of the cluster that was looked at, the one with the tightest goal: null as planned, else what is missing. */
  readonly without: string | null;
  /** The numbers, largest swing first; a `flip` is where the answer no longer meets every goal. */
  readonly factors: readonly FactorSwing[];
  /** Numbers nobody measured that no field takes: what they are. */
  readonly notVaried: readonly string[];
  /** Numbers at which the cheaper plan would meet every goal. */
  readonly cheaper: readonly PlanCheaperFlip[];
}

/** Where the cheaper plan would do. */
export interface PlanCheaperFlip {
  /** Number of the ledger. */
  readonly id: string;
  /** In words. */
  readonly label: string;
  /** Value of the scenario; null where it is not written. */
  readonly value: number | null;
  /** Where all goals are met. */
  readonly flip: Flip;
}

/** The document `plan.json` holds and `--json` prints. Breaking changes change `schema`. */
export interface PlanDocument {
  /** Version of this format. */
  readonly schema: "headroom/plan/v1";
  /** Version of Headroom. */
  readonly version: string;
  /** Name of the scenario. */
  readonly scenario: string;
  /** The question the scenario asks; null without one. */
  readonly question: string | null;
  /** The answer in plain sentences, made of the figures below. */
  readonly answer: string;
  /** Root of every random stream. */
  readonly seed: number;
  /** Every file that was read. */
  readonly inputs: readonly InputFile[];
  /** What the best plan has least of. */
  readonly minimise: "cost" | "power";
  /** Currency of all amounts; null without prices. */
  readonly currency: string | null;
  /** Seconds that costs are for. */
  readonly horizonS: number;
  /** Confidence that was asked for. */
  readonly confidence: number;
  /** True when runs differ by chance; otherwise every plan was run once and verdicts are about these jobs. */
  readonly isRandom: boolean;
  /** What was decided between. */
  readonly space: PlanSpaceResult;
  /** The answer; null when no plan meets the goals. */
  readonly best: PlanOption | null;
  /** The nearest plan that costs less, and what it misses; null when there is none. */
  readonly cheaper: PlanOption | null;
  /** A dearer plan with more room; null when there is none. */
  readonly safer: PlanOption | null;
  /** Null where nothing can be proven. */
  readonly bound: PlanBoundResult | null;
  /** Every plan that was simulated, cheapest first. */
  readonly tried: readonly PlanTried[];
  /** Null without an answer. */
  readonly growth: PlanGrowthResult | null;
  /** Null without an answer, and where it was not asked for. */
  readonly sensitivity: PlanSensitivityResult | null;
  /** What is there when; one phase when everything is there at once. */
  readonly phases: readonly PlanPhaseResult[];
  /** What to order, the longest first. */
  readonly orders: readonly PlanOrderResult[];
  /** Null when a plan meets the goals. */
  readonly conflict: PlanConflictResult | null;
  /** Numbers that nobody measured. */
  readonly assumptions: readonly Assumption[];
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/** How the plans of a space were dealt with. */
export interface PlanSpaceResult {
  /** What is decided. */
  readonly decisions: readonly PlanDecisionResult[];
  /** Combinations of all choices. */
  readonly candidates: number;
  /** Over a limit, told without a run. */
  readonly overLimit: number;
  /** Proven unable to meet the goals, told without a run. */
  readonly provenImpossible: number;
  /** Simulated. */
  readonly simulated: number;
  /** Presumed to fail because a plan with more nodes does, and not run. */
  readonly presumed: number;
  /** Not looked at: dearer than the answer. */
  readonly dearer: number;
  /** Simulations, with those of growth and phases. */
  readonly runs: number;
  /** Plans that meet the goals although one with more nodes does not, in sentences. */
  readonly anomalies: readonly string[];
}
