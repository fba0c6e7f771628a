/**
 * The records of a CSV text that Headroom wrote, field by field. Quotes are doubled inside quoted fields; a line end
 * inside quotes belongs to its field.
 */
export function* csvRecords(text: string): Generator<readonly string[]> {
  let fields: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { field, end } = fieldAt(text, at);
    fields.push(field);
    if (text[end] === ",") {
      at = end + 1;
      if (at === text.length) fields.push("");
      continue;
    }
    yield fields;
    fields = [];
    at = end + (text[end] === "\r" && text[end + 1] === "\n" ? 2 : 1);
  }
  if (fields.length > 0) yield fields;
}

function fieldAt(text: string, start: number): { readonly field: string; readonly end: number } {
  if (text[start] !== '"') {
    let end = start;
    while (end < text.length && text[end] !== "," && text[end] !== "\n" && text[end] !== "\r")
      end++;
    return { field: text.slice(start, end), end };
  }
  let field = "";
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) return { field: field + text.slice(at), end: text.length };
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { field, end: quote + 1 };
    field += '"';
    at = quote + 2;
  }
}
