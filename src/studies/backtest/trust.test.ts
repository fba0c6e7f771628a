import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { loadScenario } from "../../io/load-scenario.js";
import { runScenario } from "../run/run-scenario.js";
import type { BacktestDocument } from "./backtest-document.js";
import { runBacktest } from "./backtest.js";
import { loadBacktest } from "./load-backtest.js";
import { trustOf, type Trust } from "./trust.js";

const CLUSTER =
  "cluster:\n  nodes:\n    - { name: n, count: 1, gpu: H100, gpus: 4, cpu: 64, memory: 1TiB }\n";
const SCENARIO = (cluster: string, policy = "{ queue: fifo-strict, placement: pool }"): string =>
  `schema: headroom/scenario/v1\nname: plan\n${cluster}` +
  "workload: { jobs: [{ id: a, submit: 0s, duration: 1h, gpus: 4 }] }\n" +
  `policy: ${policy}\ntrust: { backtest: backtest.json }\n` +
  'variants: [{ name: more, set: { "cluster.nodes[0].count": 2 } }]\n';
// As in the backtest by hand: recorded p95 of 129 s, simulated 128 s.
const HISTORY =
  "id,submit_s,duration_s,gpus,recorded_start_s\n" +
  "a,0,100,4,0\nb,10,50,4,100\nc,20,30,2,150\nd,30,10,2,150\ne,40,5,1,165\n";

async function folderWithBacktest(
  change: (document: BacktestDocument) => unknown = (one) => one,
  policy = "{ queue: fifo-strict, placement: pool }",
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "headroom-trust-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const history = join(folder, "history.csv");
  const cluster = join(folder, "cluster.yaml");
  writeFileSync(history, HISTORY);
  writeFileSync(cluster, `${CLUSTER}policy: ${policy}\n`);
  const { document } = runBacktest(
    await loadBacktest({ tracePath: history, clusterPath: cluster }),
  );
  const changed = change(document);
  const text = typeof changed === "string" ? changed : JSON.stringify(changed);
  writeFileSync(join(folder, "backtest.json"), text);
  return folder;
}

/** Quotas of GPUs for two tenants, as a scenario writes them. */
const FAIR_SHARE = (vision: number): string => {
  const queue = (name: string, gpus: number): string =>
    `{ name: ${name}, groups: [{ resources: [gpu], flavors: [{ flavor: f, resources: [{ resource: gpu, nominal: ${gpus} }] }] }] }`;
  return `{ queue: { name: fair-share, quotas: { flavors: [{ name: f }], queues: [${queue("default", vision)}, ${queue("nlp", 1)}] } }, placement: pool }`;
};

async function trustIn(folder: string, scenario = SCENARIO(CLUSTER)): Promise<Trust> {
  const path = join(folder, "scenario.yaml");
  writeFileSync(path, scenario);
  return trustOf(await loadScenario({ path }))!;
}

describe("trustOf", () => {
  test("the same cluster and policy: how near the 95th percentile was, in the result and its ledger", async () => {
    const folder = await folderWithBacktest();
    const { trust, assumption, warnings } = await trustIn(folder);
    expect(trust).toMatchObject({ backtest: "backtest.json", applies: true });
    expect(trust.sentence).toMatch(
      /^Waits of this policy on this cluster were simulated within 0\.775 % at the 95th percentile \(backtest of .*history\.csv, 5 jobs\)\.$/,
    );
    expect(assumption).toMatchObject({ provenance: "measured", value: "within 0.775 %" });
    expect(warnings).toEqual([]);
    const { document } = runScenario(await loadScenario({ path: join(folder, "scenario.yaml") }));
    expect(document.trust).toEqual(trust);
    expect(document.assumptions.at(-1)).toEqual(assumption);
    expect(document.inputs.map(({ path }) => path)).toContain("backtest.json");
  });

  test("calendar days, an exact repetition, and an error where the record is 0", async () => {
    const dated = await folderWithBacktest((one) => ({
      ...one,
      trace: { ...one.trace, firstDay: "2017-10-01", lastDay: "2017-10-14" },
      wait: { ...one.wait, errorRelative: { ...one.wait.errorRelative, p95: 0 } },
    }));
    expect((await trustIn(dated)).trust.sentence).toMatch(
      /were simulated exactly at the 95th percentile \(backtest of .* of 2017-10-01 to 2017-10-14, 5 jobs\)/,
    );
    const absolute = await folderWithBacktest((one) => ({
      ...one,
      wait: {
        ...one.wait,
        errorS: { ...one.wait.errorS, p95: -90 },
        errorRelative: { ...one.wait.errorRelative, p95: null },
      },
    }));
    expect((await trustIn(absolute)).trust.sentence).toContain("within 1.5 min");
  });

  test.each([
    [
      "another number of nodes",
      SCENARIO(CLUSTER.replace("count: 1", "count: 2")),
      /about another cluster \(1 node × 4 H100/,
    ],
    ["another amount of CPU", SCENARIO(CLUSTER.replace("cpu: 64", "cpu: 65")), /another cluster/],
    [
      "another queue",
      SCENARIO(CLUSTER, "{ queue: fifo-skip, placement: pool }"),
      /another policy \(fifo-strict with pool, here fifo-skip with pool\)/,
    ],
    [
      "another placement",
      SCENARIO(CLUSTER, "{ queue: fifo-strict, placement: pack }"),
      /another policy/,
    ],
    [
      "another option of the queue",
      SCENARIO(
        CLUSTER,
        "{ queue: { name: fifo-strict }, placement: { scorers: [{ name: fgd, weight: 2 }] } }",
      ),
      /here fifo-strict with 2 × fgd/,
    ],
  ])("does not apply with %s, and says so in a warning", async (_name, scenario, reason) => {
    const folder = await folderWithBacktest();
    const { trust, assumption, warnings } = await trustIn(folder, scenario);
    expect(trust.applies).toBe(false);
    expect(trust.sentence).toMatch(/^The backtest backtest\.json does not apply here: /);
    expect(trust.sentence).toMatch(reason);
    expect(warnings).toEqual([trust.sentence]);
    expect(assumption).toBeUndefined();
  });

  test("other names of nodes and a spelled-out default are the same", async () => {
    const folder = await folderWithBacktest();
    const scenario = SCENARIO(
      CLUSTER.replace("name: n", "name: renamed"),
      "{ queue: { name: fifo-strict }, placement: pool }",
    );
    expect((await trustIn(folder, scenario)).trust.applies).toBe(true);
  });

  test("a backtest whose record did not fit its cluster file speaks for nothing", async () => {
    const folder = await folderWithBacktest((one) => ({
      ...one,
      recordedUse: { ...one.recordedUse, overCapacity: [{ capacityGpus: 4, peakGpus: 9 }] },
    }));
    expect((await trustIn(folder)).trust.sentence).toMatch(
      /its record has 9 GPUs in use where its cluster file has 4/,
    );
  });

  test("one made by another version still applies, and is to be made again", async () => {
    const folder = await folderWithBacktest((one) => ({ ...one, version: "0.0.1" }));
    const { trust, warnings } = await trustIn(folder);
    expect(trust.applies).toBe(true);
    expect(warnings).toEqual([
      expect.stringMatching(/was made by Headroom 0\.0\.1; make it again/),
    ]);
  });

  test.each([
    ["no JSON", "{", /is not JSON/],
    ["another document", '{"schema":"headroom/result/v1"}', /is no backtest: schema/],
    ["a list", "[]", /is no backtest/],
  ])("%s is an error where the scenario names it", async (_name, text, message) => {
    const folder = await folderWithBacktest(() => text);
    const refused = await trustIn(folder).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InputError);
    const [problem] = (refused as InputError).problems;
    expect(problem).toMatchObject({ rule: "no-backtest", path: "trust.backtest", line: 8 });
    expect(problem!.message).toMatch(message);
  });

  test("a missing file is an error where the scenario names it", async () => {
    const folder = await folderWithBacktest();
    const scenario = SCENARIO(CLUSTER).replace("backtest.json", "gone.json");
    await expect(trustIn(folder, scenario)).rejects.toThrow(
      /trust\.backtest: gone\.json does not exist/,
    );
  });

  test("other quotas are another policy", async () => {
    const folder = await folderWithBacktest(undefined, FAIR_SHARE(4));
    expect((await trustIn(folder, SCENARIO(CLUSTER, FAIR_SHARE(4)))).trust.applies).toBe(true);
    const other = await trustIn(folder, SCENARIO(CLUSTER, FAIR_SHARE(3)));
    expect(other.trust.applies).toBe(false);
    expect(other.trust.sentence).toContain(
      "the quotas of fair-share with pool are not those it was made with",
    );
    const none = await trustIn(folder, SCENARIO(CLUSTER, "{ queue: fair-share, placement: pool }"));
    expect(none.trust.sentence).toContain(
      "fair-share with pool has no quotas of its own here, and some there",
    );
  });
});
