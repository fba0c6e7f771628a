// Entry of a worker thread: piscina calls the default export with one task.
export { runReplayTask as default } from "./replay-task.js";
