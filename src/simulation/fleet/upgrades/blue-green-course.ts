import { nodesOf } from "./plan-surge.js";
import { minutes, withoutPlace, type CourseEnded, type CourseState } from "./rolling-course.js";
import type { BlueGreenStrategy } from "./upgrade-spec.js";
import type { CourseWorld } from "./course-world.js";

/**
 * Adds a new node for every old one, closes all old ones, drains them batch by batch with a pause between, waits
 * once more and removes them. A node that is not empty in time ends the upgrade; old and new nodes then stay.
 *
 * @see MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md
 */
export function startBlueGreen(
  world: CourseWorld,
  strategy: BlueGreenStrategy,
  ended: CourseEnded,
): CourseState {
  const { agenda, spec } = world;
  const { pool, times } = spec;
  const blue = [...world.nodes];
  const batchSize = Math.max(1, nodesOf(strategy.drainBatch, pool.nodes));
  let changed = 0;
  let isStopped = false;

  const finish = (): void => {
    for (const node of blue) world.setState(node, "gone");
    ended("done", `all ${pool.nodes} nodes were replaced`);
  };

  const drainBatch = (from: number): void => {
    const batch = blue.slice(from, from + batchSize);
    let left = batch.length;
    for (const node of batch) {
      world.log(`${node.name} is drained`);
      world.drain(node, strategy.drainTimeoutS, (end) => {
        if (isStopped) return;
        if (end.kind === "timeout") {
          isStopped = true;
          world.giveUpDrains();
          const time = minutes(strategy.drainTimeoutS);
          ended(
            "stopped",
            `${node.name} was not empty after ${time} of draining: ${end.holdouts}${withoutPlace(world)}`,
          );
          return;
        }
        changed += 1;
        left -= 1;
        if (left > 0) return;
        const next = from + batchSize;
        if (next < blue.length)
          agenda.after(strategy.batchSoakS, "release", () => {
            drainBatch(next);
          });
        else agenda.after(strategy.finalSoakS, "release", finish);
      });
    }
  };

  world.log(`all ${blue.length} nodes are cordoned and as many new ones ordered`);
  for (const node of blue) world.setState(node, "draining");
  let starting = blue.length;
  for (let index = 0; index < blue.length; index += 1) {
    const node = world.addNode(`${pool.name}-green-${index}`, "starting", true);
    agenda.after(times.bootS, "release", () => {
      world.setState(node, "open");
      starting -= 1;
      if (starting === 0) drainBatch(0);
    });
  }

  return {
    get changed() {
      return changed;
    },
    blocked: [],
    added: blue.length,
  };
}
