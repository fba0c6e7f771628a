import { createInterface } from "node:readline/promises";

import { parseDuration } from "../base/units.js";
import { QUEUE_POLICIES } from "../policy/queue/registry.js";
import { parseMachines } from "../scenario/starter/machines.js";

/** Everything a first scenario needs that files do not say. */
export interface InitAnswers {
  readonly machines?: string;
  readonly trace?: string;
  readonly queue?: string;
  readonly wait?: string;
}

/** One question at the terminal. */
interface Question {
  readonly key: keyof InitAnswers;
  readonly text: string;
  readonly usual: string;
  /** What is wrong with an answer, in words. */
  fault(answer: string): string | undefined;
}

const QUESTIONS: readonly Question[] = [
  {
    key: "machines",
    text: "Which machines, and how many",
    usual: "8 x DGX H100",
    fault(answer) {
      const parsed = parseMachines(answer, "answer");
      if (parsed.ok) return undefined;
      const [{ message, suggestion }] = parsed.problems as [(typeof parsed.problems)[number]];
      return suggestion === undefined ? message : `${message}. Did you mean ${suggestion}?`;
    },
  },
  {
    key: "trace",
    text: "File with your jobs (empty: a generated week)",
    usual: "",
    fault: () => undefined,
  },
  {
    key: "queue",
    text: "Queue policy",
    usual: "fifo-skip",
    fault(answer) {
      const names = QUEUE_POLICIES.map(({ name }) => name);
      return names.includes(answer) ? undefined : `must be one of ${names.join(", ")}`;
    },
  },
  {
    key: "wait",
    text: "Longest wait that 95 % of jobs may have",
    usual: "1h",
    fault(answer) {
      const parsed = parseDuration(answer);
      return parsed.ok ? undefined : parsed.message;
    },
  },
];

/** Asks at the terminal for everything that is not known yet; Enter takes what is usual. */
export async function askForInit(
  known: InitAnswers,
  needed: ReadonlySet<keyof InitAnswers>,
): Promise<InitAnswers> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answers: Partial<Record<keyof InitAnswers, string>> = {};
    for (const question of QUESTIONS) {
      if (known[question.key] !== undefined || !needed.has(question.key)) continue;
      answers[question.key] = await ask(question, (text) => terminal.question(text));
    }
    return { ...answers, ...known };
  } finally {
    terminal.close();
  }
}

async function ask(
  { text, usual, fault }: Question,
  read: (text: string) => Promise<string>,
): Promise<string> {
  for (;;) {
    const written = (await read(`${text}${usual === "" ? "" : ` [${usual}]`}: `)).trim();
    const answer = written === "" ? usual : written;
    const wrong = answer === "" ? undefined : fault(answer);
    if (wrong === undefined) return answer;
    process.stderr.write(`  ${wrong}\n`);
  }
}
