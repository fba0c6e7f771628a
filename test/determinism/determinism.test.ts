import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { digests as namedDigests } from "./digests.js";
import {
  chromiumEngine,
  type Digests,
  type EngineUnderTest,
  nodeEngine,
  pinnedNode,
  PROBE_GLOBAL,
} from "./engines.js";

/**
 * Goal: the same seed gives the same bytes on every engine Headroom supports.
 *
 * Method: one bundle computes digests over a million values of everything that is computed with
 * doubles; each engine runs it and must agree with `expected-digests.json`, which is committed. A
 * change there moves numbers in people's results: it belongs in the changelog under Numbers.
 */
const EXPECTED = "./expected-digests.json";
const expectedUrl = new URL(EXPECTED, import.meta.url);

const pinnedVersions = ["20.20.2", "22.23.3", "24.21.0"];
const engines: readonly (readonly [string, () => Promise<EngineUnderTest>])[] = [
  ...pinnedVersions
    .filter((version) => version !== process.versions.node)
    .map((version) => [`Node ${version}`, () => pinnedNode(version)] as const),
  ["Chromium", () => chromiumEngine()],
];

let bundle: string;
/** What this Node gave; the committed digests until it has run. */
let reference: Digests = JSON.parse(readFileSync(expectedUrl, "utf8")) as Digests;

beforeAll(async () => {
  const result = await build({
    entryPoints: [fileURLToPath(new URL("./digests.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    globalName: PROBE_GLOBAL,
    platform: "browser",
    target: "es2022",
  });
  bundle = result.outputFiles[0]!.text;
});

describe("the same bits on every engine", () => {
  test("names are unique", () => {
    const names = namedDigests.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test(`this Node (${process.versions.node}) gives the committed digests`, async () => {
    reference = await nodeEngine(process.execPath).computeDigests(bundle);
    expect(Object.keys(reference)).toEqual(namedDigests.map(({ name }) => name));
    // Only this engine may rewrite the file (vitest --update); the others are held against it.
    await expect(`${JSON.stringify(reference, null, 2)}\n`).toMatchFileSnapshot(EXPECTED);
  });

  test.for(engines)("%s gives the same", async ([, find], context) => {
    const engine = await find();
    if (!engine.ok) {
      // In CI an engine that was not tried would be a promise not kept.
      if (process.env["HEADROOM_REQUIRE_ENGINES"] === "1") throw new Error(engine.reason);
      console.warn(`determinism: skipped ${engine.reason}`);
      context.skip(engine.reason);
      return;
    }
    expect(await engine.computeDigests(bundle)).toEqual(reference);
  });
});
