import { expect, test } from "vitest";

import { bar, columns, plotStyle } from "./print-trace-plots.js";

const blocks = plotStyle("xterm");
const ascii = plotStyle("dumb");

test("bars are as long as their share, and never nothing for something", () => {
  expect(bar(1, 4, blocks)).toBe("████");
  expect(bar(0.5, 4, blocks)).toBe("██");
  expect(bar(0.28125, 4, blocks)).toBe("█▏");
  expect(bar(1e-9, 4, blocks)).toBe("▏");
  expect(bar(0, 4, blocks)).toBe("");
  expect(bar(0.5, 4, ascii)).toBe("##");
});

test("columns fill from below", () => {
  const plot = { max: 2, height: 2 };
  expect(columns([0, 0.125, 1, 1.5, 2, null], plot, blocks)).toEqual(["   ▄█", " ▁███"]);
  expect(columns([0, 1, 2], { ...plot, columnWidth: 2 }, ascii)).toEqual(["    ##", "  ####"]);
});
