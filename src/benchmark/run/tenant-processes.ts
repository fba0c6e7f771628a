import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { BackendName } from "../backend.js";
import type { CaseJob, CaseOutcome, Sampling } from "./process-protocol.js";

/** What one tenant measures. */
export interface TenantProcessJob {
  readonly backend: BackendName;
  readonly deviceIndex: number;
  readonly seed: number;
  readonly sampling: Sampling;
  readonly job: CaseJob;
}

/** What a tenant is told. */
export type TenantProcessOrder =
  | { readonly kind: "measure"; readonly job: TenantProcessJob }
  /** All are ready: samples count from this moment on, milliseconds since 1970. */
  | { readonly kind: "start"; readonly atMs: number }
  /** All have their samples. */
  | { readonly kind: "over" }
  /** Another tenant cannot take part. */
  | { readonly kind: "fail" };

/** What a tenant says. */
export type TenantProcessMessage =
  | { readonly kind: "ready" | "finished" | "failed" }
  | { readonly kind: "outcome"; readonly outcome: CaseOutcome };

/** From the order to start until the start: messages are there by then, also on a busy host. */
const START_DELAY_MS = 50;

/** Characters of a dead tenant's last words that are kept. */
const LAST_WORDS_MAX = 1000;

/**
 * Measures one case with each tenant in a process of its own, all at once. The GPU then switches between processes, as
 * it does between containers; with MPS each is a client.
 *
 * Never throws for what a tenant does: one that dies is a failed outcome, and ends the others.
 */
export async function measureInProcesses(
  job: TenantProcessJob,
  tenants: number,
): Promise<readonly CaseOutcome[]> {
  const program = fileURLToPath(new URL("tenant-process.js", import.meta.url));
  const children = Array.from({ length: tenants }, () =>
    fork(program, [], {
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
    }),
  );
  const tell = (order: TenantProcessOrder): void => {
    for (const child of children) if (child.connected) child.send(order, () => undefined);
  };
  const counts = { ready: 0, finished: 0 };
  const listen = (message: TenantProcessMessage): void => {
    if (message.kind === "failed") tell({ kind: "fail" });
    else if (message.kind === "ready" && ++counts.ready === tenants) {
      tell({ kind: "start", atMs: Date.now() + START_DELAY_MS });
    } else if (message.kind === "finished" && ++counts.finished === tenants) tell({ kind: "over" });
  };
  const outcomes = children.map((child) => outcomeOf(child, listen, () => tell({ kind: "fail" })));
  tell({ kind: "measure", job });
  return Promise.all(outcomes);
}

function outcomeOf(
  child: ChildProcess,
  listen: (message: TenantProcessMessage) => void,
  onDeath: () => void,
): Promise<CaseOutcome> {
  let lastWords = "";
  let outcome: CaseOutcome | undefined;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS_MAX);
  });
  child.on("message", (message: TenantProcessMessage) => {
    if (message.kind === "outcome") outcome = message.outcome;
    else listen(message);
  });
  return new Promise((resolve) => {
    const died = (how: string): void => {
      if (outcome === undefined) onDeath();
      const words = lastWords.split("\n").find((line) => line.trim() !== "") ?? "";
      const reason = `a tenant's process ended with ${how}${words === "" ? "" : `: ${words.trim()}`}`;
      resolve(outcome ?? { status: "failed", reason, fault: "launch-failed" });
    };
    child.on("error", (error) => died(error.message));
    child.on("close", (code, signal) => died(signal ?? `code ${String(code)}`));
  });
}
