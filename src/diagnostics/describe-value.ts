/** Characters of a value quoted in a message. */
const QUOTED_LENGTH_MAX = 60;

/** A value as a message names it: `"40 parsecs"`, `-1`, `a list`, `a map`, `nothing`. Long text is cut. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") {
    const characters = Array.from(value);
    if (characters.length <= QUOTED_LENGTH_MAX) return `"${value}"`;
    return `"${characters.slice(0, QUOTED_LENGTH_MAX).join("")}…"`;
  }
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "number" && Number.isNaN(value)) return "not-a-number (.nan)";
  if (value === Number.POSITIVE_INFINITY) return "infinity";
  if (value === Number.NEGATIVE_INFINITY) return "minus infinity";
  return String(value);
}
