import { expect, test } from "vitest";
import { assert, InvariantError } from "./assert.js";

test("a broken invariant names its values", () => {
  const error = new InvariantError("cluster: GPU 3 was given away twice", {
    seed: 7,
    nowS: 12.5,
    job: 'a "b"',
    free: new Float64Array([1, 0.5]),
    state: { depth: 2 },
    big: 3n,
    nothing: undefined,
  });
  expect(error.message).toBe(
    'cluster: GPU 3 was given away twice (seed=7, nowS=12.5, job="a \\"b\\"", free=[1, 0.5], state={"depth":2}, big=3n, nothing=undefined)',
  );
  expect(error).toMatchObject({ name: "InvariantError", code: "INVARIANT" });
  expect(error.details["seed"]).toBe(7);
});

test("values that cannot be printed do not hide the message", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  expect(new InvariantError("broken", { cyclic }).message).toBe("broken (cyclic=[object Object])");
  expect(new InvariantError("broken", { long: "x".repeat(1000) }).message.length).toBeLessThan(250);
});

test("assert throws only when the condition is false", () => {
  expect(() => {
    assert(true, "fine");
  }).not.toThrow();
  expect(() => {
    assert(false, "room: broken", { at: 1 });
  }).toThrow(new InvariantError("room: broken", { at: 1 }));
});
