import { createHash } from "node:crypto";
import {
  copyFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import type { Command } from "commander";

import { InputError } from "../../diagnostics/problem.js";
import { ownFolder } from "../benchmark-build.js";
import { bundleNode } from "../bundle/bundle-node.js";
import { bundleProgram, CUDA_KERNELS, type Build } from "../bundle/bundle-program.js";
import { writeArchive } from "../bundle/write-archive.js";
import { EXIT_CODES } from "../exit-codes.js";
import { createProgressLine } from "../terminal.js";

/** Name of the folder that an archive unpacks to. */
const FOLDER = "headroom-bench";

/** Larger ones are hard to bring through gateways. */
const BYTES_MAX = 40e6;

/** `headroom bench bundle`: everything a GPU host needs to measure itself, in one file. */
export function registerBenchBundle(bench: Command): void {
  bench
    .command("bundle")
    .summary("everything a GPU host needs to measure itself, in one file")
    .description(
      "Packs this Node, the benchmark program with its packages, the suites and one script. The host needs no Node, no\n" +
        "compiler and no network: unpack, run the script, bring one result file back.",
    )
    .requiredOption("-o, --out <file>", "the archive, a .tar.xz")
    .addHelpText(
      "after",
      `
On the GPU host:
  tar -xJf headroom-bench.tar.xz && headroom-bench/run.sh      leaves headroom-bench/headroom-result.json
And at home:
  headroom calibrate headroom-result.json -o bench/calibrations/my-gpu.json

Examples:
  headroom bench bundle -o headroom-bench.tar.xz`,
    )
    .action(async ({ out }: { readonly out: string }) => {
      const progress = createProgressLine({ quiet: false });
      const bytes = await makeBundle(out, (step) => progress.show(step));
      progress.clear();
      const sha256 = createHash("sha256")
        .update(await readFile(out))
        .digest("hex");
      process.stdout.write(`${out}: ${(bytes / 1e6).toFixed(1)} MB, sha256 ${sha256}\n`);
      process.exitCode = EXIT_CODES.done;
    });
}

/** Makes the archive and tells its bytes. @throws InputError when it cannot be made here */
export async function makeBundle(out: string, onStep: (step: string) => void): Promise<number> {
  if (!out.endsWith(".tar.xz")) throw refuse(out, "must end in .tar.xz", "headroom-bench.tar.xz");
  if (process.platform !== "linux") {
    throw refuse(out, `bundles are made on Linux, for Linux; this is ${process.platform}`);
  }
  const build = await loadBuild(out);
  const root = ownFolder();
  if (!existsSync(join(root, CUDA_KERNELS))) {
    throw refuse(
      out,
      `the kernels in ${CUDA_KERNELS} are missing`,
      "build Headroom: npm run build",
    );
  }
  const parent = mkdtempSync(join(tmpdir(), "headroom-bundle-"));
  try {
    const folder = join(parent, FOLDER);
    mkdirSync(folder);
    onStep("joining the program with its packages");
    await bundleProgram(build, { root, app: join(folder, "app") });
    onStep("copying Node");
    bundleNode(folder);
    for (const file of ["run.sh", "torch_reference.py"]) {
      copyFileSync(join(root, "bench", "gpu", file), join(folder, file));
    }
    chmodSync(join(folder, "run.sh"), 0o755);
    onStep("packing, a minute or two");
    mkdirSync(dirname(resolve(out)), { recursive: true });
    await writeArchive(parent, FOLDER, out);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
  const bytes = statSync(out).size;
  if (bytes > BYTES_MAX) {
    rmSync(out);
    throw refuse(
      out,
      `would have ${(bytes / 1e6).toFixed(1)} MB, at most ${BYTES_MAX / 1e6} are allowed`,
      "a Node without debugging symbols is smaller: install strip (binutils)",
    );
  }
  return bytes;
}

async function loadBuild(out: string): Promise<Build> {
  try {
    const { build } = await import("esbuild");
    return build;
  } catch {
    throw refuse(out, "the package esbuild is not installed", "npm ci, with development packages");
  }
}

function refuse(file: string, message: string, help?: string): InputError {
  const problem = { file, rule: "bad-bundle", message };
  return new InputError([help === undefined ? problem : { ...problem, help }]);
}
