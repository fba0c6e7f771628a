import { formatDuration, formatNumber } from "../base/units.js";
import { visibleText } from "../diagnostics/visible-text.js";
import type { ArrivalSlot } from "../workload/describe/arrival-pattern.js";
import type { DemandOverTime } from "../workload/describe/demand-over-time.js";
import type {
  GangSize,
  LargestJob,
  Quantiles,
  TraceDescription,
} from "../workload/describe/describe-trace.js";
import type { TraceRead } from "../workload/read-trace.js";
import { bar, columns, plotStyle } from "./print-trace-plots.js";
import { hanging, printedRows } from "./print-trace-rows.js";
import { colours } from "./terminal.js";
import { alignColumns } from "./text-layout.js";

const HOUR_S = 3600;
const TENANTS_MAX = 3;
/** More sizes than this are joined into powers of two. */
const SIZES_MAX = 10;
const BAR_WIDTH = 24;
/** Of the longest name in the summary, with a gap. */
const SUMMARY_WIDTH = 15;
const WIDTH = 80;

/** What is in a trace, for people: figures, plots of 80 columns, warnings, rows that are not in it. */
export function printDescription(
  files: readonly string[],
  read: TraceRead,
  description: TraceDescription,
): void {
  const colour = colours(process.stdout);
  const heading = (text: string): string => colour.bold(text);
  const lines = [
    heading(files.map(visibleText).join(", ")),
    ...hanging("", visibleText(read.guess ?? `read as ${read.format}`)),
    "",
    ...summary(description),
    "",
    heading("GPUs per job"),
    ...sizeLines(description),
    "",
    ...quantileLines(description, heading),
    "",
    ...arrivalLines(description, heading),
    "",
    ...demandLines(description, heading),
    ...printedRows(read),
  ];
  for (const { message, help } of description.warnings) {
    lines.push(
      "",
      ...hanging("! ", visibleText(message)).map((line, index) =>
        index === 0 ? line.replace("!", colour.yellow("!")) : line,
      ),
      ...hanging("  = help: ", visibleText(help)).map((line) =>
        line.replace("= help:", colour.dim("= help:")),
      ),
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** A whole number with all its digits, any other with three. */
export function amount(value: number): string {
  return formatNumber(value, Number.isInteger(value) ? { digits: 15 } : {});
}

function percent(share: number): string {
  return `${formatNumber(share * 100)} %`;
}

function gpuHours(gpuSeconds: number): string {
  return `${formatNumber(gpuSeconds / HOUR_S)} GPU-hours`;
}

function summary(description: TraceDescription): string[] {
  const { jobs, jobsWithoutGpu, tenants, load, largest, clusterGpus, originEpochS } = description;
  const without = jobsWithoutGpu === 0 ? "" : `, ${amount(jobsWithoutGpu)} of them without a GPU`;
  const rows = [
    ["jobs", `${amount(jobs)}${without}`],
    [
      "submitted",
      `over ${formatDuration(description.spanS)}${originEpochS === null ? "" : `, ${calendar(description)}`}`,
    ],
    ["work", gpuHours(description.gpuSeconds)],
    ["tenants", tenantText(description, tenants.length)],
  ];
  if (largest !== null) {
    rows.push(["most GPUs", jobText(largest.byGpus)], ["most work", jobText(largest.byGpuSeconds)]);
  }
  if (clusterGpus !== null) {
    const text =
      load === null
        ? "none: all jobs are submitted at one instant"
        : `${formatNumber(load.value)} of ${amount(clusterGpus)} GPUs${load.lasting ? "" : " (a burst: too few jobs or too short to be a load that lasts)"}`;
    rows.push(["offered load", text]);
  }
  return rows.flatMap(([name, text]) => hanging(`  ${name!.padEnd(SUMMARY_WIDTH)}`, text!));
}

function calendar({ originEpochS, firstSubmitS, lastSubmitS }: TraceDescription): string {
  const text = (timeS: number): string =>
    new Date((originEpochS! + timeS) * 1000).toISOString().slice(0, 16).replace("T", " ");
  return `${text(firstSubmitS)} to ${text(lastSubmitS)} UTC`;
}

function tenantText({ tenants, gpuSeconds, jobs }: TraceDescription, count: number): string {
  const shown = tenants.slice(0, TENANTS_MAX).map((tenant) => {
    const share = gpuSeconds > 0 ? tenant.gpuSeconds / gpuSeconds : tenant.jobs / jobs;
    return `${tenant.name === "" ? "(none)" : visibleText(tenant.name)} ${percent(share)}`;
  });
  const more = count > TENANTS_MAX ? ", …" : "";
  return count === 1 && tenants[0]!.name === ""
    ? "none named"
    : `${amount(count)}; by work ${shown.join(", ")}${more}`;
}

function jobText({ id, gpus, durationS, gpuSeconds }: LargestJob): string {
  return `${visibleText(id)}: ${amount(gpus)} ${gpus === 1 ? "GPU" : "GPUs"} for ${formatDuration(durationS)}, ${gpuHours(gpuSeconds)}`;
}

function sizeLines({ gangSizes, jobs, gpuSeconds }: TraceDescription): string[] {
  const style = plotStyle();
  const sizes = gangSizes.length > SIZES_MAX ? byPowersOfTwo(gangSizes) : gangSizes;
  return alignColumns([
    ["", "jobs", "", "", "GPU time"],
    ...sizes.map((size) => [
      sizeName(size),
      amount(size.jobs),
      percent(size.jobs / jobs),
      bar(size.jobs / jobs, BAR_WIDTH, style).padEnd(BAR_WIDTH),
      gpuSeconds === 0 ? "" : percent(size.gpuSeconds / gpuSeconds),
    ]),
  ]);
}

function sizeName({ gpusMin, gpusMax }: GangSize): string {
  if (gpusMax === 0) return "none";
  if (gpusMax < 1) return "below 1";
  return gpusMin === gpusMax ? amount(gpusMin) : `${amount(gpusMin)} to ${amount(gpusMax)}`;
}

/** Joins sizes into (1, 2], (2, 4], (4, 8] and so on. */
function byPowersOfTwo(sizes: readonly GangSize[]): GangSize[] {
  const joined: GangSize[] = [];
  let limit = 1;
  for (const size of sizes) {
    const last = joined.at(-1);
    if (size.gpusMax <= 1 || last === undefined || size.gpusMin > limit) {
      while (limit < size.gpusMin) limit *= 2;
      joined.push(size);
    } else {
      joined[joined.length - 1] = {
        gpusMin: last.gpusMin,
        gpusMax: size.gpusMax,
        jobs: last.jobs + size.jobs,
        gpuSeconds: last.gpuSeconds + size.gpuSeconds,
      };
    }
  }
  return joined;
}

function quantileLines(
  { durationS, recordedWaitS }: TraceDescription,
  heading: (text: string) => string,
): string[] {
  const names = ["p5", "p25", "p50", "p75", "p95", "p99", "max", "mean"] as const;
  const table = (digits: number): string[] => {
    const cells = (values: Quantiles): string[] =>
      names.map((name) => formatDuration(values[name], { digits }));
    return tight([
      ["", ...names],
      ["duration", ...cells(durationS)],
      ...(recordedWaitS === null ? [] : [["wait", ...cells(recordedWaitS)]]),
    ]);
  };
  const exact = table(3);
  // Nine columns of three digits may be a little wider than a terminal.
  const fitting = exact.every((line) => line.length <= WIDTH) ? exact : table(2);
  if (recordedWaitS === null) return [heading("Durations"), ...fitting];
  return [
    heading("Durations, and waits as the original system had them"),
    ...fitting,
    `  waits of ${amount(recordedWaitS.count)} jobs`,
  ];
}

/** Like `alignColumns` with two spaces between columns: nine columns of durations fit 80. */
function tight(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd(),
  );
}

function arrivalLines({ arrivals }: TraceDescription, heading: (text: string) => string): string[] {
  const { hourOfDay, weekday, dispersionIndex, clock } = arrivals;
  const style = plotStyle();
  const zone = clock === "utc" ? "UTC" : "second 0 taken as Monday 00:00";
  const most = Math.max(...hourOfDay.map(rate));
  const days = weekday.filter(({ hours }) => hours > 0);
  const mostOfDays = Math.max(...days.map(rate));
  const burst =
    dispersionIndex === null
      ? []
      : [
          ...hanging(
            "  burstiness ",
            `${formatNumber(dispersionIndex)}: variance over mean of the jobs per hour; 1 for a steady Poisson stream, more with a daily rhythm and with bursts.`,
          ),
        ];
  return [
    heading(`Arrivals by hour of the day, ${zone}`),
    ...columns(
      hourOfDay.map(({ jobsPerHour }) => jobsPerHour),
      { max: most, height: 4, columnWidth: 3 },
      style,
    ).map((line) => `  ${line}`),
    `  ${["0", "6", "12", "18"].map((hour) => hour.padEnd(18)).join("")}`.trimEnd(),
    `  the tallest is ${formatNumber(most)} jobs per hour`,
    "",
    heading("Arrivals by day of the week"),
    ...alignColumns(
      days.map((day) => [
        day.name,
        `${formatNumber(rate(day))} jobs per hour`,
        bar(rate(day) / mostOfDays, BAR_WIDTH, style),
      ]),
    ),
    ...burst,
  ];
}

function rate({ jobsPerHour }: ArrivalSlot): number {
  return jobsPerHour ?? 0;
}

function demandLines({ demand }: TraceDescription, heading: (text: string) => string): string[] {
  const title = heading("Demand: GPUs in use at once if every job started when it is submitted");
  if (demand.bins.length === 0 || demand.peakGpus === 0) return [title, "  none"];
  return [
    title,
    ...demandPlot(demand),
    `  peak ${formatNumber(demand.peakGpus, { digits: 6 })} GPUs ${formatDuration(demand.peakAtS - demand.fromS)} after the first submission, mean ${formatNumber(demand.meanGpus!)}`,
  ];
}

function demandPlot({ bins, peakGpus, fromS, toS }: DemandOverTime): string[] {
  const end = formatDuration(toS - fromS);
  return [
    ...columns(
      bins.map((bin) => bin.peakGpus),
      { max: peakGpus, height: 5 },
      plotStyle(),
    ).map((line) => `  ${line}`),
    `  0${end.padStart(bins.length - 1)}`,
  ];
}
