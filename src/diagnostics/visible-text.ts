/** What a character that must not reach a terminal is shown as, when it has no picture of its own. */
const REPLACEMENT = "\u{FFFD}";

/**
 * Makes text that a person or an attacker wrote safe to print on one line of a terminal or a log.
 *
 * Control characters become their Unicode pictures (ESC → ␛, NUL → ␀, line feed → ␊), so an escape
 * sequence in a scenario cannot move the cursor, change colours or hide the rest of a message.
 * Direction overrides, invisible format characters and lone surrogates become U+FFFD: what is shown is
 * what the program compared. Tabs become pictures too; a code frame widens them itself.
 */
export function visibleText(text: string): string {
  let visible = "";
  for (const character of text) visible += visibleCharacter(character);
  return visible;
}

/** The printable stand-in for one character (code point) of text; most stand for themselves. */
export function visibleCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code < 0x7f) return character;
  if (code === 0x7f) return "\u{2421}";
  if (code < 0xa0) return REPLACEMENT;
  if (code === 0x2028 || code === 0x2029) return "\u{2424}";
  if (code >= 0xd800 && code <= 0xdfff) return REPLACEMENT;
  // The joiners shape letters and emoji and hide nothing; every other format character is invisible.
  if (code === 0x200c || code === 0x200d) return character;
  return /^\p{Cf}$/u.test(character) ? REPLACEMENT : character;
}

/** First and last code points of ranges that terminals draw two columns wide (East Asian Width W and F, emoji). */
const WIDE_RANGES: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26a1, 0x26a1],
  [0x2705, 0x2705],
  [0x274c, 0x274e],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Columns a terminal gives to one character: 0 for combining marks and joiners, 2 for wide ones, else 1. */
export function characterWidth(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (code === 0x200c || code === 0x200d || /^[\p{Mn}\p{Me}]$/u.test(character)) return 0;
  return WIDE_RANGES.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
