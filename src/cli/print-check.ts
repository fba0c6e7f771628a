import { formatBytes, formatNumber } from "../base/units.js";
import type { ReplicaParallel } from "../performance/llm/replica-plan.js";
import type {
  AlternativeMachine,
  CheckModelDocument,
  LayoutAnswer,
  MachineAnswer,
} from "../studies/model-fit/check-document.js";
import { alignColumns, countText, wrapText } from "./text-layout.js";

const ALTERNATIVES_SHOWN = 8;

/** The answer for people: the sentence first, then memory, speed, cost, and what else would do. */
export function checkLines(document: CheckModelDocument): string[] {
  const { model, machines, asked } = document;
  return [
    wrapText(`${model.name}: ${document.reason}`),
    "",
    ...alignColumns([
      ["weights", formatBytes(model.weightBytes)],
      ["cache", `${formatBytes(model.cacheBytesPerToken)} per token`],
      [
        "asked",
        `${countText(asked.promptTokens)} + ${countText(asked.outputTokens)} tokens per request${goalText(document)}`,
      ],
    ]),
    ...machines.flatMap((machine) => ["", ...machineLines(machine, document)]),
    ...remedyLines(document.remedies),
    ...alternativeLines(document),
    "",
    "What this rests on:",
    ...document.assumptions.map(
      ({ what, value, source, provenance }) =>
        `  ${wrapText(`${what}: ${value}, ${provenance}: ${source}`, 2)}`,
    ),
    ...document.warnings.map((warning) => `  ${wrapText(`Note: ${warning}`, 2)}`),
  ];
}

function goalText({ asked }: CheckModelDocument): string {
  if (asked.goals.length === 0) return ", no latency goal (--slo)";
  const goals = asked.goals.map(({ name, targetS }) => `${name} at most ${seconds(targetS)}`);
  return `, ${goals.join(", ")}`;
}

function machineLines(machine: MachineAnswer, document: CheckModelDocument): string[] {
  const { name, gpu, gpusPerNode, available, layout, reason, price } = machine;
  const each = name.startsWith(gpu) || name.endsWith(gpu) ? "" : `, ${gpusPerNode} × ${gpu}`;
  const has = available === null ? "" : `, ${available} there`;
  if (layout === null) return [wrapText(`${name}${each}${has}: does not fit: ${reason ?? ""}.`)];
  const rows: (readonly string[])[] = [
    ["machines", machinesText(layout)],
    ["parallel", parallelText(layout.parallel)],
    ["memory of a GPU", memoryText(layout)],
    [
      "KV cache",
      `${countText(layout.cacheTokens)} tokens; ${countText(layout.concurrencyMax)} requests of this size at once`,
    ],
    ...speedRows(layout, document),
    ...(price === null
      ? [["cost", "no price of this machine is known (--file adds one)"]]
      : [["cost", costText(layout, machine)]]),
    ...kaitoRows(machine),
  ];
  const width = Math.max(...rows.map(([first]) => first!.length));
  return [
    wrapText(`${name}${each}${has}`),
    ...rows.map(([first, text]) => `  ${first!.padEnd(width)}   ${wrapText(text!, width + 5)}`),
  ];
}

function machinesText({ nodes, replicas, gpusPerReplica }: LayoutAnswer): string {
  const copies =
    replicas === 1
      ? `one copy of ${count(gpusPerReplica, "GPU")}`
      : `${replicas} copies of ${count(gpusPerReplica, "GPU")} each`;
  return `${nodes}: ${copies}`;
}

function parallelText({ tensor, pipeline, expertRanks }: ReplicaParallel): string {
  const parts = [
    `tensor ${tensor}`,
    ...(pipeline > 1 ? [`pipeline ${pipeline}`] : []),
    ...(expertRanks > 1 ? [`experts over ${expertRanks} data-parallel ranks`] : []),
  ];
  return parts.join(", ");
}

function memoryText({ memory }: LayoutAnswer): string {
  const room =
    memory.cacheRoomBytesPerGpu === null
      ? "cache as given"
      : `${formatBytes(memory.cacheRoomBytesPerGpu)} for the cache`;
  return `${formatBytes(memory.gpuBytes)}: ${formatBytes(memory.weightBytesPerGpu)} weights, ${room}`;
}

function speedRows(
  { served, alone, peakTokensPerMinute, noSpeedReason }: LayoutAnswer,
  { model, asked }: CheckModelDocument,
): (readonly string[])[] {
  const unknown = model.noSpeedReason ?? noSpeedReason;
  if (unknown !== null) return [["speed", `not known: ${unknown}`]];
  const rows: (readonly string[])[] = [];
  if (served === null) rows.push(["speed", "the goals do not hold at any load"]);
  else {
    const how =
      served.by === "simulation"
        ? "in a simulation with random arrivals"
        : "with the cache full, by the step-time model";
    rows.push(
      [
        "throughput",
        `${number(served.outputTokensPerS)} output tokens/s (${number(served.tokensPerS)} with prompts), ${formatNumber(served.requestsPerS)} requests/s, ${number(served.concurrency)} in flight, ${how}`,
      ],
      [
        "first token",
        `${seconds(served.ttftMeanS)} on average, p95 ${seconds(served.ttftP95S)}${asked.goals.length === 0 ? " (requests come when others end)" : ""}`,
      ],
      ["per token", `${seconds(served.tpotMeanS)} on average, p95 ${seconds(served.tpotP95S)}`],
    );
  }
  if (alone !== null)
    rows.push([
      "one alone",
      `first token after ${seconds(alone.ttftS)}, then ${seconds(alone.tpotS)} per token`,
    ]);
  if (peakTokensPerMinute !== null)
    rows.push([
      "KAITO's peak",
      `${number(peakTokensPerMinute)} tokens per minute (peakTokensPerMinute of its benchmark: 2048 in, 256 out, 60 s)`,
    ]);
  return rows;
}

function costText(
  { usdPerHour, usdPerMillionOutputTokens, usdPerMillionTokens }: LayoutAnswer,
  { price }: MachineAnswer,
): string {
  const { region, kind, asOf, source } = price!;
  const tokens =
    usdPerMillionTokens === null || usdPerMillionOutputTokens === null
      ? ""
      : `; ${usd(usdPerMillionTokens)} USD per million tokens, ${usd(usdPerMillionOutputTokens)} per million output tokens at this load`;
  const day = asOf === undefined ? "day not stated by its source" : asOf;
  return `${usd(usdPerHour!)} USD per hour${tokens} (${kind}, ${region}, ${day}: ${source})`;
}

function kaitoRows({ kaito, layout }: MachineAnswer): (readonly string[])[] {
  if (kaito === null) return [];
  if (kaito.refusal !== null) return [["KAITO v0.12.0", `refuses: ${kaito.refusal}`]];
  const { nodes, tensorParallel, pipelineParallel, dataParallel } = kaito;
  const differs = layout !== null && nodes !== layout.nodes ? ", other than the fewest here" : "";
  return [
    [
      "KAITO v0.12.0",
      `${count(nodes!, "node")}${differs}: tensor ${tensorParallel!}, pipeline ${pipelineParallel!}, data ${dataParallel!}`,
    ],
  ];
}

function remedyLines(remedies: readonly string[]): string[] {
  if (remedies.length === 0) return [];
  return ["", "What would help:", ...remedies.map((each) => `  ${wrapText(`- ${each}`, 4)}`)];
}

function alternativeLines({ alternatives, asked, model }: CheckModelDocument): string[] {
  if (alternatives.length === 0) return [];
  const shown = alternatives.slice(0, ALTERNATIVES_SHOWN);
  const rest = alternatives.length - shown.length;
  const goals = asked.goals.length === 0 ? "" : " and keep the goals";
  return [
    "",
    `Machines of the catalogue that hold it${goals}, cheapest first${model.hasSpeed ? " (by the step-time model)" : ""}:`,
    ...alignColumns([
      ["machine", "GPUs", "copies × parallel", "output tokens/s", "USD/h", "USD per 10⁶ tokens"],
      ...shown.map(alternativeRow),
    ]),
    ...(rest > 0 ? [`  and ${rest} more (--json has them all)`] : []),
    ...priceNotes(shown),
  ];
}

function alternativeRow(each: AlternativeMachine): readonly string[] {
  const { tensor, pipeline, expertRanks } = each.parallel;
  const spread = `${each.replicas} × tp${tensor}${pipeline > 1 ? ` pp${pipeline}` : ""}${expertRanks > 1 ? ` ep${expertRanks * tensor}` : ""}`;
  return [
    each.nodes === 1 ? each.name : `${each.nodes} × ${each.name}`,
    `${each.gpus} × ${each.gpu}`,
    spread,
    each.outputTokensPerS === null ? "-" : number(each.outputTokensPerS),
    each.usdPerHour === null
      ? "no price"
      : `${usd(each.usdPerHour)}${each.price?.kind === "capacity-block" ? "*" : ""}`,
    each.usdPerMillionTokens === null ? "-" : usd(each.usdPerMillionTokens),
  ];
}

function priceNotes(shown: readonly AlternativeMachine[]): string[] {
  const prices = shown.flatMap(({ price }) => (price === null ? [] : [price]));
  if (prices.length === 0)
    return ["  No price of these machines is known; --file adds prices of your own."];
  const notes = prices.map(
    ({ kind, region, asOf, source }) =>
      `${kind}, ${region}, ${asOf ?? "day not stated"}: ${source}`,
  );
  const blocks = prices.some(({ kind }) => kind === "capacity-block");
  return [
    ...(blocks ? ["  * time bought ahead in a block; no other price of it is known"] : []),
    `  ${wrapText(`Prices: ${[...new Set(notes)].join("; ")}`, 2)}`,
  ];
}

function count(value: number, what: string): string {
  return `${countText(value)} ${what}${value === 1 ? "" : "s"}`;
}

function number(value: number): string {
  return value < 100 ? formatNumber(value) : countText(Math.round(value));
}

function usd(value: number): string {
  return value < 1 ? value.toPrecision(3) : value.toFixed(2);
}

function seconds(value: number): string {
  if (!Number.isFinite(value)) return "without end";
  return value < 1 ? `${formatNumber(value * 1000)} ms` : `${formatNumber(value)} s`;
}
