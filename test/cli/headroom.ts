import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

/** The repository, where the built program stands. */
export const REPOSITORY = resolve(import.meta.dirname, "..", "..");

/** What one command line gave. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program as a user would, without a terminal and without colours. */
export function headroom(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): CommandResult {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [join(REPOSITORY, "bin", "headroom.mjs"), ...args],
    {
      cwd: options.cwd ?? REPOSITORY,
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...options.env },
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (signal !== null) throw new Error(`headroom ${args.join(" ")} ended by ${signal}: ${stderr}`);
  return { exitCode: status, stdout, stderr };
}

/** A folder of its own for one test, removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "headroom-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
