import { formatNumber } from "../base/units.js";
import { visibleText } from "../diagnostics/visible-text.js";
import type { Distance, GoodnessOfFit } from "../workload/fit/goodness-of-fit.js";
import { colours } from "./terminal.js";
import { hanging } from "./print-trace-rows.js";
import { alignColumns, countText } from "./text-layout.js";

/** Kinds printed, most jobs first; the poor ones are all named below the table. */
const KINDS_MAX = 12;

/** How near the fitted workload comes to the trace, the bad parts in words. */
export function printGoodnessOfFit(fit: GoodnessOfFit, notes: readonly string[]): void {
  const colour = colours(process.stdout);
  const { hoursOfWeek, gangSizeTotalVariation, gpuSecondsPerWeek } = fit;
  const kinds = [...fit.kinds].sort((left, right) => right.jobs - left.jobs);
  const lines = [
    colour.bold("Fit: Kolmogorov-Smirnov distances, trace to generated workload"),
    ...alignColumns([
      ["kind", "jobs", "generated", "durations", "gaps", "estimates"],
      ...kinds
        .slice(0, KINDS_MAX)
        .map(({ name, jobs, generatedJobs, durations, gaps, walltimes }) => [
          name,
          countText(jobs),
          countText(generatedJobs),
          distance(durations),
          distance(gaps),
          distance(walltimes),
        ]),
    ]),
    ...(kinds.length > KINDS_MAX ? [`  and ${kinds.length - KINDS_MAX} more kinds`] : []),
    "  * above the 5 % critical value: more than chance, were the values independent",
    "",
    ...alignColumns([
      [
        "arrivals by hour of the week",
        hoursOfWeek === null
          ? "too few"
          : `chi-square ${formatNumber(hoursOfWeek.chiSquare)}${mark(hoursOfWeek.poor)} (5 % critical value ${formatNumber(hoursOfWeek.critical)})`,
      ],
      ["gang sizes", `total variation ${formatNumber(gangSizeTotalVariation)}`],
      [
        "GPU-hours per week",
        `${hours(gpuSecondsPerWeek.trace)} in the trace, ${hours(gpuSecondsPerWeek.expected)} expected from the fit`,
      ],
    ]),
    "",
    ...(fit.poor.length === 0
      ? ["The fit is good by all of these."]
      : hanging(
          "! ",
          `The fit is poor for: ${fit.poor.map(visibleText).join("; ")}. What depends on these differs from the trace.`,
        )),
    ...notes.flatMap((note) => hanging("Note: ", `${visibleText(note)}.`)),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function distance(value: Distance | null): string {
  if (value === null) return "-";
  return `${formatNumber(value.distance)}${mark(value.poor)}`;
}

function mark(poor: boolean): string {
  return poor ? "*" : "";
}

function hours(gpuSeconds: number): string {
  return formatNumber(gpuSeconds / 3600);
}
