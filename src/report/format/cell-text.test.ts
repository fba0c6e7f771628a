import { expect, test } from "vitest";

import { cellText, exactText } from "./cell-text.js";

const percent = { header: "Share", unit: "%", digits: 3 };

test.each([
  [3.98e-6, "<0.001"],
  [0.001, "0.001"],
  [0, "0"],
  [12.345, "12.3"],
])("%d per cent prints as %s", (share, text) => {
  expect(cellText(share, percent)).toBe(text);
});

test("the exact value stands behind a share too small to print", () => {
  expect(exactText(3.98e-6, percent)).toBe("0.00000398 %");
});

test("a small figure that is no percentage keeps its digits", () => {
  expect(cellText(0.000_25, { header: "Cost", unit: "USD", digits: 2 })).toBe("0.00025");
});
