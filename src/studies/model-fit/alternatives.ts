import type { HardwareCatalogue } from "../../hardware/catalogue.js";
import type { AlternativeMachine } from "./check-document.js";
import { findLayouts, type FitQuestion, type Layout, requestsPerSOf } from "./layouts.js";
import { machinesOfSku, type Machines } from "./machines.js";

/**
 * Machines of the catalogue that hold the model, and keep the goals where there are any: cheapest per million tokens
 * first (by the closed form, without a simulation), then those without a price by GPUs. Of machines that
 * differ in neither GPUs nor their number only the cheapest is kept.
 */
export function rankAlternatives(
  question: FitQuestion,
  catalogue: HardwareCatalogue,
): readonly AlternativeMachine[] {
  // What a user measured or insists on belongs to the machine asked, not to others.
  const { cacheBlocks: _blocks, link: _link, ...replica } = question.replica;
  const { parallel: _parallel, ...free } = question;
  const asked: FitQuestion = { ...free, replica };
  const kinds = new Map<string, Machines>();
  for (const sku of catalogue.nodes) {
    const machines = machinesOfSku(catalogue, sku);
    if (machines === undefined) continue;
    const key = `${machines.host.gpu.name}/${machines.host.gpusPerNode}`;
    const known = kinds.get(key);
    if (known === undefined || isCheaper(machines, known)) kinds.set(key, machines);
  }
  const found = [...kinds.values()].flatMap((machines) => {
    const search = findLayouts(asked, machines.host);
    if (search.kind === "does-not-fit") return [];
    // Without goals a machine of which only memory is known is one still.
    const isGood =
      search.best.served !== undefined || !question.hasSpeed || question.goals.length === 0;
    return isGood ? [alternativeOf(question, machines, search.best)] : [];
  });
  return found.sort(compareAlternatives);
}

function isCheaper(a: Machines, b: Machines): boolean {
  if (a.price === undefined) return false;
  return b.price === undefined || a.price.usdPerHour < b.price.usdPerHour;
}

function alternativeOf(
  { promptTokens, outputTokens, hasSpeed }: FitQuestion,
  { name, host, price }: Machines,
  layout: Layout,
): AlternativeMachine {
  const rate = hasSpeed && layout.served !== undefined ? requestsPerSOf(layout) : null;
  const usdPerHour = price === undefined ? null : price.usdPerHour * layout.nodes;
  const tokensPerS = rate === null ? null : rate * (promptTokens + outputTokens);
  return {
    name,
    gpu: host.gpu.name,
    nodes: layout.nodes,
    gpus: layout.nodes * host.gpusPerNode,
    parallel: layout.plan.parallel,
    replicas: layout.replicas,
    requestsPerS: rate,
    outputTokensPerS: rate === null ? null : rate * outputTokens,
    usdPerHour,
    usdPerMillionTokens:
      usdPerHour === null || tokensPerS === null ? null : (usdPerHour / (tokensPerS * 3600)) * 1e6,
    price: price ?? null,
  };
}

function compareAlternatives(a: AlternativeMachine, b: AlternativeMachine): number {
  const cost = (each: AlternativeMachine): number =>
    each.usdPerMillionTokens ?? Number.POSITIVE_INFINITY;
  const hourly = (each: AlternativeMachine): number => each.usdPerHour ?? Number.POSITIVE_INFINITY;
  const [left, right] = cost(a) === cost(b) ? [hourly(a), hourly(b)] : [cost(a), cost(b)];
  if (left !== right) return left < right ? -1 : 1;
  return a.gpus - b.gpus || (a.name < b.name ? -1 : 1);
}
