import { describe, expect, test } from "vitest";

import { SLURM_CONF } from "./testing/cluster-files.js";
import { imported, problemsOf, resolved, whyOf } from "./testing/read-import.js";

describe("Slurm", () => {
  test("slurm.conf becomes nodes in partitions and a backfill policy", () => {
    const { text, ignored } = imported(SLURM_CONF);
    const { cluster, policy, nodeGroups } = resolved(text, "");
    expect(nodeGroups.map(({ name, count }) => [name, count])).toEqual([
      ["gpu", 4],
      ["old", 2],
    ]);
    expect(cluster.nodes[0]).toMatchObject({
      cpuMilli: 96_000,
      memoryBytes: (1_900_000 - 16_384) * 2 ** 20,
      gpuCount: 8,
      gpuModel: "H100 SXM5-80GB",
      partition: "main",
    });
    expect(cluster.nodes[5]).toMatchObject({
      cpuMilli: 64_000,
      gpuModel: "a100",
      gpuCount: 4,
      partition: "legacy",
    });
    expect(policy.queue).toEqual({ name: "easy-backfill" });
    expect(policy.placement).toEqual({ kind: "named", name: "pack" });
    expect(whyOf(ignored)).toEqual([
      "9 NodeName=gpu[001-004] Gres=nvme:2",
      "9 NodeName=gpu[001-004] Weight=10",
      "11 NodeName=new[1-9] State=FUTURE",
      "12 PartitionName=main MaxTime=2-00:00:00",
      "13 PartitionName=main PriorityTier=10",
      "12 PartitionName=legacy MaxTime=2-00:00:00",
      "14 PartitionName=legacy AllowAccounts=physics",
      "5 PriorityType=priority/multifactor",
      "6 PreemptMode=REQUEUE",
    ]);
  });

  test("--gpu says which model a type is", () => {
    const { text } = imported(SLURM_CONF, { gpus: new Map([["a100", "A100 SXM4-80GB"]]) });
    expect(resolved(text, "").cluster.nodes[5]!.gpuModel).toBe("A100 SXM4-80GB");
  });

  test("partitions that share nodes are one pool", () => {
    const shared = SLURM_CONF.replace("Nodes=old[1-2]", "Nodes=ALL");
    const { text, ignored } = imported(shared);
    expect(resolved(text, "").cluster.nodes.every(({ partition }) => partition === undefined)).toBe(
      true,
    );
    expect(ignored.map(({ path }) => path)).toContain("partitions main, legacy");
  });

  test("sched/builtin is fifo-strict, CR_LLN is spread", () => {
    const { plain } = imported(
      SLURM_CONF.replace("sched/backfill", "sched/builtin").replace(
        "SelectType=",
        "SelectTypeParameters=CR_Core_Memory,CR_LLN\nSelectType=",
      ),
    );
    expect(plain["policy"]).toEqual({ queue: "fifo-strict", placement: "spread" });
  });

  test("scontrol in three files: nodes that are drained stay out", () => {
    const config =
      "Configuration data as of 2026-01-05T08:00:00\nSchedulerType           = sched/backfill\nPreemptType             = preempt/none\n";
    const node = (name: string, state: string): string =>
      `NodeName=${name} CPUAlloc=48 CPUEfctv=94 CPUTot=96 ActiveFeatures=(null) Gres=gpu:h100:8(S:0-1) OS=Linux 5.15 #40-Ubuntu SMP RealMemory=1900000 State=${state} Partitions=all Reason=xid 79 [root@2026-01-04T10:00:00]\n`;
    const nodes = node("gpu001", "MIXED") + node("gpu002", "IDLE+DRAIN") + node("gpu003", "IDLE*");
    const { text, read, ignored } = imported([
      config,
      nodes,
      "PartitionName=all AllowGroups=ALL Nodes=gpu[001-003] State=UP\n",
    ]);
    expect(read.map(({ kind }) => kind)).toEqual(["scontrol", "scontrol", "scontrol"]);
    const { cluster } = resolved(text, "");
    expect(cluster.nodes).toHaveLength(1);
    expect(cluster.nodes[0]).toMatchObject({ cpuMilli: 94_000, gpuCount: 8 });
    expect(whyOf(ignored)).toEqual([
      "2 NodeName=gpu002 State=IDLE+DRAIN",
      "3 NodeName=gpu003 State=IDLE*",
    ]);
  });

  test.each([
    ["memory that is none", "RealMemory=512000", "RealMemory=much", "f:10:64 not-a-number"],
    ["no memory", "RealMemory=512000", "", "f:10:1 missing-field"],
    ["hosts that are none", "old[1-2] Sockets", "old[1- Sockets", "f:10:1 not-hosts"],
    ["another scheduler", "sched/backfill", "sched/hold", "f:3:1 unknown-name"],
  ])("%s is refused at its place", (_what, from, to, problem) => {
    expect(problemsOf(SLURM_CONF.replace(from, to))).toEqual([problem]);
  });
});
