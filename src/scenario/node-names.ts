import { expandHosts } from "./import/slurm-hosts.js";

/**
 * The names behind a list such as `["gpu[001-016]", "big1"]`, in order.
 *
 * @returns undefined where an entry is no name and no range of names
 */
export function expandNodeNames(written: readonly string[]): readonly string[] | undefined {
  const names: string[] = [];
  for (const text of written) {
    const expanded = expandHosts(text);
    if (expanded === undefined || expanded.length === 0) return undefined;
    for (const name of expanded) {
      if (!isNodeName(name)) return undefined;
      names.push(name);
    }
  }
  return names;
}

/** Hosts and Kubernetes nodes are called so; signs that lists of nodes are written with are not among them. */
function isNodeName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$/.test(name);
}

/** Writes names shorter: neighbours that count up by one at their end become a range, `gpu[001-016]`. */
export function compressNodeNames(names: readonly string[]): readonly string[] {
  const runs: { readonly stem: string; readonly first: string; last: string }[] = [];
  for (const name of names) {
    const [, stem = name, number = ""] = /^(.*?)(\d{1,9})$/.exec(name) ?? [];
    const run = runs.at(-1);
    const follows =
      run !== undefined &&
      run.stem === stem &&
      run.last !== "" &&
      number.length === run.last.length &&
      Number(number) === Number(run.last) + 1;
    if (follows) run.last = number;
    else runs.push({ stem, first: number, last: number });
  }
  return runs.map(({ stem, first, last }) =>
    first === last ? `${stem}${first}` : `${stem}[${first}-${last}]`,
  );
}
