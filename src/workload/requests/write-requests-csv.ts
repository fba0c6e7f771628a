import type { RequestTable } from "./request-table.js";

const ROWS_PER_PIECE = 4096;

/** Requests as our own CSV, in pieces; columns that no request has are left out. */
export function* writeRequestsCsv(requests: RequestTable): Generator<string> {
  const { classes, adapters, prefixes, conversation } = requests;
  const nameAt = (column: typeof classes, row: number): string => {
    const index = column!.index[row]!;
    return index < 0 ? "" : csvText(column!.names[index]!);
  };
  const idAt = (id: number): string => (id < 0 ? "" : String(id));
  const extras: [name: string, of: (row: number) => string][] = [];
  if (classes !== undefined) extras.push(["class", (row) => nameAt(classes, row)]);
  if (adapters !== undefined) extras.push(["adapter", (row) => nameAt(adapters, row)]);
  if (prefixes !== undefined) {
    extras.push(["prefixGroup", (row) => idAt(prefixes.group[row]!)]);
    extras.push(["prefixTokens", (row) => String(prefixes.tokens[row]!)]);
  }
  if (conversation !== undefined) extras.push(["conversation", (row) => idAt(conversation[row]!)]);
  yield `${["arrivalS", "promptTokens", "outputTokens", ...extras.map(([name]) => name)].join(",")}\n`;
  for (let from = 0; from < requests.count; from += ROWS_PER_PIECE) {
    let piece = "";
    for (let row = from; row < Math.min(requests.count, from + ROWS_PER_PIECE); row++) {
      // Microseconds are as fine as clocks of services are.
      const time = String(Number(requests.arrivalS[row]!.toFixed(6)));
      piece += `${time},${requests.promptTokens[row]!},${requests.outputTokens[row]!}`;
      for (const [, of] of extras) piece += `,${of(row)}`;
      piece += "\n";
    }
    yield piece;
  }
}

function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
