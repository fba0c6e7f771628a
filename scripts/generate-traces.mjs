// Makes traces/*.csv from the parameters beside them: traces/x.yaml -> traces/x.csv.
// With --check it writes nothing and fails when a committed file has other bytes.
// Runs from dist: `npm run traces:generate` builds first.
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { createRandomStreams } from "../dist/engine/streams.js";
import { generateWorkload } from "../dist/workload/synthetic/generate-workload.js";
import { parseWorkloadParameters } from "../dist/workload/synthetic/parse-parameters.js";
import { writeHeadroomCsv } from "../dist/workload/write-headroom-csv.js";

const folder = fileURLToPath(new URL("../traces", import.meta.url));
const check = process.argv.includes("--check");
let stale = 0;

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".yaml")) continue;
  const parameters = parseWorkloadParameters(file, readFileSync(join(folder, file), "utf8"));
  const jobs = generateWorkload(parameters, createRandomStreams(parameters.seed));
  const text = [...writeHeadroomCsv(jobs)].join("");
  const target = join(folder, `${basename(file, ".yaml")}.csv`);
  if (!check) {
    writeFileSync(`${target}.tmp`, text);
    renameSync(`${target}.tmp`, target);
    console.error(`${basename(target)}: ${jobs.count} jobs, ${text.length} bytes`);
  } else if (readFileSync(target, "utf8") !== text) {
    console.error(
      `${basename(target)}: its parameters give other bytes; run npm run traces:generate`,
    );
    stale += 1;
  }
}
process.exitCode = stale > 0 ? 1 : 0;
