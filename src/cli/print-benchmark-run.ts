import type { BenchmarkCase, BenchmarkResult } from "../benchmark/result-document.js";
import { formatDuration, formatNumber } from "../base/units.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** Cases named one by one below the table, at most. */
const NAMED_MAX = 8;

/** What a session measured, for a terminal: figures per case, then what to know about them. */
export function printBenchmarkRun(result: BenchmarkResult): string {
  const { cases } = result;
  const measured = cases.filter((entry) => entry.runs.length > 0);
  const failed = cases.filter((entry) => entry.status === "failed");
  const skipped = cases.filter((entry) => entry.status === "skipped");
  const hasRoofline = measured.some((entry) => entry.summary?.rooflineShare !== undefined);
  const header = ["case", "time", "95 % interval", "TFLOP/s", "GB/s"];
  const rows = measured.map((entry) => caseRow(entry, hasRoofline));
  return [
    wrapText(headline(result, measured.length)),
    "",
    ...(measured.length === 0
      ? ["No case was measured."]
      : alignColumns([[...header, ...(hasRoofline ? ["of roofline"] : []), "label"], ...rows])),
    ...reasons("failed", failed),
    ...reasons("skipped", skipped),
    ...warningLines(result),
  ].join("\n");
}

function headline(result: BenchmarkResult, measured: number): string {
  const wrong = result.cases.filter((entry) => entry.check?.passed === false).length;
  const compared = result.cases.filter((entry) => entry.check !== undefined).length;
  const correct =
    wrong === 0 ? `all ${compared} results correct` : `${wrong} of ${compared} results WRONG`;
  const end = {
    precise: "every case is precise enough",
    budget: "the time was up",
    processes: "the most processes were run",
    interrupted: "interrupted",
  }[result.stopReason];
  return `${result.suite.name}: ${measured} of ${result.cases.length} cases measured, ${correct}, labelled ${result.label}; ${end}.`;
}

function caseRow(entry: BenchmarkCase, hasRoofline: boolean): readonly string[] {
  const { summary } = entry;
  const rate = (perS: number | undefined, unit: number): string =>
    perS === undefined ? "-" : formatNumber(perS / unit, { digits: 3 });
  const share = summary?.rooflineShare;
  return [
    entry.id,
    summary === undefined ? "-" : formatDuration(summary.timeS),
    intervalText(entry),
    rate(summary?.flopPerS, 1e12),
    rate(summary?.bytesPerS, 1e9),
    ...(hasRoofline ? [share === undefined ? "-" : `${(100 * share).toFixed(1)} %`] : []),
    entry.label,
  ];
}

function intervalText({ summary }: BenchmarkCase): string {
  if (summary?.intervalS === undefined) return "-";
  const [low, high] = summary.intervalS;
  const half = (high - low) / (high + low);
  // Wider than that, half a width says less than the count.
  const width = half > 0.5 ? "wide" : `±${(100 * half).toFixed(1)} %`;
  return `${width}, ${summary.processes} processes`;
}

/** The same reason is told once, with the cases it holds for. */
function reasons(word: string, cases: readonly BenchmarkCase[]): readonly string[] {
  if (cases.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const entry of cases) {
    const reason = entry.reason ?? "no reason is known";
    byReason.set(reason, [...(byReason.get(reason) ?? []), entry.id]);
  }
  const lines = [...byReason].map(
    ([reason, ids]) => `  ${wrapText(`${namesOf(ids)}: ${reason}`, 2)}`,
  );
  return ["", `${cases.length} ${word}:`, ...lines];
}

function warningLines(result: BenchmarkResult): readonly string[] {
  const byText = new Map<string, string[]>();
  for (const entry of result.cases) {
    for (const { kind, message } of entry.warnings) {
      // Figures differ from case to case; what to know is told once per kind, by its first case.
      const text = byText.get(kind);
      if (text === undefined) byText.set(kind, [message, entry.id]);
      else text.push(entry.id);
    }
  }
  const own = result.warnings.map(({ kind, message }) => `  ${wrapText(`${kind}: ${message}`, 2)}`);
  const ofCases = [...byText].map(([kind, [message, ...ids]]) => {
    const first = ids[0]!;
    const others = ids.length === 1 ? "" : ` (and ${ids.length - 1} more cases)`;
    return `  ${wrapText(`${kind}: ${first}: ${message!}${others}`, 2)}`;
  });
  return own.length + ofCases.length === 0 ? [] : ["", "Warnings:", ...own, ...ofCases];
}

function namesOf(ids: readonly string[]): string {
  const shown = ids.slice(0, NAMED_MAX).join(", ");
  return ids.length <= NAMED_MAX ? shown : `${shown} and ${ids.length - NAMED_MAX} more`;
}
