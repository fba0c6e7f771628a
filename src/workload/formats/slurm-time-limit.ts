/** Time limits that are no limit. */
const NO_LIMIT = new Set(["", "UNLIMITED", "PARTITION_LIMIT", "INVALID", "NONE", "UNKNOWN"]);

/**
 * Reads a Slurm time limit into seconds: whole minutes (`TimelimitRaw`), or `[days-]hours:minutes:seconds`
 * (`Timelimit`).
 *
 * @returns NaN where there is no limit, undefined where the text is no limit
 */
export function parseTimeLimit(text: string): number | undefined {
  if (NO_LIMIT.has(text.toUpperCase())) return Number.NaN;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 60;
  const match = /^(?:(\d{1,6})-)?(\d{1,4}):(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!;
}
