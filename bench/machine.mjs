// What a figure depends on besides the code: figures of different machines are not compared.
import { createHash } from "node:crypto";
import os from "node:os";

/** The machine a benchmark runs on; `fingerprint` is the same exactly when all other fields are. */
export function describeMachine() {
  const machine = {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.versions.node,
    v8: process.versions.v8,
    os: `${os.type()} ${os.release()} ${os.arch()}`,
  };
  const digest = createHash("sha256").update(JSON.stringify(machine)).digest("hex");
  return { ...machine, fingerprint: digest.slice(0, 16) };
}
