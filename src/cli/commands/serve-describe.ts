import type { Command } from "commander";

import { problemsJson } from "../../diagnostics/problem-json.js";
import { loadRequests } from "../../studies/serve/load-requests.js";
import { describeRequests } from "../../workload/requests/describe-requests.js";
import { REQUEST_FORMATS } from "../../workload/requests/read-requests.js";
import { describeLines } from "../print-serve-describe.js";

/** `headroom serve describe`: what is in a request trace. */
export function registerServeDescribe(serve: Command): void {
  serve
    .command("describe")
    .summary("what is in a request trace: rates, lengths, burstiness")
    .description(
      "Prints what is in a request trace: rates over time, lengths of prompts and answers, how bursty arrivals are,\n" +
        "shared beginnings and conversations. Broken rows are left out, counted and shown.",
    )
    .argument("<trace>", "requests (gzip too)")
    .option("--json", "print the description as one JSON object")
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
Formats, told by their content:
${REQUEST_FORMATS.map(({ name, description }) => `  ${name.padEnd(16)} ${description}`).join("\n")}

--json prints schema (headroom/requests-description/v1), file, format, rows (what did not become requests), and
requests, spanS, requestsPerS, promptTokens, outputTokens (mean, min, p5 to p99, max), lengthCorrelation, arrivals
(gapVariation: 1 for a Poisson process; minuteDispersion; busiest second, minute, hour; rateOverTime), classes,
adapters, prefixes, conversations.`;

async function run(path: string, options: { readonly json?: true }): Promise<void> {
  const read = await loadRequests(path);
  const description = describeRequests(read.requests);
  const { format, hasArrivals, unanswered, failed, outOfOrder, problems, problemCount } = read;
  if (options.json !== true) {
    process.stdout.write(`${describeLines(path, read, description).join("\n")}\n`);
    return;
  }
  const document = {
    schema: "headroom/requests-description/v1",
    file: path,
    format,
    rows: {
      hasArrivals,
      unanswered,
      failed,
      outOfOrder,
      problemCount,
      problems: problemsJson(problems),
    },
    ...description,
  };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
