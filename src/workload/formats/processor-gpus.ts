import type { ReadingContext } from "./trace-format.js";

/** Turns a trace's processors into GPUs by the mapping that the user stated. */
export type ProcessorMapping = (processors: number) => number;

/**
 * Creates the mapping of a trace that has no GPUs in it.
 *
 * There is no default: a wrong mapping gives numbers that look right. What does not divide evenly is
 * rounded up, with a note.
 *
 * @param what what the trace counts, such as `processors`
 * @throws InputError when the mapping was not stated
 */
export function createProcessorMapping(
  { log, options }: ReadingContext,
  file: string,
  what: string,
): ProcessorMapping {
  const { processorsPerGpu } = options;
  if (processorsPerGpu === undefined || !(processorsPerGpu > 0)) {
    return log.fatal({
      file,
      rule: "processors-per-gpu",
      message: `the trace counts ${what} and no GPUs: say how many ${what} stand for one GPU`,
      help: `--processors-per-gpu 1 takes each for a GPU, 16 takes sixteen for one`,
    });
  }
  log.note(`${what} were taken for GPUs: ${processorsPerGpu} for one`);
  return (processors) => {
    const gpus = Math.ceil(processors / processorsPerGpu);
    if (gpus * processorsPerGpu !== processors) {
      log.note(
        `{count} jobs ask for ${what} that do not divide by ${processorsPerGpu}; rounded up`,
      );
    }
    return gpus;
  };
}
