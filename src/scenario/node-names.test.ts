import fc from "fast-check";
import { expect, test } from "vitest";

import { compressNodeNames, expandNodeNames } from "./node-names.js";

test.each([
  [
    ["gpu[001-003]", "big1"],
    ["gpu001", "gpu002", "gpu003", "big1"],
  ],
  [["rack[1-2]n[01-02]"], ["rack1n01", "rack1n02", "rack2n01", "rack2n02"]],
  [["aks-gpu-12345678-vmss000000"], ["aks-gpu-12345678-vmss000000"]],
])("%j names %j", (written, names) => {
  expect(expandNodeNames(written)).toEqual(names);
});

test.each([["gpu[1-"], ["a b"], ["a|b"], ["a*2"], ["-a"], [""], ["gpu[3-1]"]])(
  "%j is no node",
  (text) => {
    expect(expandNodeNames([text])).toBeUndefined();
  },
);

test("names are written as ranges where they count up", () => {
  expect(compressNodeNames(["n09", "n10", "n11", "x", "n1", "n3", "n99", "n100"])).toEqual([
    "n[09-11]",
    "x",
    "n1",
    "n3",
    "n99",
    "n100",
  ]);
});

test("ranges name again what was written", () => {
  const name = fc.tuple(fc.constantFrom("a", "b-", "n0x"), fc.nat(120), fc.constantFrom(0, 3));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 30 }), (parts) => {
      const names = parts.map(([stem, number, pad]) => stem + String(number).padStart(pad, "0"));
      expect(expandNodeNames(compressNodeNames(names))).toEqual(names);
    }),
  );
});
