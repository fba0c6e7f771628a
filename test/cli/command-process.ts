// One process that runs command lines one after the other, asked and waited for without giving way: the tests stay
// as plain as with a process for each command line.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What one command line gave. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that waits for command lines. */
export interface CommandProcess {
  /** @throws Error when the process has ended, or says nothing for longer than a test may take */
  run(args: readonly string[], cwd: string): CommandResult;
}

/** Longer than a test may take: the test that asked is what fails. */
const ANSWER_MAX_MS = 660_000;
const HEAD_BYTES = 10;
const REPOSITORY = resolve(import.meta.dirname, "..", "..");

/** Starts the process; undefined where there are no named pipes. It ends with the process that started it. */
export function startCommandProcess(
  environment: Readonly<Record<string, string>>,
): CommandProcess | undefined {
  const folder = mkdtempSync(join(tmpdir(), "headroom-commands-"));
  const [requests, answers] = [join(folder, "requests"), join(folder, "answers")];
  if (spawnSync("mkfifo", [requests, answers]).status !== 0) return undefined;
  const main = join(REPOSITORY, "dist", "cli", "main.js");
  const server = join(import.meta.dirname, "command-server.mjs");
  const child = spawn(process.execPath, [server, main, requests, answers], {
    env: environment,
    // What it says outside of any command line is the end of it.
    stdio: ["ignore", "ignore", "inherit"],
  });
  child.unref();
  const input = openSync(answers, constants.O_RDONLY | constants.O_NONBLOCK);
  // Open for both, so that it does not wait for the other side, which may never come.
  const output = openSync(requests, constants.O_RDWR);
  process.once("exit", () => {
    closeSync(output);
    closeSync(input);
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    run(args, cwd) {
      writeSync(output, `${JSON.stringify({ cwd, args })}\n`);
      const length = Number(readWhole(input, HEAD_BYTES, args).toString("utf8"));
      return JSON.parse(readWhole(input, length, args).toString("utf8")) as CommandResult;
    },
  };
}

/** So many bytes, waiting for them. */
function readWhole(file: number, length: number, args: readonly string[]): Buffer {
  const bytes = Buffer.alloc(length);
  const deadlineMs = Date.now() + ANSWER_MAX_MS;
  let isConnected = false;
  for (let at = 0; at < length;) {
    const count = readSome(file, bytes, at);
    if (count === 0 && isConnected) throw new Error(`headroom ${args.join(" ")} ended its process`);
    isConnected ||= count !== 0;
    at += Math.max(0, count);
    if (count > 0) continue;
    if (Date.now() > deadlineMs) throw new Error(`headroom ${args.join(" ")} gave no answer`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  }
  return bytes;
}

/** The count of bytes read; 0 while nobody writes, -1 when somebody will. */
function readSome(file: number, bytes: Buffer, at: number): number {
  try {
    return readSync(file, bytes, at, bytes.length - at, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return -1;
    throw error;
  }
}
