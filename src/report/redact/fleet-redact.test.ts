import { describe, expect, test } from "vitest";

import { parseSetArgument } from "../../scenario/apply-overlays.js";
import { namesInFleet } from "../../scenario/fleet/fleet-names.js";
import { parseFleet } from "../../scenario/fleet/parse-fleet.js";
import { resolveFleet } from "../../scenario/fleet/resolve-fleet.js";
import { runFleet } from "../../studies/fleet/run-fleet.js";
import { finishFiles } from "../finish-files.js";
import { fleetRunFiles } from "../fleet/fleet-run-files.js";
import { redactFiles } from "./redact-files.js";
import { createFleetRedactor } from "./fleet-redactor.js";

/** Every name of this fleet holds the syllable `zq`, which no word of Headroom does. */
const TEXT = `schema: headroom/fleet/v1
name: zq-fleet of Zq Inc.
question: Do the shops of zq-shop_a wait for zq.cluster?
run: { duration: 1d, step: 6h }
fleet:
  hub: { name: zq-hub, region: zq-north }
  regions:
    - { name: zq-north, labels: { zq-owner: zq bank } }
    - { name: west-europe }
  sites:
    - name: zq-shop_a
      count: 4
      nodes: { count: 2, gpu: L4 }
      regions: { zq-north: 1 }
      labelShares: { zq-ring: { zq-one: 50%, zq-two: 50% } }
      links: [{ bandwidth: 100Mbit/s, roundTrip: 30ms }]
      faults: { node: { mtbf: 2d, repair: { fixed: 6h } } }
  pools:
    - name: zq-pool
      cluster: zq-aks
      gpu: H100
      gpusPerNode: 4
      nodes: 2
      services:
        - { name: zq-chat, replicas: 4, gpus: 2, need: 4 }
  clusters:
    - name: zq.cluster
      region: zq-north
      nodes: [{ name: zq-nodes, gpu: H100, count: 2, failures: { mtbf: 12h, repair: 2h } }]
      queue: { preemption: lower-priority, quotas: { zq-team: 8 } }
    - name: zq-rented
      region: west-europe
      nodes: [{ gpu: H100, elastic: { max: 2 } }]
  wan: { default: { roundTrip: 20ms } }
workload:
  services:
    - { name: zq-checkout, compute: 180ms, demand: { perSiteDay: 40000 }, latencyGoal: 1s, elsewhere: { compute: 1s } }
  datasets:
    - { name: zq-scans, size: 1TB, at: [zq.cluster], residency: { labels: { zq-owner: [zq bank] } } }
    - { name: zq-free, size: 1TB, at: [zq-north], copyTo: [zq-rented] }
  jobs:
    - { name: zq-train, tenant: zq-team, gpusPerWorker: 8, count: 6, every: 1h, duration: 3h, inputs: [zq-scans], placement: { race: { clusters: [zq.cluster] } } }
    - { name: zq-tune, priority: 5, gpusPerWorker: 8, count: 4, every: 2h, duration: 2h, inputs: [zq-free], placement: { burst: { home: [zq.cluster], to: [zq-rented], when: always } } }
  inference:
    - { name: zq-answers, replicas: { zq.cluster: 1 }, slots: 2, compute: 1s, latencyGoal: 3s, users: [{ region: zq-north, requestsPerSecond: 0.05 }] }
rollouts:
  - name: zq-model
    what: model
    service: zq-checkout
    bytes: 15GB
    restart: 4m
    stages:
      - { name: zq-first, groups: [{ name: zq-g, labels: { zq-ring: zq-one } }] }
      - { name: zq-last, groups: [{ name: zq-g, labels: { zq-ring: zq-two } }] }
upgrades:
  - { name: zq-upgrade, rolling: { surgeAvailable: 0 }, sparesMax: 1 }
goals:
  - { id: of zq-shop_a-mostly, metric: sites.availability, of: zq-shop_a, atLeast: 99% }
  - { metric: jobs.waitP95S, of: zq-train, atMost: 1h }
  - { metric: services.sloMissShare, of: zq-checkout, atMost: 1% }
`;

const PATH = "plans/zq-secret/zq.yaml";

function texts(files: Awaited<ReturnType<typeof finishFiles>>): ReadonlyMap<string, string> {
  return new Map(files.map(({ name, chunks }) => [name, [...chunks].join("")]));
}

describe("the report of a fleet with pseudonyms", async () => {
  const overlays = [parseSetArgument("workload.jobs[zq-tune].tenant=zq-other")];
  const fleet = resolveFleet(parseFleet({ file: PATH, text: TEXT, overlays }));
  const study = runFleet({ fleet, seed: 3, inputs: [{ path: PATH, sha256: "00" }] });
  const reproduce = [
    `headroom run ${PATH} --set "workload.jobs[zq-tune].tenant=zq-other" --seed 3`,
  ];
  const { files } = await fleetRunFiles(study, { reproduce });
  const plain = texts(files);
  const kept = [...plain].map(([name, text]) => ({ name, chunks: [text] }));
  const redacted = texts(await finishFiles(kept, { redact: { files: [PATH] }, charts: ["svg"] }));

  test("no name is left in any file, or in the name of one", () => {
    // The names are there before, or the test would look for nothing.
    for (const name of ["report.html", "report.md", "result.json", "sites.csv", "fleet-jobs.csv"])
      expect(plain.get(name), name).toContain("zq");
    expect([...redacted.keys()].filter((name) => name.endsWith(".svg")).length).toBeGreaterThan(4);
    for (const [name, text] of redacted) {
      expect(name.toLowerCase()).not.toContain("zq");
      expect(/.{0,60}zq.{0,60}/iu.exec(text)?.[0], name).toBeUndefined();
    }
  });

  test("figures stay what they were, under paths that the goals still name", () => {
    const [before, after] = [plain, redacted].map(
      (all) => JSON.parse(all.get("result.json")!) as typeof study.result,
    );
    expect(Object.values(after!.figures)).toEqual(Object.values(before!.figures));
    for (const { metric, actual } of after!.goals) expect(after!.figures[metric]).toBe(actual);
    expect(after!.goals[0]).toMatchObject({
      id: "of site-1-mostly",
      metric: "sites[site-1].availability",
    });
    expect(after!.names).toEqual({});
    const numbers = (csv: string): string => csv.replace(/[^\n,]*[a-z][^\n,]*/gu, "");
    expect(numbers(redacted.get("sites.csv")!)).toBe(numbers(plain.get("sites.csv")!));
    expect(redacted.get("sites.csv")).toContain("site-1-1,site-1,region-1");
  });

  test("a folder that was written before gives the same, and once more changes nothing", async () => {
    const again = await redactFiles([...plain].map(([name, text]) => ({ name, text })));
    for (const { name, text } of again)
      if (/\.(json|csv)$/u.test(name)) expect(text, name).toBe(redacted.get(name));
    const twice = await redactFiles(again);
    expect(new Map(twice.map(({ name, text }) => [name, text]))).toEqual(
      new Map(again.map(({ name, text }) => [name, text])),
    );
  });

  test("older documents, and names that read as figures, are refused", async () => {
    const old = JSON.stringify({ ...study.result, names: undefined });
    await expect(redactFiles([{ name: "result.json", text: old }])).rejects.toThrow(
      "does not list the names of the fleet",
    );
    const names = { cluster: ["24"], region: ["h"] };
    const bad = JSON.stringify({ ...study.result, names });
    await expect(redactFiles([{ name: "result.json", text: bad }])).rejects.toThrow(
      'cannot tell the cluster "24" from the figures',
    );
  });
});

test("names are words and parts of words, and what is public is no name", () => {
  const { text, path, expression } = createFleetRedactor(
    { region: ["eu"], cluster: ["berlin", "eu-a"], tenant: ["a_b"] },
    [],
  );
  expect(text("Berlin queues; eu-a-007, eu-b and eu: berlin's")).toBe(
    "cluster-1 queues; cluster-2-007, region-1-b and region-1: cluster-1's",
  );
  expect(text("queue of a\\_b, a_b and a_bc; Europe")).toBe(
    "queue of tenant-1, tenant-1 and a_bc; Europe",
  );
  expect(path("eu[eu-a].eu")).toBe("eu[cluster-2].eu");
  expect(expression("datum.eu == 'eu' ? \"berlin\" : 1")).toBe(
    "datum.eu == 'region-1' ? \"cluster-1\" : 1",
  );
  const of = (fleet: object): object => namesInFleet([{ fleet }]);
  expect(of({ regions: [{ name: "west-europe" }, { name: "site" }, { name: "home" }] })).toEqual({
    region: ["home"],
  });
  expect(
    of({
      clusters: [{ name: 7, nodes: [{ gpu: "H100", name: "H100", sku: "x" }, { name: "own" }] }],
    }),
  ).toEqual({
    pool: ["own"],
  });
});
