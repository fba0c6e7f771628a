import type { UnitSpec } from "./unit-spec.js";

/** How a value is written. */
export type TipFormat = "duration" | "percent" | "number" | "text";

/** A field of the data, and how to tell it. */
export interface TipField {
  readonly field: string;
  readonly label: string;
  /** Printed behind a number. */
  readonly unit?: string;
  readonly format: TipFormat;
}

/** A line of a tooltip. With `to`: from the one to the other, or how much lies between them. */
export interface TipRow extends TipField {
  readonly to?: string;
  readonly isSize?: boolean;
}

type Channel = Readonly<Record<string, unknown>>;

/** Names of fields that are words of a drawing. */
const LABELS: Readonly<Record<string, string>> = { p50S: "median", p95S: "p95", waitS: "wait" };

/**
 * What a tooltip tells of a mark: who it is first, then its values.
 *
 * @param shared data of all layers, where a layer has none of its own
 */
export function rowsOf({ mark, encoding, ...unit }: UnitSpec, shared: unknown): readonly TipRow[] {
  if (mark.type === "text") return [];
  const { x, y, x2, y2 } = encoding;
  const rows: TipRow[] = [];
  const add = (row: TipRow | undefined): void => {
    if (row !== undefined && !rows.some(({ field }) => field === row.field)) rows.push(row);
  };
  const own = firstDatum(unit["data"] ?? shared);
  for (const field of ["plan", "job", "node"])
    if (field in own) add({ field, label: field, format: "text" });
  for (const channel of [y, x, encoding["color"], encoding["shape"]]) add(nominalRow(channel));
  const who = rows.length;
  for (const [channel, end] of [
    [x, x2],
    [y, y2],
  ] as const) {
    if (!isField(channel) || channel["type"] !== "quantitative") continue;
    // An axis without a title carries names and no figures.
    if (end !== undefined && (channel["axis"] as Channel | undefined)?.["title"] === null) continue;
    const to = end?.["field"];
    add({
      ...fieldOf(channel),
      ...(typeof to === "string" ? { to, isSize: mark.type === "bar" } : {}),
    });
  }
  const words = ["label", "text"].find((field) => typeof own[field] === "string");
  if (rows.length === who && words !== undefined)
    add({ field: words, label: "value", format: "text" });
  return rows;
}

/** How a channel over a scale is told: with the title of its axis, and the unit in it. */
export function fieldOf(channel: Channel & { readonly field: string }): TipField {
  const { field } = channel;
  const axis = (channel["axis"] ?? {}) as Channel;
  const title = typeof axis["title"] === "string" ? axis["title"] : (LABELS[field] ?? field);
  const [, words, bracketed, behind] = /^(.*?)(?: \(([^)]*)\)|, (\S{1,4}))?$/su.exec(title)!;
  const unit = bracketed ?? behind;
  if (String(axis["format"] ?? "").endsWith("%")) return { field, label: title, format: "percent" };
  // Axes of waits have words for ticks: their values are seconds.
  if (String(axis["labelExpr"] ?? "").startsWith("({'") || /[a-z0-9]S$/u.test(field))
    return { field, label: title, format: "duration" };
  return { field, label: words!, format: "number", ...(unit === undefined ? {} : { unit }) };
}

function nominalRow(channel: Channel | undefined): TipRow | undefined {
  if (!isField(channel) || channel["type"] !== "nominal") return undefined;
  const title = (channel["axis"] as Channel | null | undefined)?.["title"];
  return {
    field: channel.field,
    label: typeof title === "string" ? title : channel.field,
    format: "text",
  };
}

function isField(channel: Channel | undefined): channel is Channel & { readonly field: string } {
  return typeof channel?.["field"] === "string";
}

function firstDatum(data: unknown): Readonly<Record<string, unknown>> {
  const values = (data as { readonly values?: readonly unknown[] } | undefined)?.values;
  return (values?.[0] ?? {}) as Readonly<Record<string, unknown>>;
}
