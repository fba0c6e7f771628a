import type { NamedColumn, RequestTable } from "./request-table.js";

/** Mean requests per second between the first and the last arrival; 0 when they are at one time. */
export function meanRate({ count, arrivalS }: RequestTable): number {
  const spanS = (arrivalS[count - 1] ?? 0) - (arrivalS[0] ?? 0);
  return spanS > 0 ? (count - 1) / spanS : 0;
}

/**
 * The same requests, faster or slower: every time is divided by the factor, so bursts come closer together.
 *
 * @param factor > 0; 2 is twice the rate
 */
export function playFaster(requests: RequestTable, factor: number): RequestTable {
  return { ...requests, arrivalS: requests.arrivalS.map((timeS) => timeS / factor) };
}

/** At most so many of the requests, spread evenly over all of them; the whole when there are no more. */
export function sampleRequests(requests: RequestTable, most: number): RequestTable {
  const { count, classes, adapters, prefixes, conversation } = requests;
  const rows = Math.min(count, most);
  const at = (row: number): number => Math.floor((row * count) / rows);
  const some = (column: Int32Array): Int32Array =>
    new Int32Array(rows).map((_, row) => column[at(row)]!);
  const named = ({ names, index }: NamedColumn): NamedColumn => ({ names, index: some(index) });
  return {
    count: rows,
    arrivalS: new Float64Array(rows).map((_, row) => requests.arrivalS[at(row)]!),
    promptTokens: some(requests.promptTokens),
    outputTokens: some(requests.outputTokens),
    ...(classes === undefined ? {} : { classes: named(classes) }),
    ...(adapters === undefined ? {} : { adapters: named(adapters) }),
    ...(prefixes === undefined
      ? {}
      : { prefixes: { group: some(prefixes.group), tokens: some(prefixes.tokens) } }),
    ...(conversation === undefined ? {} : { conversation: some(conversation) }),
  };
}

/**
 * The requests again and again, each time after the last with the mean gap between. Conversations of different
 * turns are different ones; shared beginnings stay the same.
 *
 * @param times ≥ 1
 */
export function repeatRequests(requests: RequestTable, times: number): RequestTable {
  const { count, arrivalS, conversation } = requests;
  const rate = meanRate(requests);
  const periodS = (arrivalS[count - 1] ?? 0) + (rate > 0 ? 1 / rate : 0);
  const total = count * times;
  const again = (column: Int32Array): Int32Array => {
    const result = new Int32Array(total);
    for (let time = 0; time < times; time++) result.set(column, time * count);
    return result;
  };
  const named = ({ names, index }: NamedColumn): NamedColumn => ({ names, index: again(index) });
  const arrivals = new Float64Array(total);
  for (let time = 0; time < times; time++)
    for (let row = 0; row < count; row++)
      arrivals[time * count + row] = time * periodS + arrivalS[row]!;
  const { classes, adapters, prefixes } = requests;
  return {
    count: total,
    arrivalS: arrivals,
    promptTokens: again(requests.promptTokens),
    outputTokens: again(requests.outputTokens),
    ...(classes === undefined ? {} : { classes: named(classes) }),
    ...(adapters === undefined ? {} : { adapters: named(adapters) }),
    ...(prefixes === undefined
      ? {}
      : { prefixes: { group: again(prefixes.group), tokens: again(prefixes.tokens) } }),
    ...(conversation === undefined
      ? {}
      : { conversation: conversationsAgain(conversation, count, times) }),
  };
}

function conversationsAgain(conversation: Int32Array, count: number, times: number): Int32Array {
  const conversations = conversation.reduce((most, id) => Math.max(most, id), -1) + 1;
  const result = new Int32Array(count * times);
  for (let time = 0; time < times; time++)
    for (let row = 0; row < count; row++) {
      const id = conversation[row]!;
      result[time * count + row] = id === -1 ? -1 : id + time * conversations;
    }
  return result;
}
