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
      "azure",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00.009930+00:00,374,44\n2024-05-10 00:00:04+00:00,396,109\n",
      [0, 3.99007],
      [374, 396],
      [44, 109],
    ],
    [
      "burstgpt",
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n45.5,GPT-4,1087,230,1317,Conversation log\n",
      [0, 40.5],
      [472, 1087],
      [18, 230],
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

test("rows out of order are counted and sorted in", () => {
  const found = read("arrivalS,promptTokens,outputTokens\n5,1,1\n3,2,1\n4,3,1\n9,4,1\n");
  expect(found.outOfOrder).toBe(2);
  expect([...found.requests.promptTokens]).toEqual([2, 3, 1, 4]);
});

test("our own layout tells classes, adapters, prefixes and conversations", () => {
  const { requests } = read(
    "arrivalS,promptTokens,outputTokens,class,adapter,prefixGroup,prefixTokens,conversation\n0,100,5,chat,,tools,64,a\n1,200,5,batch,law,,,\n2,300,5,chat,,tools,64,a\n",
  );
  expect(requests.classes).toEqual({ names: ["chat", "batch"], index: Int32Array.of(0, 1, 0) });
  expect(requests.adapters).toEqual({ names: ["law"], index: Int32Array.of(-1, 0, -1) });
  expect(requests.prefixes).toEqual({
    group: Int32Array.of(0, -1, 0),
    tokens: Int32Array.of(64, 0, 64),
  });
  expect(requests.conversation).toEqual(Int32Array.of(0, -1, 0));
});

describe("results of real runs", () => {
  const vllm = {
    backend: "vllm",
    request_rate: 10,
    input_lens: [100, 200, 300],
    output_lens: [3, 2, 0],
    ttfts: [0.1, 0.2, 0],
    itls: [[0.01, 0.03], [0.05], []],
    generated_texts: ["a [b", "{", ""],
    errors: ["", "", "timeout"],
  };

  test("a vLLM benchmark with start times is traffic and measurement", () => {
    const found = read(JSON.stringify({ ...vllm, start_times: [7, 7.5, 8] }));
    expect(found).toMatchObject({ format: "vllm-benchmark", failed: 1, hasArrivals: true });
    expect([...found.requests.arrivalS]).toEqual([0, 0.5]);
    expect(found.measured!.e2eS[0]).toBeCloseTo(0.14, 12);
    expect(found.measured!.tpotS[0]).toBeCloseTo(0.02, 12);
  });

  test("without start times it tells lengths only", () => {
    const found = read(JSON.stringify(vllm, null, 1));
    expect(found.hasArrivals).toBe(false);
    expect([...found.requests.promptTokens]).toEqual([100, 200]);
  });

  test("inference-perf's requests, one of which failed and one of which is broken", () => {
    const info = { input_tokens: 50, output_tokens: 3, output_token_times: [10.2, 10.3, 10.4] };
    const found = read(
      JSON.stringify(
        [
          { start_time: 10, end_time: 10.4, request: "x", response: "y", info, error: null },
          { start_time: 11, end_time: 12, info, error: { error_type: "Timeout" } },
          { start_time: 12, end_time: 13, info: { ...info, input_tokens: 1.5 }, error: null },
        ],
        null,
        1,
      ),
    );
    expect(found).toMatchObject({ format: "inference-perf", failed: 1, problemCount: 1 });
    expect(found.measured!.ttftS[0]).toBeCloseTo(0.2, 12);
    expect(found.measured!.tpotS[0]).toBeCloseTo(0.1, 12);
    expect(found.problems[0]).toMatchObject({
      line: 34,
      message: "info.input_tokens must be a whole number of tokens from 1 to 10000000, got 1.5",
    });
  });

  test("one request per line with the engine's timestamps", () => {
    const line = (at: number): string =>
      `{"request_id": "b-${at}", "input_toks": 10, "output_toks": 5, "arrival_time": ${100 + at}, "queued_ts": 7.0, "scheduled_ts": 7.1, "first_token_ts": 7.5, "last_token_ts": 9.5}`;
    const found = read(`${line(0)}\n${line(2)}\nnot json\n`);
    expect(found).toMatchObject({ format: "vllm-requests", problemCount: 1 });
    expect([...found.requests.arrivalS]).toEqual([0, 2]);
    expect([...found.measured!.ttftS]).toEqual([0.5, 0.5]);
    expect([...found.measured!.tpotS]).toEqual([0.5, 0.5]);
    expect(found.problems[0]).toMatchObject({ line: 3, rule: "json" });
  });

  test.each([
    ["{}", /has no requests/],
    ['{"mean_ttft_ms": 12}', /has no requests/],
    ["[]", /has no requests/],
    ['[{"start_time": 1', /ends too early/],
  ])("%s is refused", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
