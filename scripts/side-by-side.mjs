// Runs steps that do not need each other in as many lanes as there are cores, each with its output in one piece.
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";

import { root } from "./prepare.mjs";

/**
 * Runs every step, also after one has failed, so that one run tells all that is wrong.
 *
 * @param steps {title, command, args, allowedExitCodes?}, longest first
 * @returns exit codes in the order of the steps; ends the process with 1 when one of them is not allowed
 */
export async function sideBySide(steps) {
  const codes = new Array(steps.length).fill(1);
  const failed = [];
  let next = 0;
  const lane = async () => {
    while (next < steps.length) {
      const index = next++;
      const { title, allowedExitCodes = [0] } = steps[index];
      const { code, output, seconds } = await run(steps[index]);
      codes[index] = code;
      const isAllowed = allowedExitCodes.includes(code);
      if (!isAllowed) failed.push(title);
      process.stderr.write(
        `▸ ${title}\n${output}${isAllowed ? `✓ ${title} (${seconds} s)` : `✗ ${title} failed after ${seconds} s`}\n`,
      );
    }
  };
  const lanes = Math.min(steps.length, Math.max(1, availableParallelism()));
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failed.length > 0) {
    process.stderr.write(`✗ failed: ${failed.join(", ")}\n`);
    process.exit(1);
  }
  return codes;
}

function run({ command, args }) {
  const startMs = Date.now();
  return new Promise((resolve) => {
    const pieces = [];
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    const done = (code) =>
      resolve({
        code,
        output: Buffer.concat(pieces).toString("utf8"),
        seconds: ((Date.now() - startMs) / 1000).toFixed(1),
      });
    child.stdout.on("data", (piece) => pieces.push(piece));
    child.stderr.on("data", (piece) => pieces.push(piece));
    child.on("error", (error) => {
      pieces.push(Buffer.from(`${error.message}\n`));
      done(1);
    });
    child.on("close", (code) => done(code ?? 1));
  });
}
