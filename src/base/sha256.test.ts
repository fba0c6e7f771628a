import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSha256, sha256 } from "./sha256.js";

test.each([
  // FIPS 180-4 examples.
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
])("known answers", (text, want) => {
  expect(sha256(text)).toBe(want);
});

test("agrees with node:crypto for every length around the block size, in any chunks", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 6 }), (chunks) => {
      const reference = createHash("sha256");
      const hash = createSha256();
      for (const chunk of chunks) {
        reference.update(chunk);
        hash.update(chunk);
      }
      const want = reference.digest("hex");
      expect(hash.hex()).toBe(want);
      expect(hash.hex()).toBe(want);
    }),
  );
  for (let length = 0; length < 200; length++) {
    const bytes = new Uint8Array(length).fill(length);
    expect(sha256(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});

test("text is hashed as UTF-8", () => {
  expect(sha256("Größe 🎛")).toBe(createHash("sha256").update("Größe 🎛", "utf8").digest("hex"));
});

test("refuses more bytes after the digest was read", () => {
  const hash = createSha256();
  hash.hex();
  expect(() => {
    hash.update(new Uint8Array(1));
  }).toThrow("sha256: update after hex; create a new hash");
});
