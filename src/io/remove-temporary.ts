import { rmSync } from "node:fs";

/**
 * Removes a file that may never have come to be. Where even asking for it fails (a name that is too long, a path
 * through a file), the reason is the one that writing it gave already, and must not take that one's place.
 */
export function removeTemporary(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing is there.
  }
}
