import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";

/** Libraries that every Linux has: of the C library itself, and what is no file. */
const ALWAYS_THERE = /^(linux-vdso|ld-linux|libc|libm|libdl|libpthread|librt)[.-]/;

/**
 * Copies the Node that runs now, without its debugging symbols, and the libraries beside the C library that it is linked
 * to, for hosts that have no C++ library.
 *
 * @returns the names of these libraries
 */
export function bundleNode(folder: string): readonly string[] {
  const node = join(folder, "node");
  copyFileSync(realpathSync(process.execPath), node);
  chmodSync(node, 0o755);
  // Smaller by a tenth; one that cannot be stripped works as well.
  spawnSync("strip", [node], { stdio: "ignore" });
  const libraries = linkedLibraries(node).filter((path) => !ALWAYS_THERE.test(basename(path)));
  mkdirSync(join(folder, "lib"), { recursive: true });
  for (const path of libraries)
    copyFileSync(realpathSync(path), join(folder, "lib", basename(path)));
  return libraries.map((path) => basename(path));
}

function linkedLibraries(program: string): readonly string[] {
  const text = execFileSync("ldd", [program], { encoding: "utf8" });
  return [...text.matchAll(/=> (\/\S+)/g)].map(([, path]) => path!);
}
