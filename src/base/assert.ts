/** Values that led to a broken invariant, printed with the message. */
export type InvariantDetails = Readonly<Record<string, unknown>>;

/**
 * A state that must never occur: a bug in this program, not in anyone's input.
 *
 * Carries the values a person needs to reproduce it. Input that a person can mend is an `InputError`.
 */
export class InvariantError extends Error {
  readonly code = "INVARIANT";
  readonly details: InvariantDetails;

  /**
   * @param message what is broken, starting with the room: `cluster: 3 GPUs were given away twice`
   * @param details values such as seed, nowS and the state, appended as `name=value`
   */
  constructor(message: string, details: InvariantDetails = {}) {
    super(message + renderDetails(details));
    this.name = "InvariantError";
    this.details = details;
  }
}

/**
 * Throws unless the condition holds.
 *
 * For cold paths: the details object is built by the caller even when nothing is wrong. Hot loops
 * test first and throw an `InvariantError` themselves.
 *
 * @throws InvariantError when the condition is false
 */
export function assert(
  condition: boolean,
  message: string,
  details?: InvariantDetails,
): asserts condition {
  if (!condition) throw new InvariantError(message, details);
}

function renderDetails(details: InvariantDetails): string {
  const parts = Object.entries(details).map(([name, value]) => `${name}=${renderValue(value)}`);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** Long enough to see a small state, short enough to keep the message readable. */
const LENGTH_MAX = 200;

function renderValue(value: unknown): string {
  if (typeof value === "string") return cut(JSON.stringify(value));
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return cut(
      `[${Array.from(value as unknown as ArrayLike<number | bigint>, String).join(", ")}]`,
    );
  }
  try {
    return cut(JSON.stringify(value) ?? String(value));
  } catch {
    return String(value); // cyclic or with bigints: the message matters more than the picture
  }
}

function cut(text: string): string {
  return text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX)}…`;
}
