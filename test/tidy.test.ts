// Style that a reviewer should never have to mention: checked over the files git tracks.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const files = execFileSync(
  "git",
  ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
  {
    encoding: "utf8",
  },
)
  .split("\0")
  .filter((file) => file !== "" && existsSync(file));
const sources = files.filter((file) => /^(src|test|bench|scripts)\/.*\.(ts|mjs)$/.test(file));
const text = (file: string): string => readFileSync(file, "utf8");

/** Every place where the pattern occurs, as file:line: text. */
function occurrences(among: readonly string[], pattern: RegExp): string[] {
  return among.flatMap((file) =>
    text(file)
      .split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

const self = "test/tidy.test.ts";
const others = sources.filter((file) => file !== self);

describe("tidy", () => {
  const banned: readonly [RegExp, string][] = [
    [/\b(TODO|FIXME|XXX|HACK)\b/, "finish it, or open an issue"],
    [/\b(it|test|describe)\.(only|todo)\b/, "run every test"],
    [/ts-ignore|ts-expect-error/, "fix the type"],
    [/\bas any\b/, "name the type"],
    [/Number\.MIN_VALUE/, "it is the smallest positive number; say -Infinity or use undefined"],
  ];
  test.each(banned)("%s is banned: %s", (pattern) => {
    expect(occurrences(others, pattern)).toEqual([]);
  });

  test("no file is called utils, helpers, misc or common", () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|misc|common)(\.|\/)/.test(file))).toEqual(
      [],
    );
  });

  test("file names are kebab-case", () => {
    expect(sources.filter((file) => !/^[a-z0-9./-]+$/.test(file))).toEqual([]);
  });

  test("numbers carry their unit in the name", () => {
    const unitless =
      /^\s*(readonly\s+)?\w*(Duration|Time|Memory|Bandwidth|Latency|duration|memory|bandwidth|latency)\??: number\b/;
    expect(occurrences(others, unitless)).toEqual([]);
  });

  test("one '# Title' per document, and it is the first line", () => {
    const documents = files.filter((file) => file.endsWith(".md"));
    const wrong = documents.filter((file) => {
      const outsideFences = text(file).replace(/^```[\s\S]*?^```/gm, "");
      const titles = outsideFences.split("\n").filter((line) => /^# /.test(line));
      return titles.length !== 1 || !/^(<!--.*-->\n+)?# /.test(outsideFences);
    });
    expect(wrong.filter((file) => !/^(test\/golden|reports\/examples)\//.test(file))).toEqual([]);
  });

  test("links between documents lead somewhere", () => {
    const broken = files
      .filter((file) => file.endsWith(".md"))
      .flatMap((file) =>
        [...text(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
          .map((match) => match[1] ?? "")
          .filter(
            (target) => !existsSync(new URL(target, new URL(file, `file://${process.cwd()}/`))),
          )
          .map((target) => `${file} -> ${target}`),
      );
    expect(broken).toEqual([]);
  });

  test("samples and example reports stay light: at most 24 MB together, a sixth of that compressed", () => {
    const bytes = files
      .filter((file) => /^(traces|reports\/examples)\//.test(file))
      .reduce((sum, file) => sum + readFileSync(file).length, 0);
    expect(bytes).toBeLessThan(24e6);
  });
});
