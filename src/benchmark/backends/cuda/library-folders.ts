import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** Names a folder, or several, in which CUDA's libraries are looked for before all others. */
export const CUDA_LIBRARIES_VARIABLE = "HEADROOM_CUDA_LIBRARIES";

/** Folders of the driver's own libraries where the system does not list them: WSL, and containers that mount them. */
const DRIVER_FOLDERS = ["/usr/lib/wsl/lib", "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib"];

/** Folders that a person named. */
export function namedFolders(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): readonly string[] {
  const named = environment[CUDA_LIBRARIES_VARIABLE] ?? "";
  return named.split(delimiter).filter((folder) => folder !== "");
}

/** Folders of libcuda and NVML, beside those that the system knows. */
export function driverFolders(): readonly string[] {
  return [...namedFolders(), ...DRIVER_FOLDERS];
}

/**
 * Folders of cuBLAS and NCCL: those named, of a CUDA toolkit, and of the packages that Python frameworks bring
 * (`nvidia/…/lib` beside them), which is where most GPU machines have them.
 */
export function toolkitFolders(): readonly string[] {
  const toolkits = [process.env["CUDA_HOME"], process.env["CUDA_PATH"], "/usr/local/cuda"];
  const folders = [
    ...namedFolders(),
    ...toolkits.flatMap((root) =>
      root === undefined
        ? []
        : [join(root, "lib64"), join(root, "targets", "x86_64-linux", "lib"), join(root, "lib")],
    ),
    ...entries("/usr/local", /^cuda-/).map((root) => join(root, "lib64")),
    ...pythonFolders(),
  ];
  return [...new Set(folders)].filter((folder) => existsSync(folder));
}

function pythonFolders(): readonly string[] {
  const environments = [
    process.env["VIRTUAL_ENV"],
    process.env["CONDA_PREFIX"],
    // The environment of the python3 that a person would start.
    ...(process.env["PATH"] ?? "")
      .split(delimiter)
      .filter((folder) => folder !== "" && existsSync(join(folder, "python3")))
      .map((folder) => dirname(folder)),
    "/usr",
    "/usr/local",
    "/opt/conda",
    process.env["HOME"] === undefined ? undefined : join(process.env["HOME"], ".local"),
    ...entries("/opt", /./).flatMap((root) => [root, join(root, ".venv"), join(root, "venv")]),
  ];
  const roots = [...new Set(environments.filter((root) => root !== undefined))];
  const packages = roots.flatMap((root) =>
    entries(join(root, "lib"), /^python3/).flatMap((python) => [
      join(python, "site-packages"),
      join(python, "dist-packages"),
    ]),
  );
  return [
    ...packages.flatMap((folder) =>
      entries(join(folder, "nvidia"), /./).map((part) => join(part, "lib")),
    ),
    ...roots.map((root) => join(root, "lib")).filter((folder) => hasCuda(folder)),
  ];
}

/** Folders of whole environments have thousands of libraries: only those with CUDA in them are looked into. */
function hasCuda(folder: string): boolean {
  return entries(folder, /^libcublas\.so\./).length > 0;
}

/** Paths of a folder's entries whose name fits; none where there is no such folder. */
function entries(folder: string, pattern: RegExp): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
