import { fork, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { BackendName, BackendProbe } from "../backend.js";
import { vulkanEnvironment } from "../backends/webgpu/vulkan-environment.js";
import {
  PROTOCOL,
  type CaseOutcome,
  type ProcessJob,
  type ProcessMessage,
} from "./process-protocol.js";

/** A build whose measuring processes can be started. */
export interface MeasuringBuild {
  /** Its `process-main.js`. */
  readonly program: string;
  /** Node to run it with; this process's own when absent. */
  readonly node?: string;
  /** Added to the environment, such as LD_LIBRARY_PATH of another driver's libraries. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The build that is running now. */
export const OWN_BUILD: MeasuringBuild = {
  program: fileURLToPath(new URL("process-main.js", import.meta.url)),
};

/** How a process ended. */
export type ProcessEnd =
  | { readonly kind: "done" }
  | { readonly kind: "unavailable"; readonly reason: string; readonly help?: string }
  /** It died or said nothing for too long; `during` is the case it was at. */
  | {
      readonly kind: "crashed" | "stalled";
      readonly reason: string;
      readonly during?: string;
    }
  | { readonly kind: "aborted" };

/** What a process is asked for while it runs. */
export interface ProcessListener {
  onProbe?(probe: BackendProbe): void;
  onBegin?(id: string): void;
  onCase?(id: string, outcome: CaseOutcome): void;
}

/** A process that says nothing for so long is taken for stuck. */
const SILENCE_MAX_MS = 180_000;

/** Characters of a dead process's last words that are kept. */
const LAST_WORDS_MAX = 2000;

/**
 * Runs one job in a process of its own and waits for its end. Never throws for what the process does.
 *
 * @param signal ends the process at once
 */
export function runProcess(
  build: MeasuringBuild,
  job: ProcessJob,
  listener: ProcessListener,
  signal?: AbortSignal,
): Promise<ProcessEnd> {
  if (signal?.aborted === true) return Promise.resolve({ kind: "aborted" });
  if (!existsSync(build.program)) {
    return Promise.resolve({ kind: "crashed", reason: `${build.program} does not exist` });
  }
  const child = startChild(build);
  return new Promise((resolve) => {
    const watch = watchChild(child, job, listener, (end) => {
      signal?.removeEventListener("abort", abort);
      resolve(end);
    });
    const abort = (): void => watch.end({ kind: "aborted" });
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Looks for a backend's devices in a process of its own: drivers that crash on loading are a reason, too. */
export async function probeBackend(
  backend: BackendName,
  signal?: AbortSignal,
): Promise<BackendProbe> {
  let probe: BackendProbe | undefined;
  const job: ProcessJob = { protocol: PROTOCOL, task: "probe", backend };
  const end = await runProcess(OWN_BUILD, job, { onProbe: (found) => (probe = found) }, signal);
  if (probe !== undefined) return probe;
  return { available: false, reason: "reason" in end ? end.reason : "the probe was stopped" };
}

function startChild(build: MeasuringBuild): ChildProcess {
  const environment = { ...process.env, ...build.environment };
  return fork(build.program, [], {
    env: { ...environment, ...vulkanEnvironment(environment).variables },
    // Loaders and options of this process (a debugger, a test runner) would change what is measured.
    execArgv: [],
    ...(build.node === undefined ? {} : { execPath: build.node }),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced",
  });
}

function watchChild(
  child: ChildProcess,
  job: ProcessJob,
  listener: ProcessListener,
  resolve: (end: ProcessEnd) => void,
): { end(end: ProcessEnd): void } {
  let lastWords = "";
  let during: string | undefined;
  let ended: ProcessEnd | undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = (reason: ProcessEnd): void => {
    ended ??= reason;
    clearTimeout(timer);
    child.kill("SIGKILL");
  };
  const expectWords = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const reason = `no word from the measuring process for ${SILENCE_MAX_MS / 1000} s`;
      end({ kind: "stalled", reason, ...(during === undefined ? {} : { during }) });
    }, SILENCE_MAX_MS);
  };
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_MAX);
  });
  child.on("message", (message: ProcessMessage) => {
    if (ended !== undefined) return;
    expectWords();
    if (message.kind === "listening") {
      if (message.protocol === PROTOCOL) child.send(job);
      else {
        const reason = `its measuring process speaks version ${message.protocol}, this one ${PROTOCOL}`;
        end({ kind: "unavailable", reason });
      }
    } else if (message.kind === "probe") listener.onProbe?.(message.probe);
    else if (message.kind === "begin") listener.onBegin?.((during = message.id));
    else if (message.kind === "case") {
      during = undefined;
      listener.onCase?.(message.id, message.outcome);
    } else if (message.kind === "done") ended = { kind: "done" };
    else ended = message;
  });
  child.on("error", (error) => {
    ended ??= { kind: "crashed", reason: `the process cannot be started: ${error.message}` };
    resolve(ended);
  });
  child.on("close", (code, killed) => {
    clearTimeout(timer);
    const how = killed === null ? `code ${String(code)}` : `signal ${killed}`;
    const words = lastWords.trim() === "" ? "" : `: ${lastLine(lastWords)}`;
    // Ctrl-C reaches every process of a terminal.
    if (killed === "SIGINT") ended ??= { kind: "aborted" };
    const reason = `the measuring process ended with ${how}${words}`;
    resolve(ended ?? { kind: "crashed", reason, ...(during === undefined ? {} : { during }) });
  });
  expectWords();
  return { end };
}

/** The line of an error's text that says most: the message of a thrown error, else the last line. */
function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? "").trim();
}
