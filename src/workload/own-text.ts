/** Substrings shorter than this are always copied by the engines in use, never views of their source. */
const VIEW_LENGTH_MIN = 13;

/**
 * The same text in storage of its own.
 *
 * A field cut out of a chunk is a view that keeps the whole chunk alive; with a million ids that is the
 * whole file. Joining the two halves writes the characters into a new string.
 */
export function ownText(text: string): string {
  if (text.length < VIEW_LENGTH_MIN) return text;
  return [text.slice(0, 1), text.slice(1)].join("");
}
