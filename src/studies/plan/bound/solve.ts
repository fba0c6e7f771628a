import highsModule from "highs";

// The types are those of a CommonJS module; its ES module, which is loaded, exports the function itself.
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** A count of nodes as the program sees it. */
export interface CountVariable {
  readonly cost: number;
  readonly low: number;
  readonly high: number;
}

/** `Σ coefficients × counts` between two ends; either may be infinite. */
export interface CountRow {
  readonly coefficients: readonly number[];
  readonly low: number;
  readonly high: number;
}

/** What became of a program. */
export type CountSolution =
  | {
      readonly kind: "optimal";
      /** Proven: no whole numbers within the rows cost less. */
      readonly bound: number;
      /** The same without whole numbers. */
      readonly relaxed: number;
      readonly counts: readonly number[];
    }
  | { readonly kind: "infeasible" };

/** Nodes of the branching tree; a limit of time would make the bound depend on the machine. */
const TREE_NODES_MAX = 20_000;
const OPTIMAL = 7;
const INFEASIBLE = 8;
/** Solutions may break rows by this much: rows are loosened by it, so that rounding never raises the bound. */
const TOLERANCE = 1e-6;

/** Solves many programs with one solver. */
export interface CountSolver {
  /** @throws Error when the solver ends in a way that proves nothing */
  solve(variables: readonly CountVariable[], rows: readonly CountRow[]): CountSolution;
}

/**
 * Loads HiGHS (WebAssembly, single-threaded, no limit of time: the same program gives the same bound).
 *
 * Costs are scaled to about 1 before they are handed over: the solver's tolerances are absolute.
 */
export async function createCountSolver(): Promise<CountSolver> {
  const highs = await loadHighs();
  const optimise = (
    variables: readonly CountVariable[],
    rows: readonly CountRow[],
    isInteger: boolean,
  ): { readonly value: number; readonly counts: readonly number[] } | undefined =>
    highs.withModel((model) => {
      model.options.set({ output_flag: false, mip_rel_gap: 0, mip_max_nodes: TREE_NODES_MAX });
      variables.forEach(({ cost, low, high }, index) => {
        model.addVar(low, high);
        model.changeColCost(index, cost);
        if (isInteger) model.changeColIntegrality(index, highs.constants.variableType.integer);
      });
      for (const { coefficients, low, high } of rows) {
        const indices = coefficients.flatMap((value, index) => (value === 0 ? [] : [index]));
        const size = Math.max(1, ...coefficients.map(Math.abs));
        model.addRow(
          Number.isFinite(low) ? low / size - TOLERANCE : -highs.infinity,
          Number.isFinite(high) ? high / size + TOLERANCE : highs.infinity,
          { indices, values: indices.map((index) => coefficients[index]! / size) },
        );
      }
      model.run();
      const status = Number(model.getModelStatus());
      if (status === INFEASIBLE) return undefined;
      const { colValue } = model.getSolution();
      if (status === OPTIMAL) {
        const counts = [...colValue].map((value) => (isInteger ? Math.round(value) : value));
        const proven = isInteger ? Number(model.info.get("mip_dual_bound")) : NaN;
        const value = model.getObjectiveValue();
        return { value: Number.isFinite(proven) ? Math.min(proven, value) : value, counts };
      }
      if (!isInteger) throw new Error(`plan: the solver ended with status ${status}`);
      // Out of tree nodes: what is proven so far is a bound all the same.
      return { value: Number(model.info.get("mip_dual_bound")), counts: [] };
    });
  return {
    solve(variables, rows) {
      if (variables.length === 0) return withoutVariables(rows);
      const scale = Math.max(...variables.map(({ cost }) => Math.abs(cost))) || 1;
      const scaled = variables.map((one) => ({ ...one, cost: one.cost / scale }));
      const relaxed = optimise(scaled, rows, false);
      if (relaxed === undefined) return { kind: "infeasible" };
      const whole = optimise(scaled, rows, true);
      if (whole === undefined) return { kind: "infeasible" };
      const bound = Math.max(whole.value, relaxed.value) * scale * (1 - 1e-9);
      const reached = variables.reduce(
        (sum, { cost }, index) => sum + cost * (whole.counts[index] ?? Infinity),
        0,
      );
      return {
        kind: "optimal",
        // Whole counts that reach what is proven, but for rounding, are proven to the last digit.
        bound: Math.abs(reached - bound) <= 1e-8 * Math.abs(reached) ? reached : bound,
        relaxed: relaxed.value * scale * (1 - 1e-9),
        counts: whole.counts,
      };
    },
  };
}

function withoutVariables(rows: readonly CountRow[]): CountSolution {
  const holds = rows.every(({ low, high }) => low <= TOLERANCE && high >= -TOLERANCE);
  return holds ? { kind: "optimal", bound: 0, relaxed: 0, counts: [] } : { kind: "infeasible" };
}
