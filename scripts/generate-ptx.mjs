// Compiles the kernels of the cuda backend to the PTX text that is shipped, and checks it for every architecture.
// Needs nvcc and ptxas of CUDA 13; nobody else does.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root } from "./prepare.mjs";

const folder = join(root, "src", "benchmark", "backends", "cuda", "ptx");
const source = join(folder, "kernels.cu");
const modules = ["streams", "attention-fp32", "attention-fp16", "attention-bf16"];
/** Drivers of CUDA 11 read it; the kernels use nothing newer. ptxas below refuses what the version does not have. */
const ptxVersion = "6.5";
const architectures = ["sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120"];

const work = mkdtempSync(join(tmpdir(), "headroom-ptx-"));
const sums = [sumOf("kernels.cu", readFileSync(source))];
try {
  for (const name of modules) {
    const raw = join(work, `${name}.ptx`);
    const define = `-DMODULE_${name.toUpperCase().replace("-", "_")}`;
    execFileSync("nvcc", ["-ptx", "-arch=compute_75", "-O3", define, source, "-o", raw]);
    const text = compact(readFileSync(raw, "utf8"));
    writeFileSync(raw, text);
    for (const architecture of architectures) {
      execFileSync("ptxas", [`-arch=${architecture}`, raw, "-o", join(work, "cubin")]);
    }
    writeFileSync(join(folder, `${name}.ptx`), text);
    sums.push(sumOf(`${name}.ptx`, text));
    process.stderr.write(`✓ ${name}: ${text.length} characters, ${architectures.join(" ")}\n`);
  }
  // What the text was made from, and that nobody edited it since: `sha256sum -c SHA256SUMS`.
  writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** One line in the format of sha256sum. */
function sumOf(name, bytes) {
  return `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`;
}

/** Without comments, blank lines, indentation and line information. */
function compact(ptx) {
  const lines = ptx
    .split("\n")
    .map((line) =>
      line
        .replace(/\/\/.*$/, "")
        .trim()
        .replace(/\s+/g, " "),
    )
    .filter((line) => line !== "");
  return `${lines.join("\n").replace(/^\.version .*$/m, `.version ${ptxVersion}`)}\n`;
}
