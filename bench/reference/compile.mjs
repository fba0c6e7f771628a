// Compiles a C++ reference program when there is a compiler.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FLAGS = ["-O2", "-std=c++17"];

/**
 * Compiles `source` (a file beside this one).
 *
 * Returns how it was compiled and a function that runs it, or the reason why it cannot be.
 */
export function compileReference(source) {
  const compiler = process.env.CXX ?? "c++";
  const version = spawnSync(compiler, ["--version"], { encoding: "utf8" });
  if (version.error !== undefined || version.status !== 0) {
    return { ok: false, reason: `no C++ compiler "${compiler}"; set CXX or install one` };
  }
  const folder = mkdtempSync(join(tmpdir(), "headroom-bench-"));
  const program = join(folder, "reference");
  const input = fileURLToPath(new URL(source, import.meta.url));
  const compiled = spawnSync(compiler, [...FLAGS, "-o", program, input], { encoding: "utf8" });
  if (compiled.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    return { ok: false, reason: `${compiler} failed on ${source}:\n${compiled.stderr}` };
  }
  return {
    ok: true,
    compiler: `${version.stdout.split("\n")[0]} ${FLAGS.join(" ")}`,
    /** Runs the program and returns the numbers it printed, one per line. */
    run(args) {
      const result = spawnSync(program, args.map(String), { encoding: "utf8" });
      if (result.status !== 0) throw new Error(`bench: ${source} failed: ${result.stderr}`);
      return result.stdout.trim().split("\n").map(Number);
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
