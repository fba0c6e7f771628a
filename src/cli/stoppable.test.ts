import { afterEach, expect, test, vi } from "vitest";

import { stoppable } from "./stoppable.js";

const progress = { show: vi.fn(), clear: vi.fn() };

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** What Ctrl-C does, without a signal that would reach the test runner too. */
function pressControlC(): void {
  const listener = process.listeners("SIGINT").at(-1) as () => void;
  listener();
}

test("work that is stopped says what is kept and ends with 130", async () => {
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const before = process.listenerCount("SIGINT");
  const stopped = stoppable("Seven runs are kept.", progress, async (signal) => {
    await new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
    return "an answer";
  });
  pressControlC();
  expect(await stopped).toBeUndefined();
  expect(said).toHaveBeenCalledExactlyOnceWith("Stopped. Seven runs are kept.\n");
  expect(process.exitCode).toBe(130);
  expect(process.listenerCount("SIGINT")).toBe(before);
});

test("work that ends although it was stopped gives no answer, so that nothing is written after the sentence", async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const stopped = stoppable("Nothing.", progress, () => {
    pressControlC();
    return Promise.resolve("an answer");
  });
  expect(await stopped).toBeUndefined();
});

test("work that ends gives its answer, and its errors pass", async () => {
  expect(await stoppable("", progress, () => Promise.resolve(7))).toBe(7);
  const failing = stoppable("", progress, () => Promise.reject(new Error("disk full")));
  await expect(failing).rejects.toThrow("disk full");
  expect(process.exitCode).toBeUndefined();
});
