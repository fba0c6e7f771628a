import { join } from "node:path";

/** Characters kept of a name: 60 of at most 4 bytes fit into the 255 bytes of a file name. */
const LENGTH_MAX = 60;

/** Names that Windows keeps for devices, whatever follows a dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Folder of a report when nobody named one: `reports/<name>`.
 *
 * The name is somebody's text. Everything but letters, digits, dots, underscores and hyphens becomes a
 * hyphen, so that no name leads out of `reports`, hides the folder or upsets a shell.
 */
export function defaultReportFolder(name: string): string {
  const plain = [...name.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "-")]
    .slice(0, LENGTH_MAX)
    .join("")
    .replace(/^[.-]+|[.-]+$/g, "");
  if (plain === "") return join("reports", "scenario");
  return join("reports", DEVICE.test(plain) ? `scenario-${plain}` : plain);
}
