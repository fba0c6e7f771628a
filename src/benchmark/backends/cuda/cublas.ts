import { BackendError } from "../../backend.js";
import { toolkitFolders } from "./library-folders.js";
import { openLibrary, type Koffi, type NativeLibrary } from "./native-library.js";

const P = "void *";
const D = "uint64_t";

/** Functions of cuBLAS that are used (cublas_api.h). */
const CUBLAS_PROTOTYPES = {
  cublasCreate_v2: [P],
  cublasDestroy_v2: [P],
  cublasSetStream_v2: [P, P],
  cublasSetWorkspace_v2: [P, D, "size_t"],
  cublasGetProperty: ["int", P],
  cublasGemmEx: [
    ...[P, "int", "int", "int", "int", "int", P, D, "int", "int", D, "int", "int"],
    ...[P, D, "int", "int", "int", "int"],
  ],
} as const;

/** Functions of cuBLASLt that are used (cublasLt.h). */
const CUBLASLT_PROTOTYPES = {
  cublasLtCreate: [P],
  cublasLtDestroy: [P],
  cublasLtMatmulDescCreate: [P, "int", "int"],
  cublasLtMatmulDescDestroy: [P],
  cublasLtMatmulDescSetAttribute: [P, "int", P, "size_t"],
  cublasLtMatrixLayoutCreate: [P, "int", D, D, "int64_t"],
  cublasLtMatrixLayoutDestroy: [P],
  cublasLtMatmulPreferenceCreate: [P],
  cublasLtMatmulPreferenceDestroy: [P],
  cublasLtMatmulPreferenceSetAttribute: [P, "int", P, "size_t"],
  cublasLtMatmulAlgoGetHeuristic: [P, P, P, P, P, P, P, "int", P, P],
  cublasLtMatmul: [P, P, P, D, P, D, P, P, D, P, D, P, P, D, "size_t", P],
} as const;

/** cuBLAS and, where it is there, cuBLASLt. */
export interface Cublas {
  readonly path: string;
  /** Such as `12.8.4`. */
  readonly version: string;
  readonly functions: NativeLibrary<typeof CUBLAS_PROTOTYPES>["functions"];
  /** For products of 8-bit numbers; a string says why it is not there. */
  readonly lt: NativeLibrary<typeof CUBLASLT_PROTOTYPES>["functions"] | string;
}

/** Versions of cuBLAS whose interface this is, the newest first. */
const VERSIONS = [13, 12, 11] as const;

/** Loads cuBLAS; a string says why it cannot. Needs no GPU. */
export function loadCublas(koffi: Koffi): Cublas | string {
  const folders = toolkitFolders();
  const names = VERSIONS.map((version) => `libcublas.so.${version}`);
  const library = openLibrary(koffi, { names, folders }, CUBLAS_PROTOTYPES);
  if (typeof library === "string") return library;
  const part = (which: number): number => {
    const value = new Int32Array(1);
    library.functions.cublasGetProperty(which, value);
    return value[0]!;
  };
  const [major, minor, patch] = [part(0), part(1), part(2)];
  // Of the same version as cuBLAS, and from beside it.
  const beside = library.path.includes("/") ? [library.path.replace(/\/[^/]*$/, "")] : [];
  const lt = openLibrary(
    koffi,
    { names: [`libcublasLt.so.${major}`], folders: [...beside, ...folders] },
    CUBLASLT_PROTOTYPES,
  );
  return {
    path: library.path,
    version: `${major}.${minor}.${patch}`,
    functions: library.functions,
    lt: typeof lt === "string" ? lt : lt.functions,
  };
}

/** Statuses of cuBLAS by number (cublas_api.h, cublasStatus_t). */
const STATUSES: Readonly<Record<number, string>> = {
  1: "it could not be initialised",
  3: "no memory left",
  7: "an argument is not allowed",
  8: "the GPU's architecture is not supported",
  11: "the GPU's memory could not be reached",
  13: "the kernel failed",
  14: "an internal step failed",
  15: "it does not support this product",
};

/** @throws BackendError when a call of cuBLAS did not succeed */
export function checkCublas(status: number, what: string): void {
  if (status === 0) return;
  const words = STATUSES[status] ?? "it does not say why";
  const fault = status === 3 ? "out-of-memory" : status === 15 ? "unsupported" : "launch-failed";
  throw new BackendError(fault, `failed to ${what}: ${words} (cuBLAS status ${status})`);
}
