import { EXIT_CODES } from "./exit-codes.js";
import type { ProgressLine } from "./terminal.js";

/** What most studies keep when they are stopped. */
export const NOTHING_KEPT =
  "Nothing was written and no runs are kept: the same command begins again.";

/**
 * Does work that Ctrl-C ends in order: threads are closed, nothing is half-written, it is said what is kept, and the exit
 * code is 130. A second Ctrl-C ends the program at once.
 *
 * @param kept what a person finds afterwards, as a full sentence
 * @param work to be given up as soon as its signal is aborted
 * @returns undefined when it was stopped
 */
export async function stoppable<Result>(
  kept: string,
  progress: ProgressLine,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | undefined> {
  const stop = new AbortController();
  const interrupted = (): void => {
    progress.clear();
    process.stderr.write(`Stopped. ${kept}\n`);
    stop.abort(new Error("interrupted"));
  };
  process.once("SIGINT", interrupted);
  try {
    const result = await work(stop.signal);
    // It came to its end before it looked at the signal.
    stop.signal.throwIfAborted();
    return result;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.exitCode = EXIT_CODES.interrupted;
    return undefined;
  } finally {
    process.removeListener("SIGINT", interrupted);
  }
}
