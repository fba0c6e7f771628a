import { expect, test } from "vitest";

import { findGpu } from "../hardware/find-gpu.js";
import { fitMatmuls } from "./fit-matmuls.js";
import { collectiveName } from "./importers/nccl-tests.js";

const sizes = [16, 128, 1024, 8192];

test("small products tell no rate of large ones, which a scenario would take for the GPU's", () => {
  const gpu = findGpu("H100 SXM5-80GB");
  if (gpu.kind !== "found") throw new Error("not in the catalogue");
  const rows = sizes.flatMap((m) =>
    sizes.map((n) => ({ m, n, k: n, timeS: (2 * m * n * n) / 5e14, dtype: "bfloat16" })),
  );
  const small = fitMatmuls(
    rows.filter(({ m }) => m < 1024),
    gpu.gpu,
  );
  expect(small.surfaces[0]).not.toHaveProperty("largeFlopPerS");
  expect(small.warnings[0]).toContain("none has 1024 or more on every side");
  const large = fitMatmuls(rows, gpu.gpu).surfaces[0]!;
  expect(large.largeFlopPerS! / 5e14).toBeCloseTo(1, 9);
});

test("collectives have one name, whoever measured them", () => {
  expect(["alltoall", "all_reduce", "gather"].map(collectiveName)).toEqual([
    "all-to-all",
    "all-reduce",
    "gather",
  ]);
});
