/** One column of a table. `unit` is printed in the header, never in the cells. */
export interface Column {
  readonly header: string;
  readonly unit?: string;
  /** Significant digits of numbers in prose formats; absent prints text as it is. */
  readonly digits?: number;
  readonly align?: "left" | "right";
}

/**
 * A cell whose printed text differs from its value, such as "11.2 min" for 672.31 s.
 *
 * All texts are plain: writers escape them.
 */
export interface RichCell {
  readonly text: string;
  /** The number behind the text, in the base unit; what a page sorts by. */
  readonly value?: number;
  /** The exact value in words, such as "672.31 s"; HTML shows it when the pointer rests on the cell. */
  readonly exact?: string;
  /** A second, quieter line under the text. */
  readonly note?: string;
  /** Always beside a word or a sign that says the same, never alone. */
  readonly tone?: "good" | "bad" | "quiet";
  /** The row's or section's anchor that proves the claim, such as `#waits`. */
  readonly href?: string;
}

/** A cell: null prints as an em dash, a number with its column's digits. */
export type Cell = string | number | null | RichCell;

/** What a table says. Rows may be split into titled groups that follow each other. */
export interface TableContent {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Titles over runs of rows, in row order; `rowCount`s sum to `rows.length`. */
  readonly rowGroups?: readonly { readonly title: string; readonly rowCount: number }[];
  /** True shows every row, however many: for tables that are short by what they are. */
  readonly whole?: boolean;
  /** Where all rows stand when the page shows only the first 50. */
  readonly fullTable?: string;
}

/**
 * One piece of a report. Blocks hold finished content; writers only lay it out.
 */
export type ReportBlock =
  | {
      readonly kind: "text";
      /**
       * Paragraphs, `- ` lists, `**strong**`, `` `code` ``, `[text](#anchor)` and backslash escapes;
       * text from outside goes through `escapeMarkdown` first.
       */
      readonly markdown: string;
    }
  | ({ readonly kind: "table" } & TableContent)
  | {
      readonly kind: "chart";
      /** Unique in the report; letters, digits and hyphens. */
      readonly id: string;
      /** The question the chart answers; printed as its title. */
      readonly title: string;
      /** The answer in one sentence with numbers; the text alternative. */
      readonly description: string;
      readonly vegaLite: Readonly<Record<string, unknown>>;
      /** The same chart laid out for a telephone; absent draws `vegaLite` at every width. */
      readonly vegaLiteNarrow?: Readonly<Record<string, unknown>>;
      /** The chart as numbers; folded under it in HTML, printed in Markdown. */
      readonly data?: TableContent;
    }
  | {
      readonly kind: "verdict";
      readonly status: "pass" | "warn" | "fail";
      readonly summary: string;
    }
  /** The sentence a reader takes away; plain text, at most one in a report. */
  | { readonly kind: "headline"; readonly sentence: string }
  /** Lines to copy into a terminal. */
  | { readonly kind: "commands"; readonly label: string; readonly lines: readonly string[] };

/** A chart block. */
export type ChartBlock = Extract<ReportBlock, { kind: "chart" }>;

/** A titled run of blocks. `folded` sections open on demand (and always in print). */
export interface ReportSection {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly ReportBlock[];
  readonly folded?: boolean;
  /** "How to read this": shown folded under the title, same text as the docs. */
  readonly explanation?: string;
}

/** A whole report, ready for any writer. */
export interface ReportDocument {
  readonly title: string;
  /** What kind of report this is and of what, in a few words; printed small above the title. */
  readonly kicker?: string;
  readonly subtitle?: string;
  readonly sections: readonly ReportSection[];
  /** Command, version, seed and hashes that make the same report again. */
  readonly reproduce: readonly string[];
  /** The simulator in the page; absent where a page has none. Only HTML shows it. */
  readonly whatIf?: WhatIfPart;
}

/** A scenario that a page can simulate again. */
export interface WhatIfPart {
  /** JSON: the scenario's files, what can be changed, and what came out. */
  readonly data: string;
  /** The simulator's program for a worker, compressed and in base64. */
  readonly bundle: string;
}
