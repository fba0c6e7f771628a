/** Advance widths of DejaVu Sans in thousandths of the font size, rounded up for groups of characters. */
const WIDTHS: readonly (readonly [characters: string, width: number])[] = [
  ["'ijlIJ ,.\u00a0·’", 320],
  ["/:;\\|f-()[]t!r", 412],
  ['"*_`–“”s?z', 532],
  ["cLFkvxyPTY", 612],
  ["aoeEhnuSbdgpq$0123456789{}", 638],
  ["KAVXZBRC", 700],
  ["UNHDG&OQ", 790],
  ["w#+<=>^~−→≤≥×M", 866],
  ["%mW@—…", 1000],
];

const widthOf = new Map(
  WIDTHS.flatMap(([characters, width]) => [...characters].map((one) => [one, width] as const)),
);

/** Characters the table does not know: as wide as the widest Latin letter. */
const UNKNOWN_WIDTH = 1000;

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
