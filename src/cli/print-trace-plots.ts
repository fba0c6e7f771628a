/** How a terminal draws: eighths of a block, or plain ASCII where those may not show. */
export interface PlotStyle {
  /** Heights from empty to full, for columns that stand. */
  readonly heights: readonly string[];
  /** Lengths from empty to full, for bars that lie. */
  readonly lengths: readonly string[];
}

const BLOCKS: PlotStyle = {
  heights: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  lengths: ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
};
const ASCII: PlotStyle = { heights: [" ", ".", ":", "#"], lengths: ["", "#"] };

/** Blocks, or ASCII under TERM=dumb. */
export function plotStyle(term = process.env["TERM"]): PlotStyle {
  return term === "dumb" ? ASCII : BLOCKS;
}

/**
 * A bar that lies: `share` of `width` characters. What is above 0 is never drawn as nothing.
 *
 * @param share 0..1
 */
export function bar(share: number, width: number, { lengths }: PlotStyle): string {
  const steps = lengths.length - 1;
  const filled = Math.round(share * width * steps);
  const drawn = share > 0 ? Math.max(1, filled) : 0;
  return lengths[steps]!.repeat(Math.floor(drawn / steps)) + lengths[drawn % steps]!;
}

/**
 * Columns that stand, as lines from the top. What is above 0 is never drawn as nothing.
 *
 * @param values ≥ 0, or null for no value, drawn as empty
 * @param max the value of full height, > 0
 * @param height in lines
 */
export function columns(
  values: readonly (number | null)[],
  options: { readonly max: number; readonly height: number; readonly columnWidth?: number },
  { heights }: PlotStyle,
): string[] {
  const { max, height, columnWidth = 1 } = options;
  const steps = heights.length - 1;
  const drawn = values.map((value) => {
    const filled = Math.round(((value ?? 0) / max) * height * steps);
    return (value ?? 0) > 0 ? Math.max(1, filled) : 0;
  });
  return Array.from({ length: height }, (_, line) => {
    const below = (height - 1 - line) * steps;
    return drawn
      .map((value) => heights[Math.min(steps, Math.max(0, value - below))]!.repeat(columnWidth))
      .join("")
      .trimEnd();
  });
}
