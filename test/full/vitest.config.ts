import { defineConfig } from "vitest/config";

/** The long experiments: `npx vitest run --config test/full/vitest.config.ts`, one file by adding its name. */
export default defineConfig({
  test: {
    include: ["test/full/**/*.test.ts"],
    testTimeout: 3_600_000,
    pool: "forks",
    maxWorkers: 1,
  },
});
