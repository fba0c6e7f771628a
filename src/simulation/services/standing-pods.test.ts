import { expect, test } from "vitest";

import type { ClusterControl } from "../batch/cluster-process.js";
import { createStandingPods } from "./standing-pods.js";

/** A cluster that refuses one row and leaves time to the test. */
function controlWith(refused?: number): { control: ClusterControl; at: (timeS: number) => void } {
  let nowS = 0;
  const control = {
    get nowS() {
      return nowS;
    },
    submit: (row: number) => (row === refused ? "no node is large enough" : undefined),
  } as ClusterControl;
  return {
    control,
    at: (timeS) => {
      nowS = timeS;
    },
  };
}

test("seconds without a place count from the start to the first place, and from every stop to the next", () => {
  const { control, at } = controlWith();
  const pods = createStandingPods({ name: "search", rows: { first: 7, count: 2 } });
  pods.start(control);
  pods.jobStarted!(7);
  at(10);
  pods.jobStarted!(8);
  expect(pods.outcome(20)).toEqual({ missingS: 10, placed: 2 });
  at(30);
  pods.jobStopped!(7, "node failed");
  expect(pods.outcome(35)).toEqual({ missingS: 15, placed: 1 });
  at(40);
  pods.jobStarted!(7);
  expect(pods.outcome(100)).toEqual({ missingS: 20, placed: 2 });
});

test("a pod that can never run is told, and lacks its place to the end", () => {
  const { control } = controlWith(1);
  const pods = createStandingPods({ name: "search", rows: { first: 0, count: 2 } });
  pods.start(control);
  pods.jobStarted!(0);
  expect(pods.outcome(60)).toEqual({
    missingS: 60,
    placed: 1,
    refusal: "no node is large enough",
  });
});
