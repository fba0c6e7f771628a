import { basename, dirname } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";

import { defaultReportFolder } from "./report-folder.js";

test.each([
  ["quickstart", "reports/quickstart"],
  ["a plan for 2027", "reports/a-plan-for-2027"],
  ["../../etc/x", "reports/etc-x"],
  ["/abs/x", "reports/abs-x"],
  ["..", "reports/scenario"],
  [".", "reports/scenario"],
  [".hidden", "reports/hidden"],
  ["a\\b", "reports/a-b"],
  ["-rf", "reports/rf"],
  ["🚀", "reports/scenario"],
  ["größe 東京", "reports/größe-東京"],
  ["CON", "reports/scenario-CON"],
  ["nul.txt", "reports/scenario-nul.txt"],
  ["<script>alert(1)</script>", "reports/script-alert-1-script"],
])("%j goes to %s", (name, folder) => {
  expect(defaultReportFolder(name).replaceAll("\\", "/")).toBe(folder);
});

const characters = fc.oneof(
  fc.constantFrom(".", "/", "\\", "-", " ", "\u0000", "é", "東", "\u0301"),
  fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
);

test("no name leads out of reports or makes a file name that is too long", () => {
  fc.assert(
    fc.property(
      fc.array(characters, { maxLength: 100 }).map((parts) => parts.join("")),
      (name) => {
        const folder = defaultReportFolder(name);
        expect(dirname(folder)).toBe("reports");
        expect(basename(folder)).toMatch(/^[^.\-/\\][^/\\]*$/);
        expect(Buffer.byteLength(basename(folder))).toBeLessThanOrEqual(255);
      },
    ),
  );
});
