import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { MEASURED_TABLES } from "../../../performance/collectives.js";
import { boundedCheck, type Check } from "../check.js";
import { collectiveRunChecks } from "./collective-run-checks.js";
import { interpolationChecks } from "./interpolation-checks.js";
import { ncclModelChecks } from "./nccl-model-checks.js";

/** Names of operations in the published file. */
const PUBLISHED_OPERATIONS: Readonly<Record<string, string>> = {
  "all-reduce": "all_reduce",
  "all-gather": "all_gather",
  "reduce-scatter": "reduce_scatter",
  "all-to-all": "alltoall",
};

interface PublishedTables {
  readonly systems: Readonly<
    Record<
      string,
      {
        readonly ops: Readonly<
          Record<string, { readonly bytes_us: readonly (readonly [number, number])[] }>
        >;
      }
    >
  >;
}

/** Everything about collectives that needs no data besides this project. */
export function collectiveChecks(): readonly Check[] {
  return [...interpolationChecks(), ...ncclModelChecks(), ...collectiveRunChecks()];
}

/** The tables this project carries against the file they were published in, number by number. */
export async function collectiveDataChecks(dataFolder: string): Promise<readonly Check[]> {
  const text = await readFile(join(dataFolder, "collectives", "nccl_measured.json"), "utf8");
  const { systems } = JSON.parse(text) as PublishedTables;
  let equal = 0;
  for (const { system, op, gpuCount, bytes, seconds } of MEASURED_TABLES) {
    const published = systems[system]?.ops[`${PUBLISHED_OPERATIONS[op]!}:${gpuCount}`]?.bytes_us;
    bytes.forEach((size, at) => {
      const [publishedBytes, microseconds] = published?.[at] ?? [];
      if (publishedBytes === size && microseconds! / 1e6 === seconds[at]) equal += 1;
    });
  }
  const points = Object.values(systems)
    .flatMap(({ ops }) => Object.values(ops))
    .reduce((sum, table) => sum + table.bytes_us.length, 0);
  return [
    boundedCheck({
      id: "hardware/collectives/tables",
      topic: "hardware",
      group: "measured collective tables against the published file",
      what: "times that are equal",
      source: "collectives/nccl_measured.json",
      expected: points,
      actual: equal,
      error: points - equal,
      unit: "times",
      bar: 0,
    }),
  ];
}
