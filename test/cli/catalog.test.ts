// `headroom catalog` and `headroom topo` as people use them: figures with their source, files of their own, typos.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { headroom, temporaryFolder } from "./headroom.js";

const example = (): string => headroom(["catalog", "--example"]).stdout;

/** The example with a change, as a file. */
function fileOf(change: (text: string) => string): string {
  const file = join(temporaryFolder(), "mine.yaml");
  writeFileSync(file, change(example()));
  return file;
}

describe("headroom catalog", () => {
  test.each(["gpu", "node", "mig", "price", "link"])("lists every %s", (kind) => {
    const { exitCode, stdout, stderr } = headroom(["catalog", kind]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").length).toBeGreaterThan(10);
    const list = JSON.parse(headroom(["catalog", kind, "--json"]).stdout) as { from: string }[];
    for (const { from } of list) expect(from).toMatch(/; read 2026-11-21$/);
  });

  test("one GPU with every figure and its source", () => {
    const { stdout } = headroom(["catalog", "gpu", "H200"]);
    expect(stdout).toContain("4,800 GB/s");
    expect(stdout).toContain("source");
    expect(stdout).toContain("aiconfigurator");
  });

  test("one machine by a name of several words", () => {
    const { stdout } = headroom(["catalog", "node", "DGX", "H100"]);
    expect(stdout).toContain("8 x H100 SXM5-80GB");
    expect(stdout).toContain("10,200 W");
  });

  test("a price has its day, or says that the source has none", () => {
    const { stdout } = headroom(["catalog", "price"]);
    expect(stdout).toMatch(/p5en\.48xlarge\s+63\.296\s+7\.91\s+us-east-1\s+on-demand\s+2026-08-06/);
    expect(stdout).toMatch(/Standard_ND96isr_H100_v5\s+98\.32.*not stated/);
  });

  test("everything as one JSON object", () => {
    const all = JSON.parse(headroom(["catalog", "--json"]).stdout) as Record<string, unknown[]>;
    expect(Object.keys(all)).toEqual(["gpu", "node", "mig", "price", "link", "overhead"]);
  });

  test.each([
    [["catalog", "H100"], 'headroom catalog gpu "H100"'],
    [["catalog", "nodes"], 'Did you mean "node"'],
    [["catalog", "gpu", "H1000"], 'Did you mean "H100"'],
    [["catalog", "gpu", "A100"], "fits several GPUs"],
    [["catalog", "node", "DGX", "H10"], 'Did you mean "DGX H100"'],
    [["catalog", "node", "NV6ads_A10_v5"], "fraction of an A10"],
    [["catalog", "mig", "T4"], "cannot be partitioned"],
    [["catalog", "link", "nvlink4"], 'Did you mean "nvlink-4"'],
    [["catalog", "gpu", "--file", "no-such-file.yaml"], "no-such-file.yaml"],
    [["topo", "DGX", "H10"], 'Did you mean "DGX H100"'],
  ])("%j", (args, message) => {
    const { exitCode, stdout, stderr } = headroom(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });
});

describe("a catalogue of one's own", () => {
  test("the example is one, and its entries come first", () => {
    const file = fileOf((text) => text);
    const nodes = headroom(["catalog", "node", "--file", file]).stdout;
    expect(nodes.indexOf("our-h100")).toBeLessThan(nodes.indexOf("Standard_"));
    const price = headroom(["catalog", "price", "our-h100", "--file", file]).stdout;
    expect(price).toContain("31.5");
    expect(price.replaceAll(/\s+/g, " ")).toContain("given in ");
    const mig = headroom(["mig", "pack", "B300", "--file", file, "--demand", "3g.135gb=3"]);
    expect(mig.stdout).toContain("2 GPUs: the fewest, proven.");
  });

  test("an entry takes the place of the catalogue's of the same name", () => {
    const file = fileOf((text) => text.replaceAll("our-h100", "DGX H100"));
    const { stdout } = headroom(["catalog", "node", "DGX H100", "--file", file]);
    expect(stdout).toContain("31.5");
    expect(stdout).not.toContain("flashgenius");
  });

  test.each<[string, (text: string) => string, string]>([
    [
      "a machine without memory",
      (t) => t.replace("    memory: 512GiB\n", ""),
      "add what jobs can use",
    ],
    ["an unknown field", (t) => t.replace("hosting:", "hostng:"), 'Did you mean "hosting"'],
    ["an unknown GPU", (t) => t.replace("gpu: L40S", "gpu: L40SS"), 'Did you mean "L40S"'],
    [
      "an unknown link",
      (t) => t.replace("ethernet-100", "ethernet-10"),
      'Did you mean "ethernet-100"',
    ],
    ["an unknown machine", (t) => t.replace("DGX H100 ", "DGX H10 "), 'Did you mean "DGX H100"'],
    [
      "a GPU that is not there",
      (t) => t.replace("{ gpus: [2, 3] }]\n      sw", "{ gpus: [2, 9] }]\n      sw"),
      "there is no GPU 9",
    ],
    [
      "a profile beyond the GPU",
      (t) => t.replace("starts: [0, 4]", "starts: [0, 6]"),
      "ends beyond the 8",
    ],
    ["a wrong rate", (t) => t.replace("2250TFLOPS", "2250 tera"), "write it like 989TFLOPS"],
    [
      "a price for nothing",
      (t) => t.replace("node: our-h100", "node: our-h10"),
      'Did you mean "our-h100"',
    ],
    [
      "a name used twice",
      (t) => t.replace("name: our-l40s", "name: our-h100"),
      "the name of nodes[0] already",
    ],
  ])("%s is refused at its line", (_, change, message) => {
    const file = fileOf(change);
    expect(change(example())).not.toBe(example());
    const { exitCode, stdout, stderr } = headroom(["catalog", "node", "--file", file]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/mine\.yaml:\d+:\d+: /);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("headroom explain");
  });
});

describe("headroom topo", () => {
  test("draws sockets, switches, NVLink and the way between devices", () => {
    const { exitCode, stdout } = headroom(["topo", "Standard_NC96ads_A100_v4"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("GPU0 X    NV12 SYS  SYS");
    expect(stdout).toContain("For placement, GPUs joined by NVLink: {0 1} {2 3}");
  });

  test("says what is not known", () => {
    const { stdout } = headroom(["topo", "g5.48xlarge"]);
    expect(stdout).toContain("sockets and PCIe switches: not known");
    expect(stdout).toContain("?     not published");
  });

  test("as JSON, with the domains that placement uses", () => {
    const { stdout } = headroom(["topo", "our-l40s", "--file", fileOf((text) => text), "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      domains: [
        {
          kind: "pcie-switch",
          groups: [
            [0, 1],
            [2, 3],
          ],
        },
      ],
      paths: { GPU0: { GPU1: "PIX", GPU2: "SYS", NIC0: "NODE" } },
    });
  });
});
