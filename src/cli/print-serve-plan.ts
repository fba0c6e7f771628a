import { formatNumber } from "../base/units.js";
import type { PlanDocument, PlannedConfiguration } from "../studies/serve/plan-service.js";
import {
  aloneTexts,
  demandTexts,
  limitText,
  methodText,
  percentText,
  planSentence,
  rateText,
  targetText,
} from "../studies/serve/plan-words.js";
import { assumptionLines } from "./print-serve.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** A plan for people. */
export function planLines(document: PlanDocument): string[] {
  const { model, traffic, targets, configurations, seeds } = document;
  const usable = configurations.filter(({ maxRate }) => maxRate !== null);
  const refused = configurations.filter(({ refused }) => refused !== null);
  const rate = traffic.requestsPerS;
  const at = rate === null ? "" : ` at ${formatNumber(rate)} requests per second`;
  const intervals = seeds.length > 1 ? `; ${seeds.length} seeds, 95 % intervals` : "";
  const wrapped = (text: string): string => `  ${wrapText(text, 2)}`;
  const paragraph = (texts: readonly string[]): string[] =>
    texts.length === 0 ? [] : ["", ...texts.map(wrapped)];
  const method = methodText(document);
  return [
    `${model} for ${traffic.name}${at}`,
    `Targets at p${percentText(targets)}: ${targetText(targets)}${intervals}`,
    "",
    wrapped(planSentence(document)),
    ...(usable.length === 0 ? [] : ["", ...alignColumns(rowsOf(usable, rate !== null))]),
    ...paragraph(aloneTexts(document)),
    ...paragraph(demandTexts(document)),
    ...paragraph(
      refused.map(
        ({ name, refused }) => `${name} cannot be: ${refused!.message}; ${refused!.help}`,
      ),
    ),
    ...paragraph(method === undefined ? [] : [method]),
    "",
    ...assumptionLines([...(usable[0]?.assumptions ?? []), ...document.assumptions]),
  ];
}

function rowsOf(usable: readonly PlannedConfiguration[], hasDemand: boolean): string[][] {
  const header = [
    "",
    "requests/s",
    "limited by",
    "tokens/s out",
    "$/M out",
    ...(hasDemand ? ["replicas", "GPUs", "$/h"] : ["GPUs"]),
  ];
  return [header, ...usable.map((one) => rowOf(one, hasDemand))];
}

function rowOf(one: PlannedConfiguration, hasDemand: boolean): string[] {
  const { maxRate, cost, forDemand } = one;
  const number = (value: number | null | undefined): string =>
    value === null || value === undefined ? "-" : formatNumber(value);
  return [
    one.name,
    rateText(maxRate!),
    limitText(maxRate!),
    number(maxRate!.tokensPerS.output),
    number(cost?.usdPerMillionOutputTokens),
    ...(hasDemand
      ? [number(forDemand?.replicas), number(forDemand?.gpus), number(forDemand?.usdPerHour)]
      : [String(one.gpusPerReplica)]),
  ];
}
