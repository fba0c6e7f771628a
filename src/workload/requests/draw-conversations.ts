import type { RandomStream } from "../../engine/streams.js";
import type { ConversationDescription, TrafficClass } from "./traffic-description.js";
import { createValueSampler } from "./value-sampler.js";

/** Tokens of a prompt without its shared beginning, and of its answer. */
export interface DrawnLengths {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Draws what one class of traffic asks. */
export interface ClassDraws {
  /** Lengths of one question, or of the first of a conversation. */
  lengths(): DrawnLengths;
  /**
   * Calls back for every request of one start: once for a single question, for each turn of a conversation
   * with the seconds since it began.
   */
  requests(emit: (afterS: number, promptTokens: number, outputTokens: number) => void): void;
}

const ANSWER_S_PER_TOKEN = 0.02;

/** Makes the draws of a class; each kind of number has a stream of its own. */
export function createClassDraws(of: TrafficClass, stream: RandomStream): ClassDraws {
  const lengths = lengthsOf(of, stream);
  const prefixTokens = of.prefix?.tokens ?? 0;
  const { conversation } = of;
  if (conversation === undefined) {
    return {
      lengths,
      requests(emit) {
        const { promptTokens, outputTokens } = lengths();
        emit(0, prefixTokens + promptTokens, outputTokens);
      },
    };
  }
  return { lengths, requests: conversationOf(conversation, prefixTokens, lengths, stream) };
}

function lengthsOf({ lengths }: TrafficClass, stream: RandomStream): () => DrawnLengths {
  if (lengths.kind === "pairs") {
    const pairs = stream.fork("pairs");
    const { promptTokens, outputTokens } = lengths;
    return () => {
      const row = pairs.integerBelow(promptTokens.length);
      return { promptTokens: promptTokens[row]!, outputTokens: outputTokens[row]! };
    };
  }
  const prompt = createValueSampler(lengths.promptTokens);
  const output = createValueSampler(lengths.outputTokens);
  const prompts = stream.fork("prompt");
  const outputs = stream.fork("output");
  return () => ({ promptTokens: whole(prompt(prompts)), outputTokens: whole(output(outputs)) });
}

function conversationOf(
  conversation: ConversationDescription,
  prefixTokens: number,
  lengths: () => DrawnLengths,
  stream: RandomStream,
): ClassDraws["requests"] {
  const { answerSPerToken = ANSWER_S_PER_TOKEN, contextTokensMax } = conversation;
  const turns = createValueSampler(conversation.turns);
  const added = createValueSampler(conversation.addedTokens);
  const think = createValueSampler(conversation.thinkS);
  const streams = {
    turns: stream.fork("turns"),
    added: stream.fork("added"),
    think: stream.fork("think"),
  };
  return (emit) => {
    const turnsWanted = whole(turns(streams.turns));
    let afterS = 0;
    let context = prefixTokens;
    for (let turn = 0; turn < turnsWanted; turn++) {
      const drawn = lengths();
      const outputTokens = Math.min(drawn.outputTokens, contextTokensMax - 1);
      let promptTokens = context + (turn === 0 ? drawn.promptTokens : whole(added(streams.added)));
      if (promptTokens + outputTokens > contextTokensMax) {
        if (turn > 0) return;
        promptTokens = contextTokensMax - outputTokens;
      }
      emit(afterS, promptTokens, outputTokens);
      context = promptTokens + outputTokens;
      afterS += outputTokens * answerSPerToken + Math.max(0, think(streams.think));
    }
  };
}

/** Tokens and turns are whole and at least one. */
function whole(value: number): number {
  return Math.max(1, Math.round(value));
}
