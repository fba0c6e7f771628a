import { describe, expect, test } from "vitest";

import { asksWhether } from "./asks-whether.js";

const alone = { hasAlternatives: false };
const asks = (question: string | null): boolean => asksWhether(question, alone);

describe("asksWhether", () => {
  test.each([
    "Is an 8-node H100 cluster enough for this team's week, and what happens at +25 % load?",
    "Are two spare nodes enough for a training job on 64 nodes to spend 95 % of its time on training?",
    "Can a chat service share eight H100 nodes with training, and who pays for whom?",
    "Does a two-node site survive a failure while its nodes are upgraded?",
    "Can 1,000 stores take a new model within a week without customers noticing?",
    "Does inspection on the floor keep its 150 ms while models come from the cloud and lines fail?",
    "With 8 nodes, does the p95 stay under an hour?",
    "If training may go to the cloud, is it done within 30 hours, with all answers on premises?",
    "When a node is lost, will the service keep its promise?",
    "We have 8 nodes. Is that enough?",
    "Do 95 % of jobs start in less than 4 h?",
    "Could 16 nodes hold at least 90 % of the jobs?",
    "Have we got capacity for the year?",
    "Should we buy 14 nodes?",
    "May one node serve Llama 3.3 70B?",
    "does it fit?",
    "  Is it\tenough?  ",
  ])("yes can answer: %s", (question) => {
    expect(asks(question)).toBe(true);
  });

  test.each([
    null,
    "",
    "?",
    "H100 or H200",
    "Is it enough",
    "How many nodes do we need?",
    "How many nodes, do you think, are needed?",
    "Which queue is best?",
    "What does a site lose that is cut off for 30 days?",
    "When do we run out, and is it soon?",
    "When is it full?",
    "How long do jobs wait?",
    "With 8 nodes, how long do jobs wait?",
    "In which region, do you think, is room?",
    "Buy bare metal or take virtual machines?",
    "Wie viele Knoten brauchen wir?",
    "Reichen acht Knoten?",
    "Combien de nœuds faut-il ?",
    "Wie lange dauert es, is das genug?",
  ])("yes is no answer: %s", (question) => {
    expect(asks(question)).toBe(false);
  });

  test.each([
    "Do jobs wait?",
    "Does anybody wait longer than an hour?",
    "Does the fleet lose data?",
    "Will we need another node?",
    "Do we have to buy?",
    "Isn't it enough?",
    "Is it not enough?",
    "Is eight nodes too few?",
    "Does a job fail?",
    "Is H200 cheaper?",
    "Is H100 or H200 enough?",
    "Does MIG help?",
    "Is it worth buying two nodes?",
    "Can you tell how many nodes are needed?",
    "Should the team buy two more nodes, rather than rent?",
    "Is it enough? And for how long?",
    "Is one machine enough for 16 requests a second, and would H200 do it for a lower price?",
    "Does it fit and is it in time?",
    "Does it fit, or does it spill?",
  ])("yes would say something else than that goals are met: %s", (question) => {
    expect(asks(question)).toBe(false);
  });

  test("should asks for a choice where there is one", () => {
    expect(asksWhether("Should we run 14 nodes?", { hasAlternatives: true })).toBe(false);
    expect(asksWhether("Do 14 nodes do?", { hasAlternatives: true })).toBe(true);
  });
});
