import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { csvText } from "../tables-csv.js";
import { csvRecords } from "./csv-rows.js";
import { redactFiles } from "./redact-files.js";
import { createRedactor } from "./redactor.js";

const NAMES = {
  tenants: ["vision", "speech team"],
  users: ["alice"],
  jobs: ["train-7b", "=cmd()", "a[3]"],
};

describe("pseudonyms", () => {
  const redactor = createRedactor(NAMES);

  test("stand for names alone and in sentences, with what follows them", () => {
    expect(redactor.name("vision")).toBe("tenant-2");
    expect(redactor.name("somebody")).toBe("somebody");
    expect(redactor.text("“vision” and speech team wait for train-7b.")).toBe(
      "“tenant-2” and tenant-1 wait for job-1.",
    );
    expect(redactor.text('user "alice": a[3], =cmd() and revision of visions')).toBe(
      'user "user-1": job-3, job-2 and revision of visions',
    );
  });

  test("are the same in whatever order names come, and never a name that was there", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/u), { minLength: 1, maxLength: 8 }),
        (tenants) => {
          const there = createRedactor({ tenants, users: [], jobs: [] });
          const back = createRedactor({ tenants: [...tenants].reverse(), users: [], jobs: [] });
          for (const name of tenants) {
            expect(there.name(name)).toBe(back.name(name));
            expect(there.name(name)).toMatch(/^tenant-\d+$/u);
            expect(there.text(`a ${name}, b`)).toContain(there.name(name));
          }
          expect(new Set(tenants.map((name) => there.name(name))).size).toBe(tenants.length);
        },
      ),
    );
  });
});

test("records are read back as they were written", () => {
  const cell = fc.stringMatching(/^[a-z",\r\n ]{0,8}$/u);
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }),
      (rows) => {
        const text = rows.map((row) => `${row.map(csvText).join(",")}\n`).join("");
        const read = [...csvRecords(text)].map((row) =>
          row.map((field) => field.replace(/^'(?=[\r\n])/u, "")),
        );
        expect(read).toEqual(rows);
      },
    ),
  );
});

test("every file of a folder: tables, documents, charts, pages; fixed words stay", async () => {
  const report = {
    schema: "headroom/report/v1",
    title: "Is vision served?",
    reproduce: [],
    sections: [
      {
        id: "answer",
        title: "The answer",
        blocks: [
          { kind: "headline", sentence: "speech team waits for train-7b." },
          {
            kind: "chart",
            id: "waits",
            title: "Who waits?",
            description: "vision",
            vegaLite: "charts/waits.vl.json",
          },
        ],
      },
    ],
  };
  const chart = {
    data: { values: [{ tenant: "vision", value: 1 }] },
    mark: "bar",
    encoding: {
      x: { field: "tenant", type: "nominal" },
      y: { field: "value", type: "quantitative" },
    },
  };
  const files = await redactFiles(
    [
      {
        name: "result.json",
        text: JSON.stringify({
          decision: "met",
          tenants: [{ name: "vision" }, { name: "met" }],
          goals: [{ verdict: "met" }],
        }),
      },
      {
        name: "jobs.csv",
        text: 'job_id,tenant,placement,reason_waited\n\'=cmd(),speech team,a:0,"user ""alice"" at limit"\ntrain-7b,vision,b:1,\n',
      },
      { name: "utilization.csv", text: "time_s,jobs_queued\n0,1\n" },
      { name: "charts/waits.vl.json", text: JSON.stringify(chart) },
      { name: "report.json", text: JSON.stringify(report) },
      { name: "report.html", text: "vision" },
    ],
    { users: ["alice"] },
  );
  const text = (name: string): string => files.find((file) => file.name === name)!.text;
  expect(JSON.parse(text("result.json"))).toEqual({
    decision: "tenant-1",
    tenants: [{ name: "tenant-3" }, { name: "tenant-1" }],
    goals: [{ verdict: "met" }],
  });
  expect(text("jobs.csv")).toBe(
    'job_id,tenant,placement,reason_waited\njob-1,tenant-2,a:0,"user ""user-1"" at limit"\njob-2,tenant-3,b:1,\n',
  );
  expect(text("utilization.csv")).toBe("time_s,jobs_queued\n0,1\n");
  expect(JSON.parse(text("charts/waits.vl.json")).mark).toBe("bar");
  for (const { name, text: content } of files)
    for (const secret of ["vision", "speech team", "train-7b", "alice"])
      expect(content.includes(secret), `${secret} in ${name}`).toBe(false);
  expect(text("report.html")).toContain("tenant-2 waits for job-2.");
  expect(text("report.md")).toContain("tenant-2 waits for job-2.");
});
