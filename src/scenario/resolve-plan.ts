import { parseWrittenPath } from "./set-path.js";
import {
  PLAN_DEFAULTS,
  type PlanChoice,
  type PlanDecision,
  type PlanSetting,
  type PlanSpec,
  type PlanSupply,
} from "./plan-spec.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type PlanInput = NonNullable<ScenarioSpec["plan"]>;
type DecisionInput = PlanInput["decide"][number];

/** Longest text of a value in a label. */
const LABEL_MAX = 60;

/** Fills in what a `plan` section leaves out; a scenario without one has nothing to fill in. */
export function resolvePlan(spec: ScenarioSpec): { readonly plan?: PlanSpec } {
  const { plan } = spec;
  if (plan === undefined) return {};
  const horizonS = plan.horizon ?? spec.cost?.horizon;
  return {
    plan: {
      decisions: plan.decide.map((decision, index) => resolveDecision(decision, index)),
      minimise: plan.minimise === "power" ? "power" : PLAN_DEFAULTS.minimise,
      horizonS: horizonS ?? PLAN_DEFAULTS.horizonS,
      isHorizonAssumed: horizonS === undefined,
      limits: withoutUndefined(plan.limits ?? {}),
      surviveNodes: plan.survive?.nodes ?? 0,
      supplies: (plan.supply ?? []).map(resolveSupply),
      confidence: plan.confidence ?? PLAN_DEFAULTS.confidence,
      tolerance: plan.tolerance ?? PLAN_DEFAULTS.tolerance,
      replicationsFirst: plan.replications?.first ?? PLAN_DEFAULTS.replicationsFirst,
      replicationsMax: plan.replications?.max ?? PLAN_DEFAULTS.replicationsMax,
      growthPerMonth: plan.growth?.perMonth,
      growthMax: plan.growth?.max ?? PLAN_DEFAULTS.growthMax,
    },
  };
}

/** Numbers of a range, both ends included where the step hits them; empty when it is the wrong way round. */
export function rangeValues(range: {
  readonly from: number;
  readonly to: number;
  readonly step?: number | undefined;
}): readonly number[] {
  const step = range.step ?? 1;
  const count = Math.floor((range.to - range.from) / step + 1e-9) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const value = range.from + index * step;
    // Steps such as 0.1 gather errors that nobody wrote.
    return Number(value.toPrecision(12));
  });
}

/** Node group whose count a path is; undefined for every other path. */
export function countedGroup(path: string): string | undefined {
  const steps = parseWrittenPath(path);
  if (steps?.length !== 4) return undefined;
  const [cluster, nodes, item, count] = steps;
  const isCount =
    cluster?.kind === "field" &&
    cluster.name === "cluster" &&
    nodes?.kind === "field" &&
    nodes.name === "nodes" &&
    count?.kind === "field" &&
    count.name === "count";
  return isCount && item?.kind === "item" ? item.selector : undefined;
}

/** What the answer calls a decision that has no name of its own. */
export function decisionName({ name, path }: DecisionInput, index: number): string {
  return name ?? path ?? `decision ${index + 1}`;
}

/** Choices of one decision as written; none when the section is incomplete. */
export function decisionValues({ range, values }: DecisionInput): readonly unknown[] {
  return values ?? (range === undefined ? [] : rangeValues(range));
}

function resolveDecision(decision: DecisionInput, index: number): PlanDecision {
  const { path, options } = decision;
  const name = decisionName(decision, index);
  if (options !== undefined) {
    return {
      name,
      choices: options.map((option) => ({
        label: option.name,
        settings: Object.entries(option.set).map(([at, value]) => setting(at, value)),
      })),
    };
  }
  if (path === undefined) throw new Error("plan: a decision passed the checks without a path");
  const group = countedGroup(path);
  const values = decisionValues(decision);
  if (group === undefined) {
    return { name, choices: distinct(values.map((value) => choice(path, value))) };
  }
  const counts = [...new Set(values as readonly number[])].sort((left, right) => left - right);
  return {
    name,
    group,
    choices: counts.map((count) => ({ ...choice(path, count), count })),
  };
}

function choice(path: string, value: unknown): PlanChoice {
  const text = valueText(value);
  return {
    label: shortened(text),
    settings: [setting(path, value)],
  };
}

/** Policies and hosting are known by their names, whatever is set beside them. */
function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const { name, profile } = value as { readonly name?: unknown; readonly profile?: unknown };
    if (typeof name === "string") return name;
    if (typeof profile === "string") return profile;
  }
  return JSON.stringify(value);
}

/** Labels that tell the choices of one decision apart. */
function distinct(choices: readonly PlanChoice[]): readonly PlanChoice[] {
  const count = (label: string): number => choices.filter((other) => other.label === label).length;
  return choices.map((one) =>
    count(one.label) === 1 ? one : { ...one, label: shortened(one.settings[0]!.value) },
  );
}

function shortened(text: string): string {
  return text.length > LABEL_MAX ? `${text.slice(0, LABEL_MAX - 1)}…` : text;
}

function setting(path: string, value: unknown): PlanSetting {
  return { path, value: JSON.stringify(value) };
}

function resolveSupply(supply: NonNullable<PlanInput["supply"]>[number]): PlanSupply {
  return {
    group: supply.group,
    leadTimeS: supply.leadTime ?? 0,
    batch: supply.batch ?? Infinity,
    everyS: supply.every ?? 0,
    have: supply.have ?? 0,
    ...(supply.rackUnits === undefined ? {} : { rackUnits: supply.rackUnits }),
  };
}

function withoutUndefined(limits: NonNullable<PlanInput["limits"]>): PlanSpec["limits"] {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
