import type { QueuePolicyEntry } from "../types.js";
import { restartCostOf, restartOptions } from "./restart-options.js";

/** Quotas with borrowing and reclaim, as Kueue admits workloads. */
export const fairShare: QueuePolicyEntry = {
  name: "fair-share",
  description:
    "Admission by quota, as Kueue does it: every queue (a tenant or a partition) has a nominal quota, borrows what others of its cohort leave idle, and takes its own back by stopping borrowers. A stopped job is offered again at the next event. Within a queue: priority, then submission, then file order. Without quotas in the run every tenant gets an equal share of the GPUs in one cohort under fair sharing. Needs shared partitions.",
  options: [
    {
      name: "queueBy",
      type: "choice",
      allowed: ["tenant", "partition"],
      default: "tenant",
      description: "What the queues with quota are named after.",
    },
    ...restartOptions,
  ],
  create: (options) => ({
    kind: "quota",
    name: "fair-share",
    queueBy: options["queueBy"] === "partition" ? "partition" : "tenant",
    restart: restartCostOf(options),
  }),
};
