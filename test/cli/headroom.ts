import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

import { startCommandProcess, type CommandProcess, type CommandResult } from "./command-process.js";

export type { CommandResult } from "./command-process.js";

/** The repository, where the built program stands. */
export const REPOSITORY = resolve(import.meta.dirname, "..", "..");

/** Started by the first command line of a test file; "none" where there can be none. */
let shared: CommandProcess | "none" | undefined;

/**
 * Runs the built program as a user would, without a terminal and without colours.
 *
 * Command lines of one test file share a process, which saves each of them a second of loading; those with an
 * environment of their own, and all of them under HEADROOM_TEST_OWN_PROCESS=1, have a process each.
 */
export function headroom(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): CommandResult {
  const cwd = options.cwd ?? REPOSITORY;
  if (options.env === undefined && process.env["HEADROOM_TEST_OWN_PROCESS"] !== "1") {
    shared ??= startCommandProcess(environment()) ?? "none";
    if (shared !== "none") return shared.run(args, cwd);
  }
  return headroomProcess(args, { ...options, cwd });
}

/** Runs the built program in a process of its own. */
export function headroomProcess(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): CommandResult {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [join(REPOSITORY, "bin", "headroom.mjs"), ...args],
    {
      cwd: options.cwd ?? REPOSITORY,
      env: { ...environment(), ...options.env },
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (signal !== null) throw new Error(`headroom ${args.join(" ")} ended by ${signal}: ${stderr}`);
  return { exitCode: status, stdout, stderr };
}

function environment(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };
}

/** A folder of its own for one test, removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "headroom-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
