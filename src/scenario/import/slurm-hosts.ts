/** Most hosts one expression may name: the most nodes a scenario has. */
const HOSTS_MAX = 200_000;

/**
 * The hosts of `gpu[001-004,007],login1` or `rack[1-2]n[01-04]`, in order; zero padding is kept.
 *
 * @returns undefined where the text is no such expression or names too many hosts
 */
export function expandHosts(text: string): readonly string[] | undefined {
  const hosts: string[] = [];
  for (const part of splitOutside(text)) {
    const expanded = expandOne(part.trim());
    if (expanded === undefined || hosts.length + expanded.length > HOSTS_MAX) return undefined;
    for (const host of expanded) hosts.push(host);
  }
  return hosts;
}

/** Splits at commas that stand outside brackets. */
function splitOutside(text: string): readonly string[] {
  return text.split(/,(?![^[]*\])/).filter((part) => part.trim() !== "");
}

function expandOne(text: string): readonly string[] | undefined {
  const match = /^([^[\]]*)\[([^[\]]+)\](.*)$/.exec(text);
  if (match === null) return /[[\]]/.test(text) ? undefined : [text];
  const [, head = "", ranges = "", rest = ""] = match;
  const tails = expandOne(rest);
  const numbers = expandRanges(ranges);
  if (tails === undefined || numbers === undefined || tails.length * numbers.length > HOSTS_MAX)
    return undefined;
  return numbers.flatMap((number) => tails.map((tail) => `${head}${number}${tail}`));
}

/** The numbers of `001-004,007` or `0-8:4`, with the padding of the first. */
export function expandRanges(text: string): readonly string[] | undefined {
  const numbers: string[] = [];
  for (const range of text.split(",")) {
    const match = /^(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?$/.exec(range.trim());
    if (match === null) return undefined;
    const [, low = "", high = low, step = "1"] = match;
    const stride = Number(step);
    if (stride < 1 || (Number(high) - Number(low)) / stride > HOSTS_MAX) return undefined;
    for (let value = Number(low); value <= Number(high); value += stride) {
      numbers.push(String(value).padStart(low.length, "0"));
    }
    if (numbers.length > HOSTS_MAX) return undefined;
  }
  return numbers;
}
