import type { ClusterSpec } from "../cluster/spec.js";
import { REQUEST_OUTCOMES } from "../simulation/serving/request-ledger.js";
import type { ServedService } from "../studies/run/services.js";

/** Requests of all services of a run that a file holds; of more, every k-th. */
const REQUEST_ROWS_MAX = 3_000;

/** `requests.csv`: every request, or every k-th where there are many; the column `every` says which. */
export function* requestsCsv(served: readonly ServedService[]): Generator<string> {
  yield "service,request,class,arrival_s,prompt_tokens,output_tokens,outcome,ttft_s,tpot_s,e2e_s,met_cold_start,every\n";
  const total = served.reduce((sum, { outcome }) => sum + outcome.ledger.count, 0);
  const every = Math.max(1, Math.ceil(total / REQUEST_ROWS_MAX));
  for (const { service, classes, outcome } of served) {
    const { ledger, run, metColdStart } = outcome;
    for (let row = 0; row < ledger.count; row += every) {
      yield [
        text(service.name),
        row,
        text(classes[ledger.traits?.classIndex[row] ?? 0]!.name),
        ledger.arrivalS[row],
        ledger.promptTokens[row],
        ledger.outputTokens[row],
        REQUEST_OUTCOMES[run.outcome[row]!],
        number(run.ttftS[row]!),
        number(run.tpotS[row]!),
        number(run.e2eS[row]!),
        metColdStart[row],
        `${every}\n`,
      ].join(",");
    }
  }
}

/** `replicas.csv`: every stay of a replica, from the wish for it to its end. */
export function* replicasCsv(
  served: readonly ServedService[],
  cluster: ClusterSpec,
): Generator<string> {
  yield "service,wanted_s,placed_s,ready_s,drained_s,end_s,ended,gpus,nodes,phases\n";
  for (const { service, outcome } of served) {
    for (const life of outcome.lives) {
      const { wantedS, placedS, readyS, drainedS, endS, ended, gpus, nodes, phases } = life;
      yield [
        text(service.name),
        ...[wantedS, placedS, readyS, drainedS, endS].map(number),
        text(ended),
        gpus,
        text(nodes.map((node) => cluster.nodes[node]!.name).join(" ")),
        `${text(phases.map(({ name, seconds }) => `${name}=${seconds}`).join("; "))}\n`,
      ].join(",");
    }
  }
}

function number(value: number): string {
  return Number.isNaN(value) ? "" : String(value);
}

/** Quoted where needed; a leading sign that a spreadsheet would take for a formula is defused. */
function text(value: string): string {
  const safe = /^[=+\-@\t]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
