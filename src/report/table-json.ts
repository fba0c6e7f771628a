/**
 * A document as indented JSON, but for the data of its charts: every row of a table called `values` is one line, which
 * makes the file a third as large and still readable line by line.
 */
export function tableJson(document: unknown): string {
  const tables: (readonly unknown[])[] = [];
  const text = JSON.stringify(
    document,
    (key, value: unknown) => {
      if (key !== "values" || !Array.isArray(value) || typeof value[0] !== "object") return value;
      return { table: tables.push(value as readonly unknown[]) - 1 };
    },
    1,
  );
  // A person's own text never stands right behind this key.
  return text.replace(/"values": \{\s*"table": (\d+)\s*\}/gu, (_, number: string) => {
    const rows = tables[Number(number)]!.map((row) => JSON.stringify(row));
    return `"values": [\n${rows.join(",\n")}\n]`;
  });
}
