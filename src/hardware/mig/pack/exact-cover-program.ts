/**
 * The linear relaxation of a covering problem, solved without rounding: how many patterns, in fractions, cover
 * a demand, and at least how many it takes.
 */
export interface CoverRelaxation {
  /** Copies of each pattern, as numerators over `denominator`. */
  readonly copies: readonly bigint[];
  /** What one unit of each row is worth, as numerators over `denominator`: the proof of the bound. */
  readonly worth: readonly bigint[];
  readonly denominator: bigint;
  /** The least whole number that is not below the optimum. */
  readonly bound: number;
}

/** Rows that patterns must cover, and caps on single patterns. */
export interface CoverProgram {
  /** `patterns[p][row]`: units of the row that one copy of the pattern covers. */
  readonly patterns: readonly (readonly number[])[];
  /** Units needed per row. */
  readonly demand: readonly number[];
  /** Most copies of a pattern, by its number. */
  readonly caps?: ReadonlyMap<number, number>;
}

/**
 * Solves min Σ copies, Σ pattern × copies ≥ demand, copies ≥ 0, copies ≤ caps; undefined when nothing covers.
 *
 * Dual simplex with Bland's rule on a whole-number tableau (every entry over the last pivot, as in Bareiss'
 * elimination), so that the bound is a proof and not an estimate.
 */
export function relaxCover(program: CoverProgram): CoverRelaxation | undefined {
  const tableau = createTableau(program);
  for (;;) {
    const row = leavingRow(tableau);
    if (row === undefined) break;
    const column = enteringColumn(tableau, row);
    if (column === undefined) return undefined;
    pivot(tableau, row, column);
  }
  return readSolution(program, tableau);
}

interface Tableau {
  /** Rows of constraints; the last entry of each is the right-hand side. */
  readonly rows: bigint[][];
  /** Reduced costs; the last entry is minus the objective. */
  readonly costs: bigint[];
  /** Column of the variable that each row has. */
  readonly basis: number[];
  denominator: bigint;
}

function createTableau({ patterns, demand, caps }: CoverProgram): Tableau {
  const capped = [...(caps ?? [])];
  const rowCount = demand.length + capped.length;
  // -Ax + s = -b for what must be covered, x + s = cap for the caps.
  const constraints = [
    ...demand.map((need, row) => [...patterns.map((pattern) => -pattern[row]!), -need] as const),
    ...capped.map(
      ([index, cap]) => [...patterns.map((_, each) => (each === index ? 1 : 0)), cap] as const,
    ),
  ];
  const rows = constraints.map((entries, row) => {
    const slacks = Array.from({ length: rowCount }, (_, each) => (each === row ? 1n : 0n));
    const values = entries.map(BigInt);
    return [...values.slice(0, -1), ...slacks, values.at(-1)!];
  });
  return {
    rows,
    costs: [...patterns.map(() => 1n), ...Array.from({ length: rowCount + 1 }, () => 0n)],
    basis: rows.map((_, row) => patterns.length + row),
    denominator: 1n,
  };
}

/** Bland: of the rows with a negative right-hand side, the one whose variable comes first. */
function leavingRow({ rows, basis }: Tableau): number | undefined {
  let best: number | undefined;
  for (const [row, entries] of rows.entries()) {
    if (entries.at(-1)! < 0n && (best === undefined || basis[row]! < basis[best]!)) best = row;
  }
  return best;
}

/** The column whose cost rises least per unit; ties go to the first. */
function enteringColumn({ rows, costs }: Tableau, row: number): number | undefined {
  const entries = rows[row]!;
  let best: number | undefined;
  for (let column = 0; column < entries.length - 1; column += 1) {
    const entry = entries[column]!;
    if (entry >= 0n) continue;
    // costs[c] / -entry < costs[b] / -bestEntry, multiplied out; both divisors are positive.
    if (best === undefined || costs[column]! * -entries[best]! < costs[best]! * -entry) {
      best = column;
    }
  }
  return best;
}

function pivot(tableau: Tableau, row: number, column: number): void {
  const { rows, costs, denominator } = tableau;
  // The pivot entry is negative: turning the row round keeps the denominator positive.
  const pivotRow = rows[row]!.map((entry) => -entry);
  const value = pivotRow[column]!;
  const eliminate = (entries: bigint[]): void => {
    const factor = entries[column]!;
    for (let index = 0; index < entries.length; index += 1) {
      entries[index] = (entries[index]! * value - factor * pivotRow[index]!) / denominator;
    }
  };
  for (const [index, entries] of rows.entries()) if (index !== row) eliminate(entries);
  eliminate(costs);
  rows[row] = pivotRow;
  tableau.basis[row] = column;
  tableau.denominator = value;
}

function readSolution(
  { patterns, demand }: CoverProgram,
  { rows, costs, basis, denominator }: Tableau,
): CoverRelaxation {
  const copies = patterns.map((_, pattern) => {
    const row = basis.indexOf(pattern);
    return row === -1 ? 0n : rows[row]!.at(-1)!;
  });
  const objective = -costs.at(-1)!;
  return {
    copies,
    worth: demand.map((_, row) => costs[patterns.length + row]!),
    denominator,
    bound: Number((objective + denominator - 1n) / denominator),
  };
}
