// Runs one case of one suite in a process of its own, so that no case sees the compiled code or the
// heap another one left behind. Started by run.mjs; not meant to be called by hand.
import { suites } from "./suites/index.mjs";

const { id, parameters, samples, quick } = JSON.parse(process.argv[2]);
const suite = suites.find((candidate) => candidate.id === id);
if (suite === undefined) throw new Error(`bench: no suite ${id}`);

const state = await suite.prepare(parameters, { quick });
for (let i = 0; i < samples; i++) process.send({ sample: await suite.run(state) });
process.disconnect();
