import type { QueuePolicyEntry } from "../types.js";

/** First in, first out, and nobody overtakes. */
export const fifoStrict: QueuePolicyEntry = {
  name: "fifo-strict",
  description:
    "First in, first out, and nobody overtakes: the queue is walked in order of submission (file order between equal times) and stops at the first job that does not fit.",
  options: [],
  create: () => ({
    kind: "static-order",
    name: "fifo-strict",
    primaryKeys: (jobs) => jobs.submitS,
    overtaking: "none",
  }),
};

/** First in, first out, passing over what does not fit. */
export const fifoSkip: QueuePolicyEntry = {
  name: "fifo-skip",
  description:
    "First in, first out, and a job that does not fit is passed over: the queue is walked in order of submission (file order between equal times) and every job that fits starts. Large jobs may wait for ever.",
  options: [],
  create: () => ({
    kind: "static-order",
    name: "fifo-skip",
    primaryKeys: (jobs) => jobs.submitS,
    overtaking: "any",
  }),
};
