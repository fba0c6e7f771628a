// The bundle on a machine that has nothing: a bare root folder with a shell and the C library, without Node and network.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";

import type { BenchmarkResult } from "../../src/benchmark/result-document.js";
import { writeResults } from "./write-results.js";

const REPOSITORY = join(import.meta.dirname, "..", "..");
const BYTES_MAX = 40e6;

/** Everything the bare root gets: a shell, and the libraries of the C library that Node is linked to. */
const C_LIBRARY = /^(ld-linux|libc|libm|libdl|libpthread|librt)[.-]/;

function linked(program: string): readonly string[] {
  const text = execFileSync("ldd", [program], { encoding: "utf8" });
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!);
}

/** A root folder with /bin/sh and the C library. Names what is in it. */
function bareRoot(root: string): readonly string[] {
  const shell = realpathSync("/bin/sh");
  const libraries = [...linked(shell), ...linked(process.execPath)].filter((path) =>
    C_LIBRARY.test(basename(path)),
  );
  const files = new Map([
    ["/bin/sh", shell],
    ...[...new Set(libraries)].map((path) => [path, path] as const),
  ]);
  for (const [to, from] of files) {
    mkdirSync(join(root, dirname(to)), { recursive: true });
    copyFileSync(realpathSync(from), join(root, to));
  }
  for (const folder of ["dev", "tmp"]) mkdirSync(join(root, folder));
  execFileSync("mknod", ["-m", "666", join(root, "dev", "null"), "c", "1", "3"]);
  return [...files.keys(), "/dev/null", "/tmp"];
}

test.skipIf(process.getuid?.() !== 0)(
  "a bare root without Node and network unpacks the bundle, runs it and has a result",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "headroom-bare-"));
    try {
      const archive = join(folder, "headroom-bench.tar.xz");
      execFileSync(process.execPath, [
        join(REPOSITORY, "bin", "headroom.mjs"),
        "bench",
        "bundle",
        "-o",
        archive,
      ]);
      expect(statSync(archive).size).toBeLessThanOrEqual(BYTES_MAX);

      const root = join(folder, "root");
      mkdirSync(root);
      const files = bareRoot(root);
      execFileSync("tar", ["-xJf", archive, "-C", root]);
      const program = join(root, "headroom-bench", "app", "dist", "benchmark");
      expect(existsSync(join(program, "backends", "cuda", "ptx", "streams.ptx"))).toBe(true);
      const startMs = Date.now();
      const run = spawnSync(
        "unshare",
        [
          ...["--net", "--mount", `--root=${root}`, "--wd=/", "/bin/sh", "/headroom-bench/run.sh"],
          ...["--suite", "smoke"],
        ],
        { encoding: "utf8", env: {} },
      );
      const seconds = (Date.now() - startMs) / 1000;
      const path = join(root, "headroom-bench", "headroom-result.json");
      expect(existsSync(path), run.stderr).toBe(true);
      const result = JSON.parse(readFileSync(path, "utf8")) as BenchmarkResult;
      const measured = result.cases.filter(({ status }) => status === "measured");
      const count = (backend: string): number =>
        measured.filter((entry) => entry.backend === backend).length;
      const { cuda, webgpu } = result.backends;
      const reason = (probe: typeof cuda): string | undefined =>
        probe === undefined || probe.available ? undefined : probe.reason;
      writeResults(
        "bundle",
        {
          archiveMegabytes: Math.round(statSync(archive).size / 1e5) / 10,
          sha256: createHash("sha256").update(readFileSync(archive)).digest("hex"),
          rootHolds: files,
          node: result.environment.fields["node.version"],
          exitCode: run.status,
          seconds: Math.round(seconds),
          label: result.label,
          measured: { gpujs: count("gpujs"), tfjs: count("tfjs") },
          notMeasured: { cuda: reason(cuda), webgpu: reason(webgpu) },
        },
        "bundle",
      );
      expect(run.status, run.stderr).toBe(0);
      expect(result.label).toBe("software");
      expect(result.cases.filter(({ status }) => status === "failed")).toEqual([]);
      expect(count("gpujs")).toBeGreaterThan(5);
      expect(count("tfjs")).toBeGreaterThan(5);
      expect(reason(cuda)).toBe("libcuda.so.1 is not installed");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
