import type { Command } from "commander";

import { writeTextFile } from "../../io/write-text-file.js";
import { writeRequestsCsv } from "../../workload/requests/write-requests-csv.js";
import { countText } from "../text-layout.js";
import { required } from "./serve-options.js";
import { addTrafficOptions, trafficOf, type TrafficOptions } from "./serve-traffic-options.js";

/** `headroom serve draw`: drawn requests as a file. */
export function registerServeDraw(serve: Command): void {
  const draw = serve
    .command("draw")
    .summary("write drawn requests, or a changed trace, as CSV")
    .description(
      "Draws requests as headroom serve does and writes them as CSV; a trace that is named is converted, played\n" +
        "faster or slower, repeated or resampled. The same seed gives the same bytes.",
    )
    .argument("[trace]", "a request trace to change (gzip too)");
  addTrafficOptions(draw)
    .option("--out <file>", "the CSV to write")
    .addHelpText(
      "after",
      `
Examples:
  headroom serve draw --traffic interactive-chat --rate 5 --duration 1h --out chat.csv
  headroom serve draw azure.csv --rate 20 --out faster.csv`,
    )
    .action(async (trace: string | undefined, options: TrafficOptions & { out?: string }) => {
      const out = required(draw, "--out <file>", options.out);
      const { traffic } = await trafficOf(trace, options, undefined, false);
      const requests = traffic.demand(options.seed);
      await writeTextFile(out, writeRequestsCsv(requests));
      process.stdout.write(`${countText(requests.count)} requests written to ${out}\n`);
    });
}
