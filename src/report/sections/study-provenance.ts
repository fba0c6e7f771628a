import type { ReportBlock, ReportSection } from "../block.js";
import { escapeMarkdown } from "../format/escape.js";

/** What the report of a study can be audited by. */
export interface StudyOrigin {
  readonly version: string;
  readonly seed: number;
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
}

/** Data, hashes and how to make the report of a study again: for those who audit it. */
export function studyProvenanceSection(
  { version, seed, inputs }: StudyOrigin,
  reproduce: readonly string[],
  about: {
    /** Blocks that come first. */
    readonly before?: readonly ReportBlock[];
    /** Blocks between the files and the command. */
    readonly between?: readonly ReportBlock[];
    /** In Markdown, after the version and the seed: what is the same each time, and where every figure stands. */
    readonly promise: string;
  },
): ReportSection {
  return {
    id: "provenance",
    title: "Data, hashes and reproduction",
    blocks: [
      ...(about.before ?? []),
      {
        kind: "table",
        caption: "Files read, by content",
        columns: [{ header: "File" }, { header: "SHA-256" }],
        rows: inputs.map(({ path, sha256 }) => [path, sha256]),
      },
      ...(about.between ?? []),
      { kind: "commands", label: "Command, version and hashes", lines: reproduce },
      {
        kind: "text",
        markdown: `Headroom ${escapeMarkdown(version)}, seed ${seed}. The same files, seed and version give ${about.promise}`,
      },
    ],
  };
}

/** Warnings of a study as a list; nothing without any. */
export function studyWarningsSection(warnings: readonly string[]): ReportSection | undefined {
  if (warnings.length === 0) return undefined;
  const markdown = warnings.map((warning) => `- ${escapeMarkdown(warning)}`).join("\n");
  return {
    id: "limits",
    title: "What to know about these figures",
    blocks: [{ kind: "text", markdown }],
  };
}
