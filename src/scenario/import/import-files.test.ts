import { describe, expect, test } from "vitest";

import { guessKind } from "./import-files.js";
import { KUEUE, NODES, SCHEDULER, SLURM_CONF, SQUEUE } from "./testing/cluster-files.js";
import { imported, problemsOf } from "./testing/read-import.js";

describe("several files", () => {
  test("configuration of several systems is one part", () => {
    const { plain, read } = imported([KUEUE, NODES, SCHEDULER]);
    expect(read.map(({ kind }) => kind)).toEqual(["kueue", "kubectl-nodes", "kube-scheduler"]);
    expect(Object.keys(plain)).toEqual(["schema", "cluster", "policy"]);
    expect(Object.keys(plain["policy"]!)).toEqual(["queue", "placement"]);
  });

  test("two files that give the same, and jobs beside configuration, are refused", () => {
    expect(() => imported([KUEUE, SLURM_CONF])).toThrow(/both 1 and this file give policy.queue/);
    expect(() => imported([SQUEUE, NODES])).toThrow(/imported alone/);
  });

  test("a file of no kind has to be named", () => {
    expect(() => guessKind({ file: "f", text: "hello" })).toThrow(/nothing in the file/);
    expect(problemsOf("hello", { kind: "squeue" })[0]).toContain("field-count");
  });
});
