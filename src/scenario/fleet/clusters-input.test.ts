import { describe, expect, it } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { parseFleet } from "./parse-fleet.js";
import { resolveFleet } from "./resolve-fleet.js";

const VALID = `schema: headroom/fleet/v1
name: hospital
run: { duration: 1d }
fleet:
  regions:
    - { name: clinic-site, labels: { country: de } }
    - { name: west-europe, labels: { country: nl } }
    - { name: east-us, labels: { country: us } }
  clusters:
    - name: clinic
      region: clinic-site
      nodes: [{ gpu: H100, count: 2, pricePerHour: 30 }]
      queue: { quotas: { imaging: 16, ray: 8 } }
    - name: cloud
      region: west-europe
      nodes: [{ gpu: H100, gpusPerNode: 8, elastic: { max: 4, quotaGpus: 20 }, spot: { meanLife: 8h } }]
    - name: far
      region: east-us
      nodes: [{ gpu: L40S, gpusPerNode: 4, count: 1 }]
  wan:
    asOf: 2026-08-01
    links:
      - { from: clinic-site, to: west-europe, roundTrip: 12ms, bandwidth: 2Gbit/s }
workload:
  datasets:
    - { name: scans, size: 4TB, at: [clinic], residency: { labels: { country: [de, nl] } } }
    - { name: weights, size: 20GB, at: [west-europe] }
  jobs:
    - name: training
      tenant: imaging
      workers: 2
      gpusPerWorker: 8
      gpu: [H100]
      duration: 6h
      inputs: [scans]
      checkpoint: { every: 30m, to: clinic }
      placement: { burst: { home: [clinic], to: [cloud], when: wait-exceeds, wait: 1h } }
  inference:
    - name: assistant
      model: weights
      replicas: { cloud: 2, far: 1 }
      compute: 1s
      users: [{ region: west-europe, requestsPerSecond: 1 }, { region: east-us, requestsPerSecond: 1 }]
  ray:
    - name: research
      cluster: clinic
      tenant: ray
      workers: [{ name: gpu, resources: { CPU: 8, GPU: 4 }, max: 2 }]
      work: [{ name: tuning, tasks: { count: 10, resources: { GPU: 1 }, duration: 5m } }]
goals:
  - { metric: jobs.waitP95S, of: training, atMost: 2h }
`;

function problemsOf(text: string): readonly string[] {
  try {
    parseFleet({ file: "fleet.yaml", text });
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(
      ({ line, rule, message, suggestion }) =>
        `${line ?? "-"} ${rule} ${message}${suggestion === undefined ? "" : ` Did you mean ${suggestion}?`}`,
    );
  }
}

describe("named clusters in a fleet", () => {
  it("resolves links from the file, from the table of Azure regions, and from defaults, and says which", () => {
    const { spec, assumptions } = resolveFleet(parseFleet({ file: "fleet.yaml", text: VALID }));
    const { data, members, services, jobs } = spec.clusters!;
    const link = (from: string, to: string) =>
      data.links[data.regions.indexOf(from)]![data.regions.indexOf(to)];
    expect(link("clinic-site", "west-europe")).toEqual({
      rttS: 0.012,
      bitsPerS: 2e9,
      pricePerGb: 0.087,
    });
    expect(link("west-europe", "clinic-site")?.rttS).toBe(0.012);
    expect(link("west-europe", "east-us")).toEqual({
      rttS: 0.091,
      bitsPerS: 1e9,
      pricePerGb: 0.087,
    });
    expect(link("east-us", "west-europe")?.rttS).toBe(0.089);
    expect(link("clinic-site", "east-us")).toBeUndefined();
    expect(services[0]!.users[1]!.rttS.slice(1)).toEqual([0.089, 0.001553]);
    // The subscription's quota is two nodes.
    expect(members[1]!.pools[0]).toMatchObject({ count: 0, elastic: { min: 0, max: 2 } });
    expect(data.datasets[0]!.allowed.slice(0, 3)).toEqual([true, true, false]);
    expect(jobs[0]).toMatchObject({
      betweenS: 0,
      checkpoint: { to: 0 },
      gpuModels: expect.any(Array),
    });
    const ledger = Object.fromEntries(assumptions.map(({ id, provenance }) => [id, provenance]));
    expect(ledger).toMatchObject({
      "fleet.wan[clinic-site -> west-europe].roundTrip": "given",
      "fleet.wan[clinic-site -> west-europe].pricePerGb": "assumed",
      "fleet.wan[west-europe -> east-us].roundTrip": "published",
      "fleet.wan[west-europe -> east-us].bandwidth": "assumed",
    });
    expect(ledger).not.toHaveProperty("fleet.wan[clinic-site -> east-us].roundTrip");
  });

  it.each([
    [
      "residency that no cluster of a job meets",
      "country: [de, nl]",
      "country: [us]",
      [
        "26 no-place scans lies at clinic and may not: its label country is de, not us",
        "29 no-place workload.jobs[0]: no cluster can run training: clinic: scans may not lie there, as its label country is de, not us; cloud: scans may not lie there, as its label country is nl, not us",
        "36 no-place workload.jobs[0].checkpoint: what training writes may not go to clinic: scans may not lie there, as its label country is de, not us",
      ],
    ],
    [
      "a copy where it may not lie",
      "size: 4TB, at: [clinic],",
      "size: 4TB, at: [clinic], copyTo: [far],",
      ["26 no-place scans is copied to far and may not: its label country is us, not de or nl"],
    ],
    [
      "checkpoints of which there would be no end",
      "checkpoint: { every: 30m,",
      "checkpoint: { every: 1e-297h,",
      ["36 out-of-range workload.jobs[0].checkpoint.every must be at least 1s"],
    ],
    [
      "a job too large for every cluster",
      "workers: 2",
      "workers: 3",
      [
        "29 no-place workload.jobs[0]: no cluster can run training: clinic: no pool has room for all workers; cloud: no pool has room for all workers",
      ],
    ],
    [
      "a pair of regions nobody knows",
      "roundTrip: 12ms, ",
      "",
      [
        "20 missing-link nothing is known of the round trip of clinic-site -> west-europe; west-europe -> clinic-site, and something moves there",
      ],
    ],
    [
      "an unknown region",
      "region: east-us\n",
      "region: east-us2\n",
      [
        '18 unknown-name fleet.clusters[2].region: the fleet has no region "east-us2" Did you mean east-us?',
      ],
    ],
    [
      "an unknown dataset",
      "inputs: [scans]",
      "inputs: [scan]",
      [
        '35 unknown-name workload.jobs[0].inputs[0]: the fleet has no dataset "scan" Did you mean scans?',
      ],
    ],
    [
      "a price below nothing",
      "pricePerHour: 30",
      "pricePerHour: -1",
      [
        "12 out-of-range fleet.clusters[0].nodes[0].pricePerHour must be a number from 0 to 1000000000, got -1",
      ],
    ],
    [
      "a rate that is no number",
      "requestsPerSecond: 1 }, {",
      "requestsPerSecond: .nan }, {",
      [
        "43 wrong-type workload.inference[0].users[0].requestsPerSecond must be a number from 0 to 100000, got not-a-number (.nan)",
      ],
    ],
    [
      "spot nodes that never come again",
      "elastic: { max: 4, quotaGpus: 20 }",
      "count: 3",
      [
        "16 incomplete-fields fleet.clusters[1].nodes[0]: spot nodes that are taken back come again only where the pool is elastic",
      ],
    ],
    [
      "a Ray cluster that its quota never admits",
      "GPU: 4 }, max: 2",
      "GPU: 4 }, max: 3",
      [
        "45 no-place workload.ray[0]: research may grow to 12 GPUs, and the quota of ray on clinic is 8: it would never be admitted",
      ],
    ],
    [
      "two ways to place a job",
      "burst: {",
      "race: {}, burst: {",
      [
        "37 conflicting-fields workload.jobs[0].placement must have one of pick, race, burst, got race and burst",
      ],
    ],
    [
      "a cluster called as a region",
      "- name: far",
      "- name: east-us",
      [
        '17 duplicate-name fleet.clusters[2].name: "east-us" is a region, and data lies at clusters and regions by name',
        '41 unknown-name workload.inference[0].replicas.far: the fleet has no cluster "far"',
      ],
    ],
    [
      "more requests than one run can hold",
      "requestsPerSecond: 1 }, {",
      "requestsPerSecond: 9000 }, {",
      [
        "38 out-of-range 778 million requests would come, at most 20 million are simulated one by one",
      ],
    ],
  ])("%s", (_, from, to, problems) => {
    const text = VALID.replace(from, to);
    expect(text).not.toBe(VALID);
    expect(problemsOf(text)).toEqual(problems);
  });
});

describe("the currency of a fleet", () => {
  const priced = (prices: string, text = VALID): ReturnType<typeof resolveFleet> =>
    resolveFleet(
      parseFleet({ file: "fleet.yaml", text: text.replace("  wan:\n", `  ${prices}\n  wan:\n`) }),
    );
  const withGoal = VALID.replace(
    "goals:\n",
    "goals:\n  - { metric: clusters.cost, atMost: 5000 }\n",
  );

  it("stands with goals and in the ledger; without one an amount is money", () => {
    const { goals, prices, assumptions } = priced(
      "prices: { currency: EUR, asOf: 2026-08-01, source: our contract }",
      withGoal,
    );
    expect(goals.map(({ unit }) => unit)).toEqual(["EUR", "s"]);
    expect(prices!.currency).toBe("EUR");
    expect(assumptions.find(({ id }) => id === "fleet.prices")).toMatchObject({
      value: "EUR",
      provenance: "given",
      source: "our contract, as of 2026-08-01",
    });
    expect(resolveText(withGoal).goals[0]!.unit).toBe("money");
  });

  it("says of the default price of a GB, which is in USD, that it was not converted", () => {
    const sourcesIn = (currency: string): readonly string[] =>
      priced(`prices: { currency: ${currency} }`).assumptions.flatMap(
        ({ id, provenance, source }) =>
          id.endsWith("pricePerGb") && provenance === "assumed" ? [source] : [],
      );
    expect(sourcesIn("EUR").length).toBeGreaterThan(0);
    for (const source of sourcesIn("EUR")) expect(source).toContain("counted as EUR without");
    for (const source of sourcesIn("USD")) expect(source).not.toContain("counted as");
  });

  it("has three letters", () => {
    expect(problemsOf(VALID.replace("  wan:\n", "  prices: { currency: euro }\n  wan:\n"))).toEqual(
      [expect.stringContaining("three capital letters")],
    );
  });
});

function resolveText(text: string): ReturnType<typeof resolveFleet> {
  return resolveFleet(parseFleet({ file: "fleet.yaml", text }));
}
