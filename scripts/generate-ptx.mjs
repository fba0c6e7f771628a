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
    const constant = `${name.toUpperCase().replace("-", "_")}_PTX`;
    writeFileSync(
      join(folder, `${name}.ts`),
      `/* eslint-disable max-lines */
// Made by scripts/generate-ptx.mjs from kernels.cu; not edited by hand. Accepted by ptxas for ${architectures.join(", ")}.

/** sha256 of the kernels.cu it was made from. */
export const ${constant}_SOURCE = "${createHash("sha256").update(readFileSync(source)).digest("hex")}";

/** PTX of the module \`${name}\`. */
export const ${constant} = \`${text}\`;
`,
    );
    process.stderr.write(`✓ ${name}: ${text.length} characters, ${architectures.join(" ")}\n`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
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
