/** Configurations whose answer is spelled out; the table behind the chart has all. */
const LINES_MAX = 6;

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
  const spelled = lines.slice(0, LINES_MAX).map(({ name, sentence }) => `${name}: ${sentence}.`);
  const left = lines.length - spelled.length;
  if (left > 0) spelled.push(`${left} more: in the data behind this chart.`);
  return spelled.join("\n");
}
