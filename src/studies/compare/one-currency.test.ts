import { expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { checkOneCurrency } from "./one-currency.js";

const priced = (...currencies: readonly (string | undefined)[]) =>
  currencies.map((currency, index) => ({ name: `c${index}`, file: `${index}.yaml`, currency }));

test("one currency, or none beside it, may be compared", () => {
  for (const fine of [[], [undefined, undefined], ["USD", "USD"], [undefined, "EUR", "EUR"]])
    expect(() => checkOneCurrency(priced(...fine))).not.toThrow();
});

test("two are refused with both names and the file of the second", () => {
  expect.assertions(2);
  try {
    checkOneCurrency(priced("USD", undefined, "EUR"));
  } catch (error) {
    const [problem] = (error as InputError).problems;
    expect(problem).toMatchObject({ file: "2.yaml", rule: "two-currencies" });
    expect(problem!.message).toMatch(/c2.*EUR.*c0.*USD/);
  }
});
