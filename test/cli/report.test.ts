// Reports written again, with pseudonyms, and with pictures of their charts.
import {
  mkdirSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

const SCENARIO = `schema: headroom/scenario/v1
name: hidden-scenario
cluster: { nodes: [{ name: a, count: 1, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }] }
workload:
  communication: { class: light, tenants: [{ name: skunkworks, class: heavy }] }
  jobs:
    - { id: secret-model, submit: 0s, duration: 2h, gpus: 6, tenant: skunkworks, user: alice }
    - { id: "=cmd()", submit: 1m, duration: 1h, gpus: 8, tenant: other team, user: bob }
    - { id: tuned-model, submit: 3m, gpus: 8, tenant: skunkworks, model: { name: Llama-3-8B, globalBatch: 64, sequence: 2048, tokens: 1000000 } }
    - { id: second-model, submit: 2m, duration: 1h, gpus: 1, tenant: skunkworks, user: alice }
policy: { queue: fifo-skip, placement: pack, limits: [{ user: alice, runningJobs: 1 }] }
`;
/** A service, whose name stands in ids of charts and in their files. */
const SERVICE = `  services:
    - name: chat-for-acme
      model: ministral-3-8b-instruct
      replicas: 1
      targets: [{ ttft: 4s, tpot: 80ms }]
      traffic: { preset: azure-2023-conversation, requestsPerSecond: 1, duration: 10m }
`;
// A job that is timed by its tokens, and a tenant with a class of its own, have their names in ids of the ledger.
const SECRETS = [
  "hidden-scenario",
  "home-of-carol",
  "chat-for-acme",
  "tuned-model",
  "secret-model",
  "second-model",
  "=cmd()",
  "skunkworks",
  "other team",
  "alice",
  "bob",
];

/** Every file below a folder, by its name. */
function filesIn(folder: string, below = ""): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory())
      for (const [child, bytes] of filesIn(folder, name)) found.set(child, bytes);
    else found.set(name, readFileSync(join(folder, name)));
  }
  return found;
}

describe("headroom report", () => {
  test("makes the same files again; with pseudonyms nobody is named, by run as by report", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "home-of-carol"));
    const scenario = join(folder, "home-of-carol", "s.yaml");
    writeFileSync(
      scenario,
      SCENARIO.replace("count: 1", "count: 2").replace("  jobs:", `${SERVICE}  jobs:`),
    );
    const plain = join(folder, "plain");
    const made = headroom(["run", scenario, "--out", plain]);
    expect([made.stderr, made.exitCode]).toEqual(["", 0]);
    const again = join(folder, "again");
    expect(headroom(["report", plain, "--out", again]).exitCode).toBe(0);
    expect(filesIn(again)).toEqual(filesIn(plain));

    const byReport = join(folder, "by-report");
    const byRun = join(folder, "by-run");
    expect(headroom(["report", plain, "--redact", "--out", byReport]).exitCode).toBe(0);
    expect(headroom(["run", scenario, "--redact", "--out", byRun]).exitCode).toBe(0);
    for (const [name, bytes] of filesIn(byRun))
      for (const secret of SECRETS)
        expect(name.includes(secret) || bytes.includes(secret), `${secret} in ${name}`).toBe(false);
    // Users stand in no file of a report, but in reasons: those that did not wait are known to run only.
    for (const [name, bytes] of filesIn(byReport))
      for (const secret of SECRETS)
        expect(bytes.includes(secret), `${secret} in ${name}`).toBe(false);
    const jobs = readFileSync(join(byRun, "jobs.csv"), "utf8");
    expect(jobs).toContain("job-1,scenario-1");
    expect(readdirSync(join(byRun, "charts"))).toContain("ttft-service-1.vl.json");
    expect(jobs).toContain("tenant-2");
    expect(JSON.parse(readFileSync(join(byRun, "result.json"), "utf8")).jobs.completed).toBe(4);
  });

  test("pictures of charts: SVG that stands alone, PNG of the same size each time", () => {
    const folder = temporaryFolder();
    const scenario = join(folder, "s.yaml");
    writeFileSync(scenario, SCENARIO);
    const plain = join(folder, "plain");
    headroom(["run", scenario, "--charts", "svg,png", "--out", plain]);
    const charts = readdirSync(join(plain, "charts"));
    const ids = charts.filter((name) => name.endsWith(".vl.json")).map((name) => name.slice(0, -8));
    expect(ids.length).toBeGreaterThan(2);
    for (const id of ids) {
      const svg = readFileSync(join(plain, "charts", `${id}.svg`), "utf8");
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*><style>/u);
      const png = readFileSync(join(plain, "charts", `${id}.png`));
      expect(png.subarray(1, 4).toString("latin1")).toBe("PNG");
      expect(png.readUInt32BE(16)).toBeGreaterThan(1000);
    }
    // Drawn from the folder they are the same, and without them they go.
    const again = join(folder, "again");
    expect(headroom(["report", plain, "--charts", "png", "--out", again]).exitCode).toBe(0);
    const one = `charts/${ids[0]!}.png`;
    expect(readFileSync(join(again, one)).equals(readFileSync(join(plain, one)))).toBe(true);
    expect(headroom(["report", again]).exitCode).toBe(0);
    expect(existsSync(join(again, one))).toBe(false);
  });

  test("what cannot be: no report, a broken one, names lost for good, the trace in a redacted page", () => {
    const folder = temporaryFolder();
    const scenario = join(folder, "s.yaml");
    writeFileSync(scenario, SCENARIO);
    const plain = join(folder, "plain");
    headroom(["run", scenario, "--out", plain]);
    const said = (args: readonly string[]): string => {
      const { stderr, exitCode } = headroom([...args]);
      expect(exitCode).toBe(2);
      return stderr;
    };
    expect(said(["report", join(folder, "none")])).toContain("is no folder that can be read");
    expect(said(["report", folder])).toContain("holds no report.json");
    expect(said(["report", plain, "--redact"])).toContain("--redact needs a folder of its own");
    expect(said(["report", plain, "--charts", "gif"])).toContain('no picture "gif"');
    expect(said(["run", scenario, "--redact", "--what-if"])).toContain("leave one of them out");
    const broken = join(folder, "broken");
    cpSync(plain, broken, { recursive: true });
    writeFileSync(join(broken, "report.json"), '{"schema": "headroom/report/v0"}');
    const before = filesIn(broken);
    expect(said(["report", broken])).toContain("its schema must be headroom/report/v1");
    writeFileSync(join(broken, "report.json"), "{");
    expect(said(["report", broken])).toContain("is not JSON");
    writeFileSync(join(broken, "report.json"), before.get("report.json")!);
    expect(filesIn(broken)).toEqual(before);
    rmSync(join(plain, "charts"), { recursive: true });
    expect(said(["report", plain])).toContain("is not JSON");
  });
});
