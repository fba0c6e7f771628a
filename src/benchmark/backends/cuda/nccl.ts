import { BackendError } from "../../backend.js";
import { toolkitFolders } from "./library-folders.js";
import { openLibrary, type Koffi, type NativeLibrary } from "./native-library.js";

const P = "void *";
const D = "uint64_t";

/** Functions of NCCL that are used (nccl.h). */
const NCCL_PROTOTYPES = {
  ncclGetVersion: [P],
  ncclCommInitAll: [P, "int", P],
  ncclCommDestroy: [P],
  ncclGroupStart: [],
  ncclGroupEnd: [],
  ncclAllReduce: [D, D, "size_t", "int", "int", P, P],
} as const;

/** NCCL of this machine. */
export interface Nccl {
  readonly path: string;
  /** Such as `2.26.5`. */
  readonly version: string;
  readonly functions: NativeLibrary<typeof NCCL_PROTOTYPES>["functions"];
}

/** Loads NCCL; a string says why it cannot. Needs no GPU. */
export function loadNccl(koffi: Koffi): Nccl | string {
  const search = { names: ["libnccl.so.2"], folders: toolkitFolders() };
  const library = openLibrary(koffi, search, NCCL_PROTOTYPES);
  if (typeof library === "string") return library;
  const version = new Int32Array(1);
  if (library.functions.ncclGetVersion(version) !== 0) return `${library.path} does not answer`;
  return { path: library.path, version: versionText(version[0]!), functions: library.functions };
}

/** `22605` → `2.26.5`; before 2.9 a version was of four digits. */
function versionText(version: number): string {
  const unit = version < 10_000 ? 1000 : 10_000;
  return `${Math.floor(version / unit)}.${Math.floor((version % unit) / 100)}.${version % 100}`;
}

/** ncclResult_t by number. */
const RESULTS: Readonly<Record<number, string>> = {
  1: "a call of CUDA failed, often for want of memory",
  2: "a call of the system failed, often for want of shared memory (/dev/shm)",
  3: "an internal step failed",
  4: "an argument is not allowed",
  5: "it is used wrongly",
  6: "another GPU failed",
};

/** @throws BackendError `launch-failed` when a call of NCCL did not succeed */
export function checkNccl(result: number, what: string): void {
  if (result === 0) return;
  throw new BackendError(
    "launch-failed",
    `failed to ${what}: ${RESULTS[result] ?? "it does not say why"} (NCCL result ${result})`,
    "NCCL_DEBUG=INFO makes NCCL tell more",
  );
}
