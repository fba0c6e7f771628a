// Paths decide what a scenario may read, so every spelling of "outside" must be recognised.
import fc from "fast-check";
import { posix } from "node:path";
import { expect, test } from "vitest";

import { folderOf, isInsideFolder, joinPath, pathFault } from "./file-path.js";

test.each([
  ["a/b.yaml", "a"],
  ["b.yaml", "."],
  ["/b.yaml", "/"],
  ["../x/b.yaml", "../x"],
  ["C:\\x\\b.yaml", "C:\\x"],
])("folder of %s", (file, want) => {
  expect(folderOf(file)).toBe(want);
});

test("joining agrees with the platform's POSIX rules", () => {
  const part = fc.constantFrom("a", "b", "..", ".", "", "c.csv");
  const path = fc.array(part, { maxLength: 6 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(path, path, (folder, written) => {
      const want = posix.isAbsolute(written)
        ? posix.normalize(written)
        : posix.normalize(`${folder}/${written}`);
      const withoutEndSlash = want.length > 1 ? want.replace(/\/$/, "") : want;
      expect(joinPath(folder, written)).toBe(withoutEndSlash);
    }),
  );
});

test.each([
  [".", "a/b", true],
  [".", "a/../b", true],
  [".", "../b", false],
  [".", "a/../../b", false],
  [".", "..", false],
  [".", "..b", true],
  ["a", "a/b", true],
  ["a", "a", true],
  ["a", "ab", false],
  ["a", "a/../b", false],
  ["a/", "./a/b", true],
  ["../x", "../x/y", true],
  [".", "/etc/passwd", false],
  ["/", "/etc/passwd", true],
  ["/home/me", "/home/me2/x", false],
  ["/home/me", "/home/me/../you/x", false],
  ["/home/me", "me/x", false],
])("in folder %s: %s is %s", (folder, path, want) => {
  expect(isInsideFolder(folder, path)).toBe(want);
});

test("paths that are refused as such", () => {
  expect(pathFault("https://example.com/x")).toContain("nothing is fetched");
  expect(pathFault("a\\b")).toContain("with /");
  expect(pathFault("../a/b.csv")).toBeUndefined();
});
