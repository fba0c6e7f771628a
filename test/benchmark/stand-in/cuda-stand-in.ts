import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Names under which the stand-in can be found, by what it stands in for. */
const NAMES = {
  cuda: "libcuda.so.1",
  cublas: "libcublas.so.12",
  cublasLt: "libcublasLt.so.12",
  nvml: "libnvidia-ml.so.1",
  nccl: "libnccl.so.2",
} as const;

/** Libraries of CUDA made of one C file. */
export interface CudaStandIn {
  /** A folder that has these libraries and no others. */
  folder(parts: readonly (keyof typeof NAMES)[]): string;
  /** The library itself. */
  readonly library: string;
  dispose(): void;
}

/** True where a C compiler is there. */
export const HAS_COMPILER = spawnSync("cc", ["--version"]).status === 0;

/** Builds the stand-in; takes about a second. */
export function buildStandIn(): CudaStandIn {
  const root = mkdtempSync(join(tmpdir(), "headroom-cuda-"));
  const library = join(root, "stand-in.so");
  const source = join(import.meta.dirname, "cuda-stand-in.c");
  execFileSync("cc", ["-O1", "-shared", "-fPIC", "-o", library, source, "-lm"]);
  return {
    library,
    folder(parts) {
      const folder = mkdtempSync(join(root, "libraries-"));
      // Links to one file: the process loads it once, so that all parts share what is open.
      for (const part of parts) symlinkSync(library, join(folder, NAMES[part]));
      return folder;
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}
