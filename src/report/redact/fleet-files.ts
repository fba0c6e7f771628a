import { InputError } from "../../diagnostics/problem.js";
import { joinFleetNames, type FleetNames } from "../../scenario/fleet/fleet-names.js";
import { tableJson } from "../table-json.js";
import { csvText } from "../tables-csv.js";
import { csvRecords } from "./csv-rows.js";
import { createFleetRedactor, refuseFiguresAsNames, type FleetRedactor } from "./fleet-redactor.js";
import {
  asWritten,
  CHART_FILE,
  FIXED_IN_PAGES,
  FIXED_KEYS,
  type TextFile,
} from "./report-texts.js";

/** Keys of charts whose values are words of Vega-Lite. */
const FIXED_IN_CHARTS = [
  ...["$schema", "interpolate", "orient", "direction", "baseline", "anchor", "contains", "format"],
  ...["scheme", "aggregate", "stack", "op", "as", "groupby", "font", "labelFont", "titleFont"],
];
const FIXED_OF_PAGES = new Set([...FIXED_IN_PAGES, ...FIXED_IN_CHARTS]);
/** Keys whose values are expressions in which only quoted texts are data. */
const EXPRESSIONS = new Set(["labelExpr", "expr", "test", "filter", "calculate", "signal"]);

interface Document {
  readonly schema?: unknown;
  readonly names?: unknown;
  readonly inputs?: unknown;
}

/**
 * What puts pseudonyms into the report of a fleet; undefined for any other report. The documents of fleets list the
 * names that people made up.
 *
 * @throws InputError when a document is of an older version and does not, or a name reads as a figure
 */
export function fleetRedactor(
  files: readonly TextFile[],
  knownFiles: readonly string[] = [],
): FleetRedactor | undefined {
  const documents = files
    .filter(({ name }) => /^[a-z-]+\.json$/u.test(name) && name !== "report.json")
    .map(({ name, text }) => ({ name, content: JSON.parse(text) as Document }));
  const ofFleets = documents.filter(({ content }) => isOfFleet(content));
  if (ofFleets.length === 0) return undefined;
  const listed = ofFleets.map(({ name, content }) => {
    if (content.names !== undefined) return content.names as FleetNames;
    throw new InputError([
      {
        file: name,
        rule: "missing-field",
        message:
          "does not list the names of the fleet, which older versions did not: some would stay",
        help: "run the fleet again with --redact",
      },
    ]);
  });
  const read = ofFleets.flatMap(({ content: { inputs } }) =>
    Array.isArray(inputs) ? inputs.map(({ path }: { readonly path: string }) => path) : [],
  );
  const names = joinFleetNames(listed);
  refuseFiguresAsNames(names, ofFleets[0]!.name);
  return createFleetRedactor(names, [...read, ...knownFiles]);
}

function isOfFleet({ schema, names }: Document): boolean {
  return (
    names !== undefined || (typeof schema === "string" && schema.startsWith("headroom/fleet-"))
  );
}

/** Every file but the pages, which are made of `report.json` again. */
export function redactFleetFiles(
  files: readonly TextFile[],
  redactor: FleetRedactor,
): readonly TextFile[] {
  return files
    .filter(({ name }) => name !== "report.html" && name !== "report.md")
    .map(({ name, text }) => ({
      name: chartFile(name, redactor),
      text: redactText(name, text, redactor),
    }));
}

function redactText(name: string, text: string, redactor: FleetRedactor): string {
  if (name.endsWith(".csv")) return redactCsv(text, redactor);
  if (!name.endsWith(".json")) return redactor.text(text);
  const value: unknown = JSON.parse(text);
  if (name.startsWith("charts/") || name === "report.json")
    return `${tableJson(redactValue(value, redactor, FIXED_OF_PAGES))}\n`;
  const redacted = redactValue(value, redactor, FIXED_KEYS) as Record<string, unknown>;
  // The names are gone, and pseudonyms are none.
  const closed = Object.hasOwn(redacted, "names") ? { ...redacted, names: {} } : redacted;
  return `${JSON.stringify(closed, null, 2)}\n`;
}

function redactCsv(text: string, redactor: FleetRedactor): string {
  let isHeader = true;
  let out = "";
  for (const row of csvRecords(text)) {
    const cells = row.map((cell) =>
      isHeader ? csvText(redactor.column(cell)) : redactCell(cell, redactor),
    );
    out += `${cells.join(",")}\n`;
    isHeader = false;
  }
  return out;
}

/** A number is what it was; anything else may name somebody. */
function redactCell(cell: string, redactor: FleetRedactor): string {
  const isNumber = cell === "" || Number.isFinite(Number(cell));
  return isNumber ? cell : csvText(redactor.text(asWritten(cell)));
}

function chartFile(name: string, redactor: FleetRedactor): string {
  return name.replace(
    CHART_FILE,
    (_, folder: string, id: string, ending: string) => folder + redactor.chartId(id) + ending,
  );
}

function redactValue(value: unknown, redactor: FleetRedactor, fixed: ReadonlySet<string>): unknown {
  if (typeof value === "string") return redactor.text(value);
  if (Array.isArray(value)) return value.map((entry) => redactValue(entry, redactor, fixed));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]: [string, unknown]) => [
      redactor.path(key),
      typeof entry === "string"
        ? redactField(key, entry, redactor, fixed)
        : redactValue(entry, redactor, fixed),
    ]),
  );
}

function redactField(
  key: string,
  text: string,
  redactor: FleetRedactor,
  fixed: ReadonlySet<string>,
): string {
  if (key === "metric") return redactor.path(text);
  if (fixed.has(key)) return key === "href" && text.startsWith("#") ? redactor.chartId(text) : text;
  if (key === "vegaLite") return chartFile(text, redactor);
  // Anchors; ids of other documents are those of goals and assumptions.
  if (key === "id" && fixed === FIXED_OF_PAGES) return redactor.chartId(text);
  return fixed === FIXED_OF_PAGES && EXPRESSIONS.has(key)
    ? redactor.expression(text)
    : redactor.text(text);
}
