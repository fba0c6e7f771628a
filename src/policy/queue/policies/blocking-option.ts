import type { Overtaking, QueueOptions, QueuePolicyOption } from "../types.js";

/** Whether the queue stops at a job that does not fit. */
export const blockingOption: QueuePolicyOption = {
  name: "blocking",
  type: "choice",
  allowed: ["skip", "head"],
  default: "skip",
  description:
    "`skip` passes over a job that does not fit and goes on; `head` stops the queue at the first job that does not fit.",
};

/** What the option says. */
export function overtakingOf(options: QueueOptions): Overtaking {
  return options["blocking"] === "head" ? "none" : "any";
}
