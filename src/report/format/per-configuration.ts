/**
 * Lines of a chart's answer, one per configuration.
 *
 * A configuration that stands alone needs no name before its sentence.
 *
 * @param lines sentences that begin in lower case, without a full stop
 */
export function perConfiguration(
  lines: readonly { readonly name: string; readonly sentence: string }[],
): string {
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) {
    return `${only.sentence.slice(0, 1).toUpperCase()}${only.sentence.slice(1)}.`;
  }
  return lines.map(({ name, sentence }) => `${name}: ${sentence}.`).join("\n");
}
