import { InvariantError } from "../../base/assert.js";

/** Power of the nodes of one kind. All in W, >= 0. */
export interface NodePower {
  readonly gpusPerNode: number;
  /** One GPU with nothing on it. */
  readonly gpuIdleW: number;
  /** One GPU wholly given to jobs; at least the idle power. */
  readonly gpuBusyW: number;
  /** The node besides its GPUs. */
  readonly overheadW: number;
}

/** Energy of one kind of node, by who used it. Joules, all exact integrals of step functions. */
export interface NodeEnergy {
  /** GPUs that jobs held, at busy power. */
  readonly busyJ: number;
  /** GPUs that nobody held, at idle power. */
  readonly idleJ: number;
  readonly overheadJ: number;
  /** GPU-seconds that jobs held. */
  readonly busyGpuS: number;
  /** Node-seconds the nodes were switched on. */
  readonly nodeS: number;
}

/** What the meter read. */
export interface EnergyReading {
  readonly kinds: readonly NodeEnergy[];
  /** Highest power of all nodes together at an instant, in W. */
  readonly powerMaxW: number;
  /** Seconds from the start to the end of reading. */
  readonly spanS: number;
}

/**
 * Integrates the power of a cluster exactly: between two changes everything is constant.
 *
 * A GPU of which a job holds a part uses that part of the difference between busy and idle power.
 */
export interface EnergyMeter {
  /** Jobs of a kind of node now hold `gpuMilli` thousandths of a GPU more (or fewer, below 0). Times must not fall. */
  hold(timeS: number, kind: number, gpuMilli: number): void;
  /** `count` more nodes of a kind are switched on (or fewer, below 0). */
  switchOn(timeS: number, kind: number, count: number): void;
  finish(endS: number): EnergyReading;
}

const GPU_MILLI = 1000;

class StepMeter implements EnergyMeter {
  private lastS: number;
  private powerMaxW = 0;
  private readonly busyMilli: Float64Array;
  private readonly nodesOn: Float64Array;
  private readonly busyMilliS: Float64Array;
  private readonly nodeS: Float64Array;

  constructor(
    private readonly kinds: readonly NodePower[],
    private readonly startS: number,
  ) {
    this.lastS = startS;
    this.busyMilli = new Float64Array(kinds.length);
    this.nodesOn = new Float64Array(kinds.length);
    this.busyMilliS = new Float64Array(kinds.length);
    this.nodeS = new Float64Array(kinds.length);
  }

  hold(timeS: number, kind: number, gpuMilli: number): void {
    this.advance(timeS);
    this.busyMilli[kind]! += gpuMilli;
  }

  switchOn(timeS: number, kind: number, count: number): void {
    this.advance(timeS);
    this.nodesOn[kind]! += count;
  }

  finish(endS: number): EnergyReading {
    this.advance(endS);
    return {
      kinds: this.kinds.map((kind, index) => this.energyOf(kind, index)),
      powerMaxW: this.powerMaxW,
      spanS: endS - this.startS,
    };
  }

  private energyOf(kind: NodePower, index: number): NodeEnergy {
    const busyGpuS = this.busyMilliS[index]! / GPU_MILLI;
    const nodeS = this.nodeS[index]!;
    return {
      busyJ: busyGpuS * kind.gpuBusyW,
      idleJ: (nodeS * kind.gpusPerNode - busyGpuS) * kind.gpuIdleW,
      overheadJ: nodeS * kind.overheadW,
      busyGpuS,
      nodeS,
    };
  }

  /** Everything held from the last change to `timeS`. Changes at one instant have no length, and no power counts. */
  private advance(timeS: number): void {
    const elapsedS = timeS - this.lastS;
    if (elapsedS === 0) return;
    if (!(elapsedS > 0))
      throw new InvariantError("energy meter: time fell", { from: this.lastS, to: timeS });
    let powerW = 0;
    this.kinds.forEach((kind, index) => {
      const busyMilli = this.busyMilli[index]!;
      const nodes = this.nodesOn[index]!;
      const gpuMilli = nodes * kind.gpusPerNode * GPU_MILLI;
      if (busyMilli < 0 || busyMilli > gpuMilli) {
        throw new InvariantError("energy meter: jobs hold more GPUs than are switched on", {
          timeS,
          kind: index,
          busyMilli,
          gpuMilli,
        });
      }
      this.busyMilliS[index]! += busyMilli * elapsedS;
      this.nodeS[index]! += nodes * elapsedS;
      powerW +=
        nodes * (kind.overheadW + kind.gpusPerNode * kind.gpuIdleW) +
        (busyMilli / GPU_MILLI) * (kind.gpuBusyW - kind.gpuIdleW);
    });
    if (powerW > this.powerMaxW) this.powerMaxW = powerW;
    this.lastS = timeS;
  }
}

/**
 * A meter with all nodes switched off and nothing held.
 *
 * @param options.kinds power by kind of node; indexes of `hold` and `switchOn`
 * @throws RangeError when a power is negative or not finite, or busy is below idle
 */
export function createEnergyMeter(options: {
  readonly kinds: readonly NodePower[];
  readonly startS: number;
}): EnergyMeter {
  options.kinds.forEach((kind, index) => {
    for (const [name, value] of Object.entries(kind)) {
      if (!(value >= 0 && value < Infinity))
        throw new RangeError(`energy meter: kinds[${index}].${name} must be >= 0, got ${value}`);
    }
    if (kind.gpuBusyW < kind.gpuIdleW) {
      throw new RangeError(
        `energy meter: kinds[${index}] uses ${kind.gpuBusyW} W busy and ${kind.gpuIdleW} W idle`,
      );
    }
  });
  return new StepMeter(options.kinds, options.startS);
}

/** Highest power of one node: every GPU busy. W. */
export function nodePowerMaxW(kind: NodePower): number {
  return kind.overheadW + kind.gpusPerNode * kind.gpuBusyW;
}
