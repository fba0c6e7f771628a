import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["test/full/**", "node_modules/**"],
    // A hung test, not a slow machine: the slowest takes 20 s alone, and neighbours can take all but a tenth of a core.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    setupFiles: ["test/property-seed.ts"],
    pool: "forks",
    maxWorkers: 2,
  },
});
