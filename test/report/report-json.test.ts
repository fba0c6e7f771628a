import { expect, test } from "vitest";

import { chartFiles } from "../../src/report/chart-files.js";
import { writeHtml } from "../../src/report/html/html.js";
import { writeMarkdown } from "../../src/report/markdown.js";
import { parseReportJson } from "../../src/report/report-json.js";
import { buildRunReport } from "../../src/report/run-report.js";
import { fixtureInput } from "./fixture.js";

test("the report as its blocks is the report again, drawing for drawing", async () => {
  const report = buildRunReport(fixtureInput({ jobs: 40, gpus: 32, variants: { more: 64 } }));
  const texts = new Map(chartFiles(report).map(({ name, text }) => [name, text]));
  const again = parseReportJson(texts.get("report.json")!, (name) => texts.get(name)!);
  expect(writeMarkdown(again)).toBe(writeMarkdown(report));
  expect((await writeHtml(again)).html).toBe((await writeHtml(report)).html);
});
