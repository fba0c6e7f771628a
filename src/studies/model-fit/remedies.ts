import { formatBytes } from "../../base/units.js";
import { weightBytesOf } from "../../performance/llm/decoder-model.js";
import { formatsFor } from "../../performance/llm/decoder-from-config.js";
import { CACHE_RULES, TOKENS_PER_BLOCK } from "../../performance/llm/cache-blocks.js";
import type { AlternativeMachine } from "./check-document.js";
import { type FitQuestion, findLayouts, type Layout } from "./layouts.js";
import { findGpu } from "../../hardware/find-gpu.js";
import { migGeometryOf } from "../../hardware/mig.js";
import { hostOfMig, type ReplicaHost } from "../../performance/llm/replica-host.js";
import type { Machines } from "./machines.js";

const NODES_TRIED_MAX = 64;

/** What would make a model fit on the machines asked, or keep the goals there; each in a sentence that was tried. */
export function remediesFor(
  question: FitQuestion,
  machines: readonly Machines[],
  alternatives: readonly AlternativeMachine[],
  fits: boolean,
): readonly string[] {
  const onThese = machines.flatMap((each) =>
    fits ? remediesForGoals(question, each) : remediesForRoom(question, each),
  );
  const priced = alternatives.find(({ usdPerHour }) => usdPerHour !== null);
  const fewest = [...alternatives].sort((a, b) => a.gpus - b.gpus)[0];
  const others = [...new Set([priced, fewest])].flatMap((each) =>
    each === undefined
      ? []
      : [`${countOf(each.nodes, each.name)} (${each.gpus} × ${each.gpu}) would do${costOf(each)}`],
  );
  if (onThese.length + others.length > 0) return [...new Set([...onThese, ...others])];
  return [nowhere(question, fits)];
}

function costOf({ usdPerHour, price }: AlternativeMachine): string {
  if (usdPerHour === null || price === null) return "; no price of it is known";
  return `, at ${usdPerHour.toFixed(2)} USD an hour (${price.region})`;
}

function countOf(count: number, name: string): string {
  return count === 1 ? `one ${name}` : `${count} × ${name}`;
}

/** Variants of the question in the order in which they are mildest. */
function variantsOf(question: FitQuestion): readonly (readonly [string, FitQuestion])[] {
  const { model, replica } = question;
  const weights = (format: "fp8" | "awq-int4"): FitQuestion => ({
    ...question,
    model: { ...model, formats: { ...formatsFor(format), ends: "bf16" } },
  });
  const isLarge = model.formats === undefined && model.bytesPerWeight >= 2 && question.hasSpeed;
  return [
    ...(replica.cacheFormat === "fp8"
      ? []
      : [
          [
            "an fp8 cache (--cache-format fp8)",
            { ...question, replica: { ...replica, cacheFormat: "fp8" as const } },
          ] as const,
        ]),
    ...(isLarge
      ? [
          ["weights in fp8 (another checkpoint of the model)", weights("fp8")] as const,
          ["weights in 4 bits, AWQ or GPTQ (another checkpoint)", weights("awq-int4")] as const,
        ]
      : []),
  ];
}

function remediesForRoom(
  question: FitQuestion,
  { host, count, name }: Machines,
): readonly string[] {
  const limit = Math.min(question.nodesMax, count ?? question.nodesMax);
  const found: string[] = [];
  for (const [what, variant] of variantsOf(question)) {
    const search = findLayouts({ ...variant, nodesMax: limit }, host);
    if (search.kind === "fits")
      found.push(`${what}: then it fits on ${countOf(search.best.nodes, name)}`);
  }
  found.push(...otherRules({ ...question, nodesMax: limit }, { host, name }));
  const shorter = shorterRequest({ ...question, nodesMax: limit }, { host, count, name });
  if (shorter !== undefined) found.push(shorter);
  if (host.migProfile !== undefined) return [...largerProfiles(question, host), ...found];
  if (question.parallel !== undefined) return found;
  if (limit < NODES_TRIED_MAX) {
    const more = findLayouts({ ...question, nodesMax: NODES_TRIED_MAX }, host);
    if (more.kind === "fits")
      found.push(
        `${countOf(more.best.nodes, name)} hold it${count === undefined ? ` (--nodes-max ${more.best.nodes})` : `, and there ${count === 1 ? "is" : "are"} ${count}`}`,
      );
  }
  return found;
}

/** What is left for the cache differs by gigabytes between published rules: where another one has room this is said. */
function otherRules(
  question: FitQuestion,
  { host, name }: Pick<Machines, "host" | "name">,
): readonly string[] {
  if (question.replica.cacheBlocks !== undefined) return [];
  const used = question.replica.cacheRule?.name ?? CACHE_RULES[0]!.name;
  return CACHE_RULES.flatMap((rule) => {
    if (rule.name === used) return [];
    const replica = { ...question.replica, cacheRule: rule };
    const search = findLayouts({ ...question, replica }, host);
    if (search.kind !== "fits") return [];
    return [
      `by the published rule ${rule.name} it does fit on ${countOf(search.best.nodes, name)}, with ${search.best.cacheTokens} tokens of cache (--cache-rule ${rule.name}); a running vLLM tells the truth (--cache-blocks)`,
    ];
  });
}

/** The smallest profile of the same GPU that holds the model. */
function largerProfiles(
  question: FitQuestion,
  { gpu, migProfile = "" }: ReplicaHost,
): readonly string[] {
  const whole = gpu.name.slice(0, gpu.name.length - migProfile.length - 1);
  const found = findGpu(whole);
  const geometry = migGeometryOf(whole);
  if (found.kind !== "found" || geometry === undefined) return [];
  const smallest = [...geometry.profiles].reverse().find(({ name, extension }) => {
    const host = extension === undefined ? hostOfMig(found.gpu, name) : undefined;
    return host !== undefined && findLayouts(question, host).kind === "fits";
  });
  return smallest === undefined
    ? [`a whole ${whole}`]
    : [`the profile ${smallest.name} of ${whole} (--mig ${smallest.name})`];
}

/** Where the weights fit and not the request asked: the longest that would. */
function shorterRequest(
  question: FitQuestion,
  { host, name }: Pick<Machines, "host" | "name"> & { readonly count: number | undefined },
): string | undefined {
  const search = findLayouts({ ...question, promptTokens: 1, outputTokens: 1 }, host);
  if (search.kind !== "fits") return undefined;
  const longest = Math.max(
    ...[search.best, ...search.others].map(
      ({ plan }: Layout) => plan.cacheBlocks * TOKENS_PER_BLOCK,
    ),
  );
  return `requests of at most ${longest} tokens, prompt and answer together, on ${countOf(search.best.nodes, name)}`;
}

function remediesForGoals(
  question: FitQuestion,
  { host, count, name }: Machines,
): readonly string[] {
  const limit = Math.min(question.nodesMax, count ?? question.nodesMax);
  const found: string[] = [];
  for (const [what, variant] of variantsOf(question)) {
    const search = findLayouts({ ...variant, nodesMax: limit }, host);
    if (search.kind === "fits" && search.best.served !== undefined)
      found.push(`${what}: then the goals hold on ${countOf(search.best.nodes, name)}`);
  }
  const search = findLayouts({ ...question, nodesMax: limit }, host);
  if (search.kind !== "fits") return found;
  const layouts = [search.best, ...search.others];
  const leastTpot = Math.min(...layouts.map(({ alone }) => alone?.tpotMeanS ?? Infinity));
  const leastTtft = Math.min(...layouts.map(({ alone }) => alone?.ttftMeanS ?? Infinity));
  if (Number.isFinite(leastTpot))
    found.push(
      `goals of at least ${milliseconds(leastTtft)} to the first token and ${milliseconds(leastTpot)} per token: one request alone takes that on ${name}`,
    );
  return found;
}

function milliseconds(seconds: number): string {
  return `${Math.ceil(seconds * 1000)} ms`;
}

function nowhere(
  { model, nodesMax, promptTokens, outputTokens }: FitQuestion,
  fits: boolean,
): string {
  if (fits)
    return "no machine of the catalogue keeps these goals: give longer ones, a shorter prompt, or a smaller model";
  return `no machine of the catalogue holds it on up to ${nodesMax} of them: its weights are ${formatBytes(weightBytesOf(model))}, a request of ${promptTokens + outputTokens} tokens comes on top; raise --nodes-max, take a smaller or a quantised model, or shorter requests`;
}
