import type { ReportBlock, ReportSection } from "../block.js";
import { escapeMarkdown } from "../format/escape.js";
import { countOf } from "../format/number.js";
import type { Configuration, RunReportInput } from "../run-report-input.js";
import { confidenceWords, replicationWords } from "../../studies/run/replication-words.js";
import type { ResultDocument } from "../../studies/run/result-document.js";
import { shortDecision } from "../short-decision.js";
import { goalTables } from "./goals.js";
import { makeAgain } from "../make-again.js";

/**
 * Page one: the sentence, the goals with what came out, what limits the answer, how to repeat it.
 *
 * @param anchors sections that exist, such as `#waits`: a claim links only to evidence that is there
 */
export function answerSection(
  input: RunReportInput,
  runs: readonly Configuration[],
  anchors: ReadonlySet<string>,
): ReportSection {
  const blocks: ReportBlock[] = [
    { kind: "headline", sentence: shortDecision(input.result) },
    ...goalTables(runs, anchors),
  ];
  blocks.push(...cautions(runs));
  blocks.push({ kind: "text", markdown: confidence(input.result, anchors) });
  blocks.push(...makeAgain(input.reproduce));
  return { id: "answer", title: "The answer", blocks };
}

/** Variants whose cautions page one spells out; more are counted, so that it stays one page. */
const CAUTIOUS_VARIANTS_MAX = 2;

/** What a reader must know before believing the numbers; nothing when there is nothing. */
function cautions(runs: readonly Configuration[]): readonly ReportBlock[] {
  const [base, ...variants] = runs;
  const note = (run: Configuration): ReportBlock => ({
    kind: "verdict",
    status: "warn",
    summary:
      runs.length === 1 ? `${capital(cautionWords(run))}.` : `${run.name}: ${cautionWords(run)}.`,
  });
  const concerned = variants.filter((run) => cautionWords(run) !== "");
  const blocks = cautionWords(base!) === "" ? [] : [note(base!)];
  if (concerned.length <= CAUTIOUS_VARIANTS_MAX) return [...blocks, ...concerned.map(note)];
  const summary =
    `${concerned.length} of ${countOf(variants.length, "variant")} stopped early or left jobs waiting or ` +
    "unplaceable; the table of runs under “Data, hashes and reproduction” counts them.";
  return [...blocks, { kind: "verdict", status: "warn", summary }];
}

function capital(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}

/** What is known of waits that have not ended is a lower bound. */
function soFar(waiting: number): string {
  return waiting === 0 ? "" : ", which count with their wait so far";
}

function cautionWords({ result }: Configuration): string {
  const { running, waiting, neverPlaceable } = result.jobs;
  const notes: string[] = [];
  if (result.stopReason !== "drained") {
    const limit = result.stopReason === "time-limit" ? "time limit" : "event limit";
    notes.push(
      `the run stopped at its ${limit} with ${countOf(running, "job")} running and ${countOf(waiting, "job")} waiting${soFar(waiting)}`,
    );
  } else if (waiting > 0) {
    notes.push(`${countOf(waiting, "job")} still waited at the end${soFar(waiting)}`);
  }
  if (neverPlaceable > 0) {
    const them = neverPlaceable === 1 ? "it waits" : "they wait";
    notes.push(
      `${countOf(neverPlaceable, "job")} can never be placed on this cluster, however long ${them}`,
    );
  }
  return notes.join("; ");
}

/** What the figures are: of one run, means of several, or of one run in batches. */
function intervalWords(result: ResultDocument): string {
  const { replications, seed } = result;
  const sure = confidenceWords(replications);
  if (replications === undefined || sure === undefined) {
    const goals = [...result.goals, ...result.variants.flatMap((variant) => variant.goals)];
    if (goals.length > 0 && goals.every((goal) => goal.interval !== null)) {
      return "Every result carries an interval.";
    }
    return `One run per configuration with seed ${seed}: the figures carry no confidence interval.`;
  }
  return (
    `Figures are ${replicationWords(replications)}; intervals are at ${sure}, each on its own (seed ${seed}). ` +
    "A goal is met or missed when the whole interval is on one side of its target."
  );
}

function confidence(result: ResultDocument, anchors: ReadonlySet<string>): string {
  const link = (text: string, anchor: string): string =>
    anchors.has(anchor) ? `[${text}](${anchor})` : text;
  const sentences = [intervalWords(result)];
  if (result.trust !== undefined) {
    sentences.push(link(escapeMarkdown(result.trust.sentence), "#assumptions"));
  }
  const { assumptions, warnings } = result;
  if (assumptions.length > 0) {
    const assumed = assumptions.filter(({ provenance }) => provenance === "assumed").length;
    const count = assumed === 0 ? "none is" : `${assumed} ${assumed === 1 ? "is" : "are"}`;
    sentences.push(
      `Of ${countOf(assumptions.length, "input")} that the answer rests on, ${link(`${count} assumed`, "#assumptions")}.`,
    );
  }
  if (warnings.length > 0) {
    sentences.push(`The run gave ${link(countOf(warnings.length, "warning"), "#limits")}.`);
  }
  return sentences.join(" ");
}
