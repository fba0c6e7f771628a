/** The tasks of a job array, as Slurm's `--array` names them. */
export interface JobArray {
  /** Numbers of the tasks, in the order written, each once. */
  readonly tasks: readonly number[];
  /** Most tasks that may run at once; undefined for no limit. */
  readonly runningMax: number | undefined;
}

/** What an array may be written as. */
export const ARRAY_RULE =
  "task numbers such as 0-99, 1,4,7 or 0-20:5, with %8 behind them for at most 8 at once";

const TASK_MAX = 10_000_000;
const RANGE = /^([0-9]{1,8})(?:-([0-9]{1,8})(?::([0-9]{1,8}))?)?$/;

/**
 * Reads an array such as `0-99%8`.
 *
 * @param tasksMax most tasks
 * @returns undefined when the text breaks `ARRAY_RULE` or has more tasks
 */
export function parseArray(text: string, tasksMax: number): JobArray | undefined {
  const [list, limit, ...more] = text.split("%");
  if (more.length > 0) return undefined;
  const runningMax = limit === undefined ? undefined : Number(limit);
  if (limit !== undefined && !/^[1-9][0-9]{0,8}$/.test(limit)) return undefined;
  const tasks = new Set<number>();
  for (const part of (list ?? "").split(",")) {
    const match = RANGE.exec(part.trim());
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    const step = match[3] === undefined ? 1 : Number(match[3]);
    if (last < first || step === 0 || last > TASK_MAX) return undefined;
    if (tasks.size + (last - first) / step >= tasksMax) return undefined;
    for (let task = first; task <= last; task += step) tasks.add(task);
  }
  return { tasks: [...tasks], runningMax };
}
