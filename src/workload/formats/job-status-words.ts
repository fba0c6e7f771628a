import type { JobStatus } from "../job-table.js";

/** Words of Philly, Helios, PAI, Slurm and Kubernetes, in lower case without separators. */
const STATUS_OF_WORD: ReadonlyMap<string, JobStatus> = new Map([
  ["pass", "completed"],
  ["completed", "completed"],
  ["terminated", "completed"],
  ["succeeded", "completed"],
  ["failed", "failed"],
  ["bootfail", "failed"],
  ["deadline", "timeout"],
  ["timeout", "timeout"],
  ["killed", "cancelled"],
  ["cancelled", "cancelled"],
  ["canceled", "cancelled"],
  ["revoked", "cancelled"],
  ["nodefail", "node-fail"],
  ["preempted", "preempted"],
  ["requeued", "preempted"],
  ["outofmemory", "out-of-memory"],
  ["running", "running"],
  ["suspended", "running"],
  ["resizing", "running"],
  ["pending", "pending"],
  ["waiting", "pending"],
]);

/** The status a trace's word stands for; `unknown` for words of other meaning, such as none at all. */
export function statusFromWord(word: string): JobStatus {
  return STATUS_OF_WORD.get(word.toLowerCase().replace(/[\s_-]/g, "")) ?? "unknown";
}
