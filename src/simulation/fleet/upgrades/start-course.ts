import { startBlueGreen } from "./blue-green-course.js";
import type { CourseWorld } from "./course-world.js";
import { planSurge, POOL_NODES_MAX } from "./plan-surge.js";
import { startRolling, type CourseEnded, type CourseState } from "./rolling-course.js";
import type { UpgradeResult } from "./upgrade-result.js";

/** A course that has begun. */
export interface StartedCourse {
  readonly course: UpgradeResult["course"];
  readonly state: CourseState;
}

const NOTHING_DONE: CourseState = { changed: 0, blocked: [], added: 0 };

/** Begins the upgrade of a pool, or says at once why it cannot begin. @param ended called once, at its end */
export function startCourse(world: CourseWorld, ended: CourseEnded): StartedCourse {
  const { strategy, pool } = world.spec;
  const refuse = (why: string): StartedCourse => {
    ended("refused", why);
    return { course: "none", state: NOTHING_DONE };
  };
  if (strategy.kind === "rolling") {
    const plan = planSurge(pool, strategy);
    if (plan.course === "none") return refuse(plan.why);
    const { course } = plan;
    return { course, state: startRolling(world, strategy, plan, ended) };
  }
  if (pool.nodes * 2 > POOL_NODES_MAX)
    return refuse(`blue-green needs ${pool.nodes * 2} nodes and a pool may have ${POOL_NODES_MAX}`);
  if (strategy.surgeAvailable < pool.nodes)
    return refuse(
      `blue-green needs ${pool.nodes} nodes beside the pool, and ${strategy.surgeAvailable} can be had (quota or machines)`,
    );
  return { course: "blue-green", state: startBlueGreen(world, strategy, ended) };
}
