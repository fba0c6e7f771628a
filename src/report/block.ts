/** One column of a table. `unit` is printed in the header, never in the cells. */
export interface Column {
  readonly header: string;
  readonly unit?: string;
  /** Significant digits of numbers in prose formats; absent prints text as it is. */
  readonly digits?: number;
  readonly align?: "left" | "right";
}

/** A cell: null prints as an em dash. */
export type Cell = string | number | null;

/**
 * One piece of a report. Blocks hold finished content; writers only lay it out.
 */
export type ReportBlock =
  | { readonly kind: "text"; readonly markdown: string }
  | {
      readonly kind: "table";
      readonly caption: string;
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Cell[])[];
      /** Where all rows stand when the page shows only the first 50. */
      readonly fullTable?: string;
    }
  | {
      readonly kind: "chart";
      readonly id: string;
      /** The question the chart answers; printed as its title. */
      readonly title: string;
      /** The answer in one sentence with numbers; the text alternative. */
      readonly description: string;
      readonly vegaLite: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "verdict";
      readonly status: "pass" | "warn" | "fail";
      readonly summary: string;
    };

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
  readonly subtitle?: string;
  readonly sections: readonly ReportSection[];
  /** Command, version, seed and hashes that make the same report again. */
  readonly reproduce: readonly string[];
}
