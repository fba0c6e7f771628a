import { expect, test } from "vitest";

import { textWidthPx } from "./text-width.js";

/** Widths measured in a browser at 1,000 px in DejaVu Sans, the widest of the usual system fonts. */
test.each([
  ["<b>v1</b>", 6186],
  ["=1+1", 2948],
  ["WWWW", 3955],
  ["mmmm", 3896],
  ["100 %", 3177],
  ["variant number 0", 8707],
])("%s is at least as wide as measured and at most a fifth wider", (text, measured) => {
  const width = textWidthPx(text, 1000);
  expect(width).toBeGreaterThanOrEqual(measured);
  expect(width).toBeLessThanOrEqual(measured * 1.2);
});
