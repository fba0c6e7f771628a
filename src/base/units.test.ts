import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatDuration,
  formatNumber,
  parseBytes,
  parseCount,
  parseCpuMilli,
  parseDuration,
  type Parsed,
  parseShare,
} from "./units.js";

function failure(parsed: Parsed): Extract<Parsed, { ok: false }> {
  if (parsed.ok) throw new Error(`was read as ${parsed.value}`);
  return parsed;
}

describe("durations", () => {
  test.each<[string | number, number]>([
    ["15m", 900],
    ["2h", 7200],
    ["1d", 86_400],
    ["30s", 30],
    ["1w", 604_800],
    ["1y", 31_536_000],
    ["250ms", 0.25],
    ["3us", 3e-6],
    ["3µs", 3e-6],
    ["7ns", 7e-9],
    ["1h30m", 5400],
    ["1d 2h 3m 4s", 93_784],
    ["1.5 h", 5400],
    ["  10 minutes ", 600],
    ["2 hours", 7200],
    ["0", 0],
    [0, 0],
    ["0s", 0],
    ["1e3s", 1000],
    // Each of these is off by an ulp or more when multiplied in doubles.
    ["1.1m", 66],
    ["0.07h", 252],
    ["4.35m", 261],
    ["0.1ms", 0.0001],
    ["1_000s", 1000],
  ])("%s", (text, seconds) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: seconds });
  });

  test.each<[string | number, string, string | undefined]>([
    [90, 'duration "90" needs a unit', "90s"],
    ["15", 'duration "15" needs a unit', "15s"],
    ["15x", 'duration "15x" has the unknown unit "x"', undefined],
    ["2H", 'duration "2H" has the unknown unit "H"', "2h"],
    ["3 Days", 'duration "3 Days" has the unknown unit "Days"', "3 days"],
    ["3M", 'duration "3M" has the unknown unit "M"', undefined],
    ["30m1h", 'duration "30m1h" must name larger units first, each once', undefined],
    ["1h1h", 'duration "1h1h" must name larger units first, each once', undefined],
    ["1h30", '"1h30" is not a duration: "30" is not a number with a unit', undefined],
    ["-5m", '"-5m" is not a duration: it must start with a number ≥ 0', undefined],
    ["", '"" is not a duration: it must start with a number ≥ 0', undefined],
    [NaN, '"NaN" is not a duration: it must start with a number ≥ 0', undefined],
    [Infinity, '"Infinity" is not a duration: it must start with a number ≥ 0', undefined],
    ["1,5h", '"1,5h" is not a duration: "1,5h" is not a number with a unit', undefined],
    ["9e999s", 'duration "9e999s" is too large', undefined],
  ])("refuses %s", (text, message, suggestion) => {
    const parsed = failure(parseDuration(text));
    expect(parsed.message).toBe(message);
    expect(parsed.suggestion).toBe(suggestion);
    expect(parsed.allowed).toContain("15m");
  });
});

describe("memory", () => {
  const GIB = 2 ** 30;
  test.each<[string | number, number]>([
    ["40GiB", 40 * GIB],
    ["40Gi", 40 * GIB],
    ["40GB", 40e9],
    ["80G", 80e9],
    ["512Mi", 512 * 2 ** 20],
    ["64KiB", 65_536],
    ["64kB", 64_000],
    ["64K", 64_000],
    ["1.5TiB", 1.5 * 2 ** 40],
    ["2 PiB", 2 ** 51],
    ["1EiB", 2 ** 60],
    ["10B", 10],
    ["0", 0],
    [0, 0],
    ["0.1GB", 1e8],
    ["1.1GB", 1_100_000_000],
    ["1e3MB", 1e9],
    ["1056275456Ki", 1056275456 * 1024],
    ["0.3KiB", 307],
  ])("%s", (text, bytes) => {
    expect(parseBytes(text)).toEqual({ ok: true, value: bytes });
  });

  test.each<[string | number, string, string | undefined]>([
    [80, 'memory "80" needs a unit', "80GiB"],
    ["80gb", 'memory "80gb" has the unknown unit "gb"', "80GB"],
    ["80Gb", 'memory "80Gb" is in bits ("b"); memory is counted in bytes ("B")', "80GB"],
    ["80gib", 'memory "80gib" has the unknown unit "gib"', "80GiB"],
    ["80gi", 'memory "80gi" has the unknown unit "gi"', "80Gi"],
    ["100m", 'memory "100m" has the unknown unit "m"', undefined],
    ["80 GBytes", 'memory "80 GBytes" has the unknown unit "GBytes"', undefined],
    ["1.5B", 'memory "1.5B" must be a whole number of bytes', undefined],
    ["-1GiB", '"-1GiB" is not an amount of memory: it must start with a number ≥ 0', undefined],
    ["9e999GB", 'memory "9e999GB" is too large', undefined],
    ["iB", '"iB" is not an amount of memory: it must start with a number ≥ 0', undefined],
  ])("refuses %s", (text, message, suggestion) => {
    const parsed = failure(parseBytes(text));
    expect(parsed.message).toBe(message);
    expect(parsed.suggestion).toBe(suggestion);
    expect(parsed.allowed).toContain("40GiB");
  });
});

describe("CPU, shares and counts", () => {
  test.each<[string | number, number]>([
    ["96", 96_000],
    [96, 96_000],
    ["500m", 500],
    ["0.5", 500],
    ["1.001", 1001],
    ["0", 0],
    ["95500m", 95_500],
  ])("cpu %s", (text, milli) => {
    expect(parseCpuMilli(text)).toEqual({ ok: true, value: milli });
  });
  test.each(["0.0005", "1.5m", "96 cores", "", "-1", "x", "9e300"])("cpu refuses %s", (text) => {
    expect(failure(parseCpuMilli(text)).allowed).toContain("500m");
  });

  test.each<[string | number, number]>([
    ["85%", 0.85],
    ["0.85", 0.85],
    [0.85, 0.85],
    ["100%", 1],
    ["1", 1],
    ["0", 0],
    ["12.5 %", 0.125],
    ["7%", 0.07],
  ])("share %s", (text, share) => {
    expect(parseShare(text)).toEqual({ ok: true, value: share });
  });
  test("a share above 1 needs a percent sign, and leave", () => {
    expect(failure(parseShare(85))).toMatchObject({
      message: 'share "85" must be in 0..1; a percentage needs "%"',
      suggestion: "85%",
    });
    expect(failure(parseShare("150%")).message).toBe('percentage "150%" must be at most 100%');
    expect(parseShare("150%", { shareMax: 2 })).toEqual({ ok: true, value: 1.5 });
    expect(failure(parseShare("nine")).message).toBe('"nine" is not a percentage or a share');
  });

  test.each<[string | number, number]>([
    ["1000", 1000],
    ["1_000", 1000],
    ["10k", 10_000],
    ["2.5M", 2_500_000],
    ["1e6", 1e6],
    [12, 12],
    ["3G", 3e9],
    ["0", 0],
  ])("count %s", (text, count) => {
    expect(parseCount(text)).toEqual({ ok: true, value: count });
  });
  test.each([
    ["1.5", 'count "1.5" must be a whole number'],
    ["0.0001k", 'count "0.0001k" must be a whole number'],
    ["1e20", 'count "1e20" must be below 2^53'],
    ["ten", '"ten" is not a count'],
    ["-1", '"-1" is not a count'],
    ["1__0", '"1__0" is not a count'],
  ])("count refuses %s", (text, message) => {
    expect(failure(parseCount(text)).message).toBe(message);
  });
});

describe("reading never throws", () => {
  test("whatever it is given", () => {
    const text = fc.oneof(
      fc.string(),
      fc.double(),
      fc.stringMatching(/^[0-9._eE+-]{0,8} ?[a-zA-Zµ%]{0,4}$/),
    );
    fc.assert(
      fc.property(text, (given) => {
        for (const parse of [parseDuration, parseBytes, parseCpuMilli, parseShare, parseCount]) {
          const parsed = parse(given);
          if (parsed.ok) {
            expect(Number.isFinite(parsed.value) && parsed.value >= 0).toBe(true);
          } else {
            expect(parsed.message.length).toBeGreaterThan(0);
            expect(parsed.allowed.length).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test("a suggestion can itself be read", () => {
    for (const parsed of [parseDuration(90), parseDuration("2H"), parseDuration("3 Days")]) {
      expect(parseDuration(failure(parsed).suggestion!).ok).toBe(true);
    }
    for (const text of ["80", "80gb", "80gi", "64kb", "3KIB"]) {
      expect(parseBytes(failure(parseBytes(text)).suggestion!).ok, text).toBe(true);
    }
  });
});

describe("writing", () => {
  test.each<[number, string]>([
    [0, "0"],
    [-0, "0"],
    [1, "1"],
    [12_345, "12,300"],
    [-1234.5, "-1,230"],
    [0.000123456, "0.000123"],
    [2.5, "2.5"],
    [999.6, "1,000"],
    [1e6, "1,000,000"],
    [1.5e15, "1.5e15"],
    [0.00001234, "1.23e-5"],
    [NaN, "n/a"],
    [Infinity, "∞"],
    [-Infinity, "-∞"],
    [123_456_789_012_345, "123,000,000,000,000"],
  ])("formatNumber(%s)", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
  test("digits and separator are the caller's", () => {
    expect(formatNumber(1234.5678, { digits: 6 })).toBe("1,234.57");
    expect(formatNumber(1234.5678, { digits: 6, separator: "" })).toBe("1234.57");
    expect(() => formatNumber(1, { digits: 0 })).toThrow(
      "formatNumber: digits must be an integer in 1..17, got 0",
    );
    expect(() => formatNumber(1, { digits: 2.5 })).toThrow(RangeError);
  });

  test.each<[number, string]>([
    [0, "0 s"],
    [45, "45 s"],
    [59.96, "1 min"],
    [1344, "22.4 min"],
    [3599, "1 h"],
    [11_520, "3.2 h"],
    [129_600, "36 h"],
    [302_400, "3.5 d"],
    [94_608_000, "3 y"],
    [0.25, "250 ms"],
    [2e-5, "20 µs"],
    [3e-9, "3 ns"],
    [0.9999, "1 s"],
    [-90, "-1.5 min"],
    [NaN, "n/a"],
    [Infinity, "∞"],
  ])("formatDuration(%s)", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test.each<[number, string]>([
    [0, "0 B"],
    [512, "512 B"],
    [1023.9, "1,020 B"],
    [1024, "1 KiB"],
    [85_899_345_920, "80 GiB"],
    [2 ** 41, "2 TiB"],
    [-1536, "-1.5 KiB"],
    [2 ** 60, "1,020 PiB"],
    [NaN, "n/a"],
  ])("formatBytes(%s)", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
  test("formatBytes in decimal units", () => {
    expect(formatBytes(85_899_345_920, { units: "decimal" })).toBe("85.9 GB");
    expect(formatBytes(999_999, { units: "decimal", digits: 6 })).toBe("999.999 kB");
  });

  test("what is written can be read back to the digits shown", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-8, max: 1e11, noNaN: true }), (value) => {
        const read = parseDuration(formatDuration(value).replaceAll(",", ""));
        expect(read.ok && Math.abs(read.value / value - 1) <= 0.005).toBe(true);
      }),
    );
  });
});
