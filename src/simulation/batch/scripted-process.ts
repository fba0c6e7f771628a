import type { ClusterControl, ClusterProcessEntry } from "./cluster-process.js";

/** One thing a scripted process does, at its time. */
export interface ScriptedMoment {
  readonly timeS: number;
  act(control: ClusterControl): void;
}

/** A process of a test: does what its script says, when it says so, and tells of nodes that became empty. */
export function scriptedProcess(
  script: readonly ScriptedMoment[],
  options: {
    readonly name?: string;
    nodeEmptied?(node: number, control: ClusterControl): void;
  } = {},
): ClusterProcessEntry {
  const { name = "script", nodeEmptied } = options;
  return () => {
    let control: ClusterControl;
    return {
      name,
      start(given) {
        control = given;
        script.forEach(({ timeS }, code) => control.schedule(timeS, code));
      },
      happens(code) {
        script[code]!.act(control);
      },
      ...(nodeEmptied === undefined
        ? {}
        : {
            nodeEmptied(node: number) {
              nodeEmptied(node, control);
            },
          }),
    };
  };
}
