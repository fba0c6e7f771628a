import { describe, expect, test } from "vitest";

import { createRequestReader, type RequestsRead } from "./read-requests.js";

function read(text: string): RequestsRead {
  const reader = createRequestReader("requests.csv");
  for (const piece of text.match(/[\s\S]{1,7}/g) ?? []) reader.push(piece);
  return reader.end();
}

describe("request traces by their header", () => {
  test.each([
    [
      "azure",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n",
      [0, 4.314579],
      [374, 396],
      [44, 109],
    ],
    [
      "vidur",
      "arrived_at,num_prefill_tokens,num_decode_tokens\n0.5,10,2\n1.25,20,3\n",
      [0, 0.75],
      [10, 20],
      [2, 3],
    ],
    [
      "burstgpt",
      "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,1,2,ChatGPT,472,18,490,Conversation log\n7,1,2,GPT-4,1,1,2,API log\n",
      [0, 2],
      [472, 1],
      [18, 1],
    ],
    [
      "headroom",
      "\uFEFFarrivalS,promptTokens,outputTokens\r\n3,10,2\r\n1,20,3\r\n",
      [0, 2],
      [20, 10],
      [3, 2],
    ],
  ])("%s", (format, text, arrivals, prompts, outputs) => {
    const found = read(text);
    expect(found).toMatchObject({ format, unanswered: 0, problemCount: 0 });
    const { arrivalS, promptTokens, outputTokens } = found.requests;
    arrivals.forEach((time, row) => expect(arrivalS[row]).toBeCloseTo(time, 5));
    expect([...promptTokens]).toEqual(prompts);
    expect([...outputTokens]).toEqual(outputs);
  });
});

test("broken rows are counted and located, requests without an answer are counted", () => {
  const found = read(
    "arrivalS,promptTokens,outputTokens\n0,10,2\n-1,10,2\n1,0,2\n2,10,-5\n3,10,99999999999\n4,1e9,1\nNaN,1,1\n5,10,0\n6,10,2\n7,10\n",
  );
  expect(found.requests.count).toBe(2);
  expect(found.unanswered).toBe(1);
  expect(found.problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([
    '3: arrivalS must be a time, or seconds of 0 and more, got "-1"',
    '4: promptTokens must be a whole number of tokens from 1 to 10000000, got "0"',
    '5: outputTokens must be a whole number of tokens from 0 to 10000000, got "-5"',
    '6: outputTokens must be a whole number of tokens from 0 to 10000000, got "99999999999"',
    '7: promptTokens must be a whole number of tokens from 1 to 10000000, got "1e9"',
    '8: arrivalS must be a time, or seconds of 0 and more, got "NaN"',
    '11: outputTokens must be a whole number of tokens from 0 to 10000000, got ""',
  ]);
});

test.each([
  ["", /the file is empty/],
  ["a,b,c\n1,2,3\n", /the header is none of a request trace/],
  ["arrivalS,promptTokens,outputTokens\n", /no request that can be read/],
])("%j is refused", (text, message) => {
  expect(() => read(text)).toThrow(message);
});
