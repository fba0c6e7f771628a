// The manifests of a sweep against the schema of the Kubernetes API.
import { Job } from "kubernetes-models/batch/v1/Job";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { headroom, temporaryFolder } from "./headroom.js";

type Manifest = ConstructorParameters<typeof Job>[0];

function written(): { readonly shards: Manifest; readonly merge: Manifest } {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, "sweep.yaml"),
    'schema: headroom/sweep/v1\nname: On K8s!\nscenario: tiny.yaml\naxes: [{ path: "cluster.nodes[n].count", values: [1, 2] }]\n',
  );
  writeFileSync(
    join(folder, "tiny.yaml"),
    `schema: headroom/scenario/v1
name: tiny
cluster: { nodes: [{ name: n, count: 1, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }] }
workload: { jobs: [{ id: a, submit: 0s, duration: 1h, gpus: 8 }] }
policy: { queue: fifo-skip, placement: pack }
`,
  );
  const { exitCode, stdout } = headroom(
    [
      ...["sweep", "sweep.yaml", "--out", "out", "--engine", "kubernetes", "--shards", "8"],
      ...["--image", "registry/headroom:1", "--volume-claim", "studies", "--parallelism", "3"],
    ],
    { cwd: folder },
  );
  expect(exitCode).toBe(0);
  expect(stdout).toContain("kubectl apply -f");
  const read = (name: string): Manifest =>
    parse(readFileSync(join(folder, "out", "engine", name), "utf8")) as Manifest;
  return { shards: read("kubernetes-shards.yaml"), merge: read("kubernetes-merge.yaml") };
}

test("both jobs pass the schema of batch/v1; the array is indexed and shares a volume", () => {
  const { shards, merge } = written();
  for (const manifest of [shards, merge]) expect(() => new Job(manifest).validate()).not.toThrow();
  expect(shards?.spec).toMatchObject({
    ...{ completionMode: "Indexed", completions: 8, parallelism: 3 },
    template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: "studies" } }] } },
  });
  expect(shards?.metadata?.name).toBe("headroom-on-k8s");
  // The check is one: a field of the wrong type is refused.
  const broken = { ...shards, spec: { ...shards!.spec, completions: "eight" } };
  expect(() => new Job(broken as unknown as Manifest).validate()).toThrow(/completions/);
});

test("an image and a volume have to be named", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "s.yaml"), "");
  const { exitCode, stderr } = headroom([
    "sweep",
    "scenarios/sweeps/load-and-nodes.yaml",
    "--engine",
    "kubernetes",
    "--out",
    join(folder, "o"),
  ]);
  expect(stderr).toContain("needs --image");
  expect(exitCode).toBe(2);
});
