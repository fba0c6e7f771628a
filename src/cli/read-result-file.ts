import { readBenchmarkResult } from "../benchmark/regression/read-result.js";
import { readBytes } from "../io/read-file.js";
import type { NamedResult } from "../studies/gate/compare-benchmarks.js";

/** Largest result file: raw samples of a large suite are some tens of megabytes. */
const RESULT_LIMIT = { bytesMax: 256 * 1024 * 1024, help: "split the suite" };

/** Reads a result of `headroom bench run`. @throws InputError when it is none */
export async function readResultFile(path: string): Promise<NamedResult> {
  const { bytes, sha256 } = await readBytes(path, RESULT_LIMIT);
  const result = readBenchmarkResult(path, new TextDecoder().decode(bytes));
  return { file: path, sha256, result };
}
