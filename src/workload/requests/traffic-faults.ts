import type {
  ConversationDescription,
  LengthDescription,
  RateShape,
  TrafficClass,
  TrafficDescription,
  ValueDistribution,
} from "./traffic-description.js";

/** A field of a traffic description that says something impossible. */
export interface TrafficFault {
  /** Where in the description. */
  readonly path: readonly (string | number)[];
  /** "must be …, got …". */
  readonly message: string;
}

/** More requests than that are a slip in the rate or the duration. */
export const REQUESTS_DRAWN_MAX = 50_000_000;
const GAP_VARIATION_MAX = 100;

/** Everything that is impossible in a description of traffic; empty when it can be drawn. */
export function trafficFaults(description: TrafficDescription): readonly TrafficFault[] {
  const { arrivals, durationS, requestsMax, classes } = description;
  const { requestsPerS, gapVariation = 1, shape } = arrivals;
  const faults = createFaults();
  faults.positive(["arrivals", "requestsPerS"], requestsPerS);
  if (!(gapVariation >= 0 && gapVariation <= GAP_VARIATION_MAX))
    faults.add(
      ["arrivals", "gapVariation"],
      `must be from 0 to ${GAP_VARIATION_MAX}, got ${gapVariation}`,
    );
  faults.positive(["durationS"], durationS);
  if (requestsMax !== undefined) faults.whole(["requestsMax"], requestsMax);
  if (Math.min(requestsPerS * durationS, requestsMax ?? Infinity) > REQUESTS_DRAWN_MAX) {
    const message = `gives about ${Math.round(requestsPerS * durationS)} requests; at most ${REQUESTS_DRAWN_MAX} are drawn`;
    faults.add(["durationS"], message);
  }
  if (shape !== undefined) shapeFaults(shape, faults.at(["arrivals", "shape"]));
  if (classes.length === 0) faults.add(["classes"], "must have at least one class");
  const names = new Set<string>();
  classes.forEach((one, index) => {
    classFaults(one, faults.at(["classes", index]));
    if (names.has(one.name)) faults.add(["classes", index, "name"], `"${one.name}" is there twice`);
    names.add(one.name);
  });
  return faults.found;
}

type Path = readonly (string | number)[];

interface Faults {
  readonly found: readonly TrafficFault[];
  add(path: Path, message: string): void;
  positive(path: Path, value: number): void;
  whole(path: Path, value: number): void;
  /** The same list for a part of the description. */
  at(path: Path): Faults;
}

function createFaults(found: TrafficFault[] = [], base: Path = []): Faults {
  const add = (path: Path, message: string): void => {
    found.push({ path: [...base, ...path], message });
  };
  return {
    found,
    add,
    positive(path, value) {
      if (!(value > 0 && value < Infinity)) add(path, `must be a number above 0, got ${value}`);
    },
    whole(path, value) {
      if (!(Number.isSafeInteger(value) && value >= 1))
        add(path, `must be a whole number of 1 and more, got ${value}`);
    },
    at: (path) => createFaults(found, [...base, ...path]),
  };
}

function shapeFaults({ segments, startS = 0 }: RateShape, faults: Faults): void {
  segments.forEach(({ durationS, weight }, index) => {
    faults.positive(["segments", index, "durationS"], durationS);
    if (!(weight >= 0 && weight < Infinity))
      faults.add(["segments", index, "weight"], `must be 0 or more, got ${weight}`);
  });
  if (!segments.some(({ weight }) => weight > 0))
    faults.add(["segments"], "must have at least one segment with a weight above 0");
  if (!Number.isFinite(startS)) faults.add(["startS"], `must be a time, got ${startS}`);
}

function classFaults(one: TrafficClass, faults: Faults): void {
  faults.positive(["weight"], one.weight);
  lengthFaults(one.lengths, faults.at(["lengths"]));
  if (one.prefix !== undefined) {
    faults.whole(["prefix", "groups"], one.prefix.groups);
    faults.whole(["prefix", "tokens"], one.prefix.tokens);
  }
  one.adapters?.forEach(({ weight }, index) => {
    faults.positive(["adapters", index, "weight"], weight);
  });
  if (one.conversation !== undefined)
    conversationFaults(one.conversation, one.prefix?.tokens ?? 0, faults.at(["conversation"]));
}

function lengthFaults(lengths: LengthDescription, faults: Faults): void {
  const { promptTokens, outputTokens } = lengths;
  if (lengths.kind === "independent") {
    distributionFaults(lengths.promptTokens, 1, faults.at(["promptTokens"]));
    distributionFaults(lengths.outputTokens, 1, faults.at(["outputTokens"]));
    return;
  }
  const [prompts, outputs] = [promptTokens as ArrayLike<number>, outputTokens as ArrayLike<number>];
  if (prompts.length === 0) faults.add(["promptTokens"], "must not be empty");
  if (prompts.length !== outputs.length)
    faults.add(
      ["outputTokens"],
      `must be as many as prompts, ${prompts.length}, got ${outputs.length}`,
    );
}

function conversationFaults(
  conversation: ConversationDescription,
  prefixTokens: number,
  faults: Faults,
): void {
  const { turns, addedTokens, thinkS, answerSPerToken = 0, contextTokensMax } = conversation;
  distributionFaults(turns, 1, faults.at(["turns"]));
  distributionFaults(addedTokens, 1, faults.at(["addedTokens"]));
  distributionFaults(thinkS, 0, faults.at(["thinkS"]));
  if (!(answerSPerToken >= 0 && answerSPerToken < Infinity))
    faults.add(["answerSPerToken"], `must be 0 or more, got ${answerSPerToken}`);
  if (!(Number.isSafeInteger(contextTokensMax) && contextTokensMax > prefixTokens + 1))
    faults.add(
      ["contextTokensMax"],
      `must be a whole number with room for the shared ${prefixTokens} tokens, a question and an answer, got ${contextTokensMax}`,
    );
}

/** @param least the smallest value that makes sense */
function distributionFaults(of: ValueDistribution, least: number, faults: Faults): void {
  if ("min" in of) {
    if (!(of.min >= least)) faults.add(["min"], `must be ${least} or more, got ${of.min}`);
    if (!(of.max >= of.min && of.max < Infinity))
      faults.add(["max"], `must be a number not below min, ${of.min}, got ${of.max}`);
  }
  switch (of.kind) {
    case "fixed":
      if (!(of.value >= least && of.value < Infinity))
        faults.add(["value"], `must be ${least} or more, got ${of.value}`);
      return;
    case "uniform":
      return;
    case "lognormal":
      faults.positive(["median"], of.median);
      if (!(of.sigma >= 0 && of.sigma <= 20))
        faults.add(["sigma"], `must be from 0 to 20, got ${of.sigma}`);
      return;
    case "exponential":
      faults.positive(["mean"], of.mean);
      return;
    case "normal":
      normalFaults(of, faults);
      return;
    case "empirical":
      if (of.values.length === 0) faults.add(["values"], "must not be empty");
      return;
    case "quantiles":
      quantileFaults(of.points, least, faults);
      return;
    case "mixture":
      if (of.parts.length === 0) faults.add(["parts"], "must not be empty");
      of.parts.forEach((part, index) => {
        faults.positive(["parts", index, "weight"], part.weight);
        distributionFaults(part.of, least, faults.at(["parts", index, "of"]));
      });
  }
}

function normalFaults(of: Extract<ValueDistribution, { kind: "normal" }>, faults: Faults): void {
  const { mean, standardDeviation, min, max } = of;
  faults.positive(["standardDeviation"], standardDeviation);
  // Redrawing from a distribution whose bounds lie far outside would never end.
  if (!(mean >= min && mean <= max))
    faults.add(["mean"], `must lie within its bounds ${min} to ${max}, got ${mean}`);
}

function quantileFaults(
  points: readonly (readonly [q: number, value: number])[],
  least: number,
  faults: Faults,
): void {
  const message = "must begin at share 0, end at share 1 and rise in both";
  const rises = points.every(
    ([q, value], at) => at === 0 || (q > points[at - 1]![0] && value >= points[at - 1]![1]),
  );
  if (points[0]?.[0] !== 0 || points.at(-1)?.[0] !== 1 || !rises) faults.add(["points"], message);
  else if (!(points[0][1] >= least && Number.isFinite(points.at(-1)![1])))
    faults.add(["points"], `must have values of ${least} and more, got ${points[0][1]}`);
}
