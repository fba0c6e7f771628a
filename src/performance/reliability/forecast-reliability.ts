import { exactIntervalS, youngIntervalS, dalyIntervalS } from "./checkpoint-interval.js";
import { forecastInterruptions } from "./interruptions.js";
import { sparesByBinomial, sparesByPoisson } from "./spares.js";
import { exactEfficiency, firstOrderEfficiency } from "./training-efficiency.js";

/** A job on whole nodes, and what is known of its failures. */
export interface ReliabilityQuestion {
  readonly nodes: number;
  /** Failures of one node that stop the job. */
  readonly perNodeS: number;
  /** Those of them that keep the node away for a repair. */
  readonly repairsPerNodeS: number;
  readonly durationS: number;
  /** Seconds to write one checkpoint, > 0; absent: nothing is said about checkpoints. */
  readonly checkpointCostS?: number;
  /** From the interruption until the job works again. */
  readonly restartS: number;
  /** Mean seconds of a repair; absent: nothing is said about spares. */
  readonly repairMeanS?: number;
}

/** Checkpoints of the job: when to write them, and what is left of the time. Seconds. */
export interface CheckpointForecast {
  readonly costS: number;
  readonly restartS: number;
  readonly youngIntervalS: number;
  readonly dalyIntervalS: number;
  readonly exactIntervalS: number;
  /** Effective training time ratio at the exact interval, complete model. */
  readonly efficiency: number;
  /** The published first-order formula at the same interval; null where it gives none. */
  readonly efficiencyFirstOrder: number | null;
}

/** Spare nodes for one level of availability. */
export interface SparesForecast {
  /** Probability that the job has all its nodes at a random instant. */
  readonly level: number;
  /** M/G/∞ (Poisson): repairs of the job's nodes only. */
  readonly spares: number;
  readonly availability: number;
  /** Binomial: the spares fail too. */
  readonly sparesThatFail: number;
  readonly availabilityThatFail: number;
}

/** What failures mean for the job. */
export interface ReliabilityForecast {
  readonly meanTimeToInterruptionS: number;
  readonly interruptions: {
    readonly expected: number;
    /** Lies in this interval with at least 95 %. */
    readonly interval95: readonly [number, number];
  };
  readonly checkpoint: CheckpointForecast | null;
  /** Nodes in repair at a random instant, on average; null without a repair time. */
  readonly nodesAway: number | null;
  /** For 95 and 99 %; null without a repair time. */
  readonly spares: readonly SparesForecast[] | null;
}

const CONFIDENCE = 0.95;
const LEVELS = [0.95, 0.99];

/** Answers by closed forms what the simulation answers run by run. @throws RangeError when a figure is out of range */
export function forecastReliability(question: ReliabilityQuestion): ReliabilityForecast {
  const { nodes, perNodeS, durationS } = question;
  const { meanTimeToInterruptionS, expected, interval } = forecastInterruptions({
    nodes,
    perNodeS,
    durationS,
    confidence: CONFIDENCE,
  });
  return {
    meanTimeToInterruptionS,
    interruptions: { expected, interval95: interval },
    checkpoint: checkpointForecast(question, meanTimeToInterruptionS),
    ...sparesForecast(question),
  };
}

function checkpointForecast(
  { checkpointCostS: costS, restartS }: ReliabilityQuestion,
  meanTimeToInterruptionS: number,
): CheckpointForecast | null {
  if (costS === undefined || meanTimeToInterruptionS === Infinity) return null;
  const setting = { costS, meanTimeToInterruptionS };
  const intervalS = exactIntervalS(setting);
  const training = { ...setting, restartS, intervalS };
  return {
    costS,
    restartS,
    youngIntervalS: youngIntervalS(setting),
    dalyIntervalS: dalyIntervalS(setting),
    exactIntervalS: intervalS,
    efficiency: exactEfficiency(training),
    efficiencyFirstOrder: firstOrderEfficiency(training),
  };
}

function sparesForecast({
  nodes,
  repairsPerNodeS,
  repairMeanS,
}: ReliabilityQuestion): Pick<ReliabilityForecast, "nodesAway" | "spares"> {
  if (repairMeanS === undefined) return { nodesAway: null, spares: null };
  const awayMean = nodes * repairsPerNodeS * repairMeanS;
  const nodeAvailability = 1 / (1 + repairsPerNodeS * repairMeanS);
  return {
    nodesAway: awayMean,
    spares: LEVELS.map((level) => {
      const poisson = sparesByPoisson({ awayMean, level });
      const binomial = sparesByBinomial({ needed: nodes, nodeAvailability, level });
      return {
        level,
        ...poisson,
        sparesThatFail: binomial.spares,
        availabilityThatFail: binomial.availability,
      };
    }),
  };
}
