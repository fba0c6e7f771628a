/** Advance widths in thousandths of the font size, for groups of characters. */
const WIDTHS: readonly (readonly [characters: string, width: number])[] = [
  ["ijl|!'.,:; ", 320],
  ['frtI()[]{}/\\-\u00a0"', 400],
  ["JLsczvxykTEFZ", 570],
  ["abdeghnopqu0123456789+=<>~_$?#*S", 636],
  ["ABCDGHKNOPQRUVXY&", 730],
  ["mwMW%@\u2212\u2192\u2013", 920],
];

const widthOf = new Map(
  WIDTHS.flatMap(([characters, width]) => [...characters].map((one) => [one, width] as const)),
);

/** Characters the table does not know: as wide as the widest Latin letter. */
const UNKNOWN_WIDTH = 920;

/**
 * How wide a line of text is in CSS pixels, without a font at hand.
 *
 * The reader's system font is unknown and nothing may be loaded, so the widths are those of a wide
 * one (DejaVu Sans): in narrower fonts labels have some air, in none do they overlap. A table
 * instead of a canvas also makes the drawing the same on every machine.
 *
 * @param fontPx font size in CSS pixels
 */
export function textWidthPx(text: string, fontPx: number): number {
  let thousandths = 0;
  for (const character of text) thousandths += widthOf.get(character) ?? UNKNOWN_WIDTH;
  return Math.ceil((thousandths * fontPx) / 1000);
}
