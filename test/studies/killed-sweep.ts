import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRandomStreams } from "../../src/engine/streams.js";
import { ended, filesOf, startAndKill, startSweep, writeSweep } from "./tiny-sweep.js";

/** What became of a sweep that was killed again and again. */
export interface KilledSweep {
  readonly runs: number;
  readonly seed: number;
  /** Runs that were there when each kill came, which may be all of them, with the report still to be written. */
  readonly killedAt: readonly number[];
  /** Files of the finished sweep, without those of single runs. */
  readonly files: number;
  /** Files that are not the bytes of the undisturbed sweep; must be none. */
  readonly different: readonly string[];
}

/**
 * Runs `headroom sweep` once undisturbed and once with `kill -9` at random moments, starting it again each time, and
 * compares all files.
 *
 * @param kills moments, drawn by the seed: a number of runs that are there, and a delay after it
 */
export async function killedSweep(options: {
  readonly kills: number;
  readonly replications: number;
  readonly seed: number;
}): Promise<KilledSweep> {
  const { kills, replications, seed } = options;
  const folder = mkdtempSync(join(tmpdir(), "headroom-killed-"));
  try {
    const path = writeSweep(folder, { head: `replications: ${replications}\n` });
    const runs = 9 * replications;
    const random = createRandomStreams(seed).stream("kills");
    const moments = Array.from({ length: kills }, () => random.integerBelow(runs + 1)).sort(
      (left, right) => left - right,
    );
    const [calm, killed] = [join(folder, "calm"), join(folder, "killed")];
    await ended(startSweep(path, calm));
    const killedAt: number[] = [];
    for (const runsThere of moments) {
      const delayMs = random.integerBelow(60);
      const there = await startAndKill(path, killed, { runs: runsThere, delayMs });
      if (there !== undefined) killedAt.push(there);
    }
    const code = await ended(startSweep(path, killed));
    if (code !== 0) throw new Error(`killed sweep: the last start ended with ${code}`);
    const [expected, found] = [filesOf(calm), filesOf(killed)];
    const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    const different = names.filter((name) => expected[name] !== found[name]);
    return { runs, seed, killedAt, files: Object.keys(expected).length, different };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
