// Makes docs/reference/results.md and docs/reference/backtest.md from the types of the documents and the
// columns of the tables: the comment beside each field is its description, so code and reference cannot
// drift apart.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

import { BACKTEST_JOB_COLUMNS } from "../dist/report/backtest-columns.js";
import { JOB_COLUMNS, UTILIZATION_COLUMNS } from "../dist/report/table-columns.js";

const SOURCE = "src/studies/run/result-document.ts";
const OPTIONAL_SOURCE = "src/studies/run/optional-results.ts";
const SERVING_SOURCE = "src/studies/run/serving-document.ts";
/** Interfaces in reading order; columns in memory are not part of any file. */
const LEFT_OUT = new Set(["UtilizationSeries"]);

/** The reference of everything `headroom run` writes, as Markdown. */
export function resultsReference() {
  const interfaces = readInterfaces(SOURCE);
  const parts = [
    "# What a run writes",
    `Generated from \`${SOURCE}\`, \`${OPTIONAL_SOURCE}\`, \`${SERVING_SOURCE}\` and \`src/report/table-columns.ts\` by \`npm run docs:generate\`; do not edit.`,
    "`headroom run` writes `result.json` (also printed by `--json`), `jobs.csv`, `utilization.csv`, `report.md`, `report.html` and the Vega-Lite specifications of the charts (`charts/*.vl.json`). Variant number n of a scenario has its tables in `variants/n/`. Same scenario, seed and version give the same bytes.",
    "## result.json",
    ...interfaces
      .filter(({ name }) => !LEFT_OUT.has(name))
      .map((one) => interfaceSection(SOURCE, one)),
    ...readInterfaces(OPTIONAL_SOURCE).map((one) => interfaceSection(OPTIONAL_SOURCE, one)),
    ...readInterfaces(SERVING_SOURCE).map((one) => interfaceSection(SERVING_SOURCE, one)),
    "## requests.csv and replicas.csv",
    "Only with `workload.services`. `requests.csv` has the requests of all services, every k-th where there are more than 3 000 (the column `every` is k): when each came, its class, prompt and answer in tokens, what became of it, its latencies in seconds, and whether no replica was ready when it came. `replicas.csv` has every stay of a replica: when it was wanted, had its place, took requests, took no more, and was gone, and why; its GPUs, its nodes and the phases of its cold start in seconds.",
    "## jobs.csv",
    "One row per job in order of submission. Text that a spreadsheet would run as a formula has an apostrophe in front.",
    table(
      ["column", "meaning"],
      JOB_COLUMNS.map(({ name, description }) => [`\`${name}\``, description]),
    ),
    "## utilization.csv",
    "A step function: each row holds until the next. Runs with more than 20 000 changes are coalesced by time-weighted means; the averages in `result.json` are exact all the same.",
    table(
      ["column", "meaning"],
      [
        ...UTILIZATION_COLUMNS.map(({ name, description }) => [`\`${name}\``, description]),
        [
          "`idle_milli_<class>`",
          "Thousandths of a GPU idle in the class (see [models](../models.md#idle-gpu-classes)).",
        ],
      ],
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

const BACKTEST_SOURCE = "src/studies/backtest/backtest-document.ts";

/** The reference of everything `headroom backtest` writes, as Markdown. */
export function backtestReference() {
  const parts = [
    "# What a backtest writes",
    `Generated from \`${BACKTEST_SOURCE}\` and \`src/report/backtest-columns.ts\` by \`npm run docs:generate\`; do not edit.`,
    "`headroom backtest` writes `backtest.json` (also printed by `--json`), `jobs.csv`, `report.md`, `report.html` and the Vega-Lite specifications of the charts (`charts/*.vl.json`). Same trace, cluster file, policy, seed and version give the same bytes. A scenario carries the result into its own report with `trust: { backtest: path/to/backtest.json }`; it applies when the queue with its options, the placement and every node of the base are the same.",
    "## backtest.json",
    "`BacktestDocument` is the whole; `Assumption` and `InputFile` are those of [a run](results.md).",
    ...readInterfaces(BACKTEST_SOURCE).map((one) => interfaceSection(BACKTEST_SOURCE, one)),
    "## jobs.csv",
    "One row per compared job in order of submission.",
    table(
      ["column", "meaning"],
      BACKTEST_JOB_COLUMNS.map(({ name, description }) => [`\`${name}\``, description]),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

const FLEET_SOURCE = "src/studies/fleet/fleet-result-document.ts";
const FLEET_PART_SOURCE = "src/simulation/fleet/fleet-part.ts";

/** The reference of everything `headroom run` writes of a fleet, as Markdown. */
export function fleetResultsReference() {
  const events = readInterfaces(FLEET_PART_SOURCE).filter(({ name }) => name === "FleetEvent");
  const parts = [
    "# What the run of a fleet writes",
    `Generated from \`${FLEET_SOURCE}\` by \`npm run docs:generate\`; do not edit.`,
    "`headroom run` of a fleet writes `result.json` (also printed by `--json`), a CSV file with a row per member of each kind (`sites.csv` and others; all rows and all digits), `report.md`, `report.html` and the Vega-Lite specifications of the charts (`charts/*.vl.json`). Same fleet, seed and version give the same bytes. The figures are listed in [fleet.md](fleet.md#figures).",
    "## result.json",
    "`FleetResult` is the whole; `GoalResult`, `MetricInterval`, `Assumption` and `InputFile` are those of [a run](results.md).",
    ...readInterfaces(FLEET_SOURCE).map((one) => interfaceSection(FLEET_SOURCE, one)),
    ...events.map((one) => interfaceSection(FLEET_PART_SOURCE, one)),
  ];
  return `${parts.join("\n\n")}\n`;
}

const PLAN_SOURCE = "src/studies/plan/plan-document.ts";

/** The reference of everything `headroom plan` writes, as Markdown. */
export function planReference() {
  const parts = [
    "# What a plan writes",
    `Generated from \`${PLAN_SOURCE}\` by \`npm run docs:generate\`; do not edit.`,
    "`headroom plan` writes `plan.json` (also printed by `--json`), `plans.csv` (one row per plan that was simulated), `report.md`, `report.html` and the Vega-Lite specification of the chart (`charts/*.vl.json`). Same scenario, seed and version give the same bytes, on any number of cores.",
    "## plan.json",
    "`PlanDocument` is the whole; `Assumption` and `InputFile` are those of [a run](results.md).",
    ...readInterfaces(PLAN_SOURCE).map((one) => interfaceSection(PLAN_SOURCE, one)),
  ];
  return `${parts.join("\n\n")}\n`;
}

const CHECK_SOURCE = "src/studies/model-fit/check-document.ts";

/** The reference of the object `headroom check model --json` prints, as Markdown. */
export function checkReference() {
  const parts = [
    "# What `headroom check model --json` prints",
    `Generated from \`${CHECK_SOURCE}\` by \`npm run docs:generate\`; do not edit.`,
    "Same question and version give the same bytes. `ReplicaParallel` is `{tensor, pipeline, expertRanks}`, `MachinePrice` is `{usdPerHour, region, kind, asOf?, source}`, `LatencyGoal` is `{name, targetS}`, and `ReplicaAssumption` is `{id, what, value, provenance, source}`.",
    ...readInterfaces(CHECK_SOURCE).map((one) => interfaceSection(CHECK_SOURCE, one)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function readInterfaces(file) {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const source = ts.createSourceFile(
    path,
    readFileSync(path, "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  return source.statements.filter(ts.isInterfaceDeclaration).map((node) => ({
    name: node.name.text,
    description: commentOf(node),
    parents: (node.heritageClauses ?? []).flatMap((clause) =>
      clause.types.map((type) => type.getText(source)),
    ),
    fields: node.members.filter(ts.isPropertySignature).map((member) => ({
      name: member.name.getText(source),
      type: member.type
        .getText(source)
        .replace(/\breadonly /g, "")
        .replace(/Readonly<(.*)>$/, "$1"),
      description: commentOf(member),
    })),
  }));
}

function commentOf(node) {
  const text = (node.jsDoc ?? [])
    .map(({ comment }) =>
      typeof comment === "string" ? comment : ts.getTextOfJSDocComment(comment),
    )
    .join(" ");
  return text.replace(/\s+/g, " ").trim();
}

function interfaceSection(file, { name, description, parents, fields }) {
  if (description === "") throw new Error(`${file}: interface ${name} has no description`);
  const more = parents.length === 0 ? "" : ` Has all fields of ${parents.join(" and ")}.`;
  const bare = fields.filter((field) => field.description === "").map((field) => field.name);
  if (bare.length > 0)
    throw new Error(`${file}: ${name} has fields without a description: ${bare.join(", ")}`);
  const rows = fields.map((field) => [
    `\`${field.name}\``,
    `\`${field.type.replaceAll("|", "\\|")}\``,
    field.description,
  ]);
  return `### ${name}\n\n${description}${more}\n\n${table(["field", "type", "meaning"], rows)}`;
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
