import { writeHtml, type HtmlOptions } from "../html/html.js";
import { writeMarkdown } from "../markdown.js";
import { parseReportJson } from "../report-json.js";
import { tableJson } from "../table-json.js";
import { csvText } from "../tables-csv.js";
import { collectFromJson, collectFromRow, createNameCollection, namesOf } from "./collect-names.js";
import { csvRecords } from "./csv-rows.js";
import { fleetRedactor, redactFleetFiles } from "./fleet-files.js";
import {
  asWritten,
  CHART_FILE,
  FIXED_IN_PAGES,
  FIXED_KEYS,
  type TextFile,
} from "./report-texts.js";
import { createRedactor, type PrivateNames, type Redactor } from "./redactor.js";

/** Columns whose cells are names, or sentences that may hold some. */
const NAME_COLUMNS = new Set(["job_id", "workload_name", "tenant", "user", "service"]);
const TEXT_COLUMNS = new Set(["reason_waited"]);

/**
 * The files of a report with pseudonyms for tenants, users and jobs. Pages are written again from `report.json`.
 *
 * @param known names that the files do not hold, such as users of a run
 */
export async function redactFiles(
  files: readonly TextFile[],
  known: Partial<PrivateNames> = {},
  page: HtmlOptions = {},
): Promise<readonly TextFile[]> {
  const ofFleet = fleetRedactor(files, known.files);
  if (ofFleet !== undefined) {
    const redacted = redactFleetFiles(files, ofFleet);
    return [...redacted, ...(await pagesOf(redacted, page))];
  }
  const redactor = createRedactor(collectNames(files, known));
  const redacted = files
    .filter(({ name }) => name !== "report.html" && name !== "report.md")
    .map(({ name, text }) => ({
      name: redactChartFile(name, redactor),
      text: redactText(name, text, redactor),
    }));
  return [...redacted, ...(await pagesOf(redacted, page))];
}

/** `report.md` and `report.html` of a folder that has a `report.json`. */
export async function pagesOf(
  files: readonly TextFile[],
  page: HtmlOptions = {},
): Promise<readonly TextFile[]> {
  const byName = new Map(files.map(({ name, text }) => [name, text]));
  const report = byName.get("report.json");
  if (report === undefined) return [];
  const document = parseReportJson(report, (name) => byName.get(name) ?? "");
  const { html } = await writeHtml(document, page);
  return [
    { name: "report.md", text: writeMarkdown(document) },
    { name: "report.html", text: html },
  ];
}

function collectNames(files: readonly TextFile[], known: Partial<PrivateNames>): PrivateNames {
  const names = createNameCollection();
  for (const kind of ["tenants", "users", "jobs", "services", "files", "scenarios"] as const)
    for (const name of known[kind] ?? []) names[kind].add(name);
  for (const { name, text } of files) {
    if (name.endsWith(".csv")) {
      const records = csvRecords(text);
      const header = (records.next().value as readonly string[] | undefined) ?? [];
      for (const row of records) collectFromRow(header, row.map(asWritten), names);
    } else if (isDocument(name)) collectFromJson(JSON.parse(text), names);
  }
  return namesOf(names);
}

/** `report.json` repeats the others in sentences; charts are data of Vega-Lite. */
function isDocument(name: string): boolean {
  return name.endsWith(".json") && name !== "report.json" && !name.startsWith("charts/");
}

function redactText(name: string, text: string, redactor: Redactor): string {
  if (name.endsWith(".csv")) return redactCsv(text, redactor);
  if (!name.endsWith(".json")) return redactor.text(text);
  const isOfPage = name.startsWith("charts/") || name === "report.json";
  const value: unknown = JSON.parse(text);
  const redacted = isOfPage
    ? redactPage(value, redactor)
    : redactValue(value, redactor, FIXED_KEYS);
  return `${isOfPage ? tableJson(redacted) : JSON.stringify(redacted, null, 2)}\n`;
}

function redactCsv(text: string, redactor: Redactor): string {
  const lines: string[] = [];
  let header: readonly string[] | undefined;
  for (const row of csvRecords(text)) {
    if (header === undefined) {
      header = row;
      lines.push(row.map(csvText).join(","));
      continue;
    }
    const cells = row.map((cell, index) => {
      const column = header![index] ?? "";
      if (NAME_COLUMNS.has(column)) return csvText(redactor.name(asWritten(cell)));
      if (TEXT_COLUMNS.has(column)) return csvText(redactor.text(asWritten(cell)));
      // What is no name was made harmless when it was written.
      return /[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
    });
    lines.push(cells.join(","));
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function redactChartFile(name: string, redactor: Redactor): string {
  return name.replace(
    CHART_FILE,
    (_, folder, id, ending) => folder + redactor.chartId(id) + ending,
  );
}

/** Ids of a page are anchors; those of charts, and the names of their files, may end with the name of a service. */
function redactPage(value: unknown, redactor: Redactor): unknown {
  const withIds = JSON.parse(JSON.stringify(value), (key, part: unknown) => {
    if (typeof part !== "string") return part;
    if (key === "id") return redactor.chartId(part);
    return key === "vegaLite" ? redactChartFile(part, redactor) : part;
  }) as unknown;
  return redactValue(withIds, redactor, new Set([...FIXED_IN_PAGES, "id", "vegaLite"]));
}

function redactValue(value: unknown, redactor: Redactor, fixed: ReadonlySet<string>): unknown {
  if (typeof value === "string") return redactor.text(value);
  if (Array.isArray(value)) return value.map((entry) => redactValue(entry, redactor, fixed));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      fixed.has(key) && typeof entry === "string" ? entry : redactValue(entry, redactor, fixed),
    ]),
  );
}
