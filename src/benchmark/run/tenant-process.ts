// Entry of a process that is one tenant: what a container beside others on one GPU is. Started by a measuring process.
import type { CaseOutcome } from "./process-protocol.js";
import type { TenantGate } from "./tenant-gate.js";
import type {
  TenantProcessJob,
  TenantProcessMessage,
  TenantProcessOrder,
} from "./tenant-processes.js";
import { measureTenant } from "./tenant-worker.js";

function send(message: TenantProcessMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined)
      throw new Error("benchmark: this program is started by a measuring process");
    process.send(message, undefined, {}, () => resolve());
  });
}

/** Words of the measuring process as they come. */
const orders = { startAtMs: undefined as number | undefined, isOver: false, hasFailed: false };
let wake = (): void => undefined;

/** A gate made of messages: the measuring process names one moment at which all begin. */
const gate: TenantGate = {
  async start() {
    await send({ kind: "ready" });
    while (orders.startAtMs === undefined && !orders.hasFailed) {
      await new Promise<void>((resolve) => (wake = resolve));
    }
    if (orders.hasFailed || orders.startAtMs === undefined) return false;
    const leftMs = orders.startAtMs - Date.now();
    if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
    return true;
  },
  finish: () => void send({ kind: "finished" }),
  async isOver() {
    // Lets messages in: kernels are waited for without giving way.
    await new Promise((resolve) => setImmediate(resolve));
    return orders.isOver || orders.hasFailed;
  },
  fail: () => void send({ kind: "failed" }),
};

async function main(job: TenantProcessJob): Promise<void> {
  const outcome: CaseOutcome = await measureTenant({ ...job, gate, sharesProcess: false });
  await send({ kind: "outcome", outcome });
}

process.on("message", (order: TenantProcessOrder) => {
  if (order.kind === "start") orders.startAtMs = order.atMs;
  else if (order.kind === "over") orders.isOver = true;
  else if (order.kind === "fail") orders.hasFailed = true;
  else {
    main(order.job).then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? "") : String(error)}\n`);
        process.exit(70);
      },
    );
  }
  wake();
});
// Nobody is left to tell.
process.once("disconnect", () => process.exit(1));
