import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { InputError } from "../../src/diagnostics/problem.js";
import { TRACE_FORMATS } from "../../src/workload/formats/registry.js";
import { readTraceText } from "../../src/workload/read-trace.js";

// Goal: whatever a file holds, the reader says what is wrong with it in the user's terms. Method: damage a
// small valid file of every format at random places; only a table or an InputError may come out, and
// a table must hold numbers that a simulation can run.
const SAMPLES: Readonly<Record<string, string>> = {
  "headroom-csv": "id,submit_s,duration_s,gpus,tenant\na,0,10,1,x\nb,5,20,8,y\n",
  "philly-csv":
    "timestamp,duration,num_gpus,gpu_time,cluster\n2017-10-09 07:00:00,60.0,8,480.0,a\n2017-10-09 07:01:00,5,16,80,b\n",
  "philly-json":
    '[{"status":"Pass","vc":"v","jobid":"a","submitted_time":"2017-10-09 07:00:00","user":"u","attempts":[{"start_time":"2017-10-09 07:01:00","end_time":"2017-10-09 07:02:00","detail":[{"ip":"m","gpus":["gpu0"]}]}]}]',
  "helios-csv":
    "user,vc,jobname,gpu_num,state,submit_time,duration\nu,v,j,3,Pass,2017-10-01 00:01:55,61\n",
  "tiresias-csv":
    "job_id,num_gpu,submit_time,iterations,model_name,duration,interval\n0,1,0,10,r,61,9\n",
  "pai-simulator-csv":
    "job_id,user,num_gpu,num_cpu,num_inst,submit_time,duration\nj1,u,0.25,6,4,10,100\n",
  "pai-tables": "job1,worker,2.0,Terminated,1005.0,1500.0,400.0,29.3,50.0,MISC\n",
  "spot-2026-csv":
    "job_name,organization,gpu_model,cpu_request,gpu_request,worker_num,submit_time,duration,job_type\n1,13,A10,20,1,4,0,99,HP\n",
  "dlrm-2025-csv":
    "instance_sn,role,app_name,cpu_request,gpu_request,memory_request,creation_time,scheduled_time,deletion_time\ni,HN,a,12,1,120.0,100,110,1000\n",
  "openb-pods-csv":
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\np0,12000,16384,1,460,A|B,LS,Running,100,500,130\n",
  "pollux-csv": "name,time,application,num_replicas,batch_size\nc-0,107,cifar10,6,2048\n",
  "slurm-sacct":
    "JobID|User|Account|State|Submit|Start|End|TimelimitRaw|NNodes|ReqTRES|AllocTRES\n7|u|a|COMPLETED|2026-01-05T08:00:00|2026-01-05T08:01:00|2026-01-05T09:00:00|720|1|gres/gpu=1|gres/gpu=1,mem=1T\n",
  "kubectl-pods":
    '{"kind":"List","items":[{"kind":"Pod","metadata":{"name":"p","creationTimestamp":"2026-01-05T08:00:00Z"},"spec":{"containers":[{"resources":{"limits":{"nvidia.com/gpu":"1"}}}]},"status":{"phase":"Succeeded","startTime":"2026-01-05T08:01:00Z","containerStatuses":[{"state":{"terminated":{"finishedAt":"2026-01-05T09:01:00Z"}}}]}}]}',
  "batsim-json":
    '{"nb_res":4,"jobs":[{"id":"a","subtime":1,"walltime":9,"res":4,"profile":"d"}],"profiles":{"d":{"type":"delay","delay":5}}}',
  "gavel-trace": "LM\tcmd\tdir\t--steps\t1\t134583\t16\tgns\t1\t-1.000000\t1418\t7\n",
  swf: "; Version: 2.2\n1 0 120 3600 8 -1 -1 8 7200 -1 1 3 1 -1 1 1 -1 -1\n",
};

const piece = fc.constantFrom(
  ...[
    "",
    ",",
    "|",
    "\t",
    "\n",
    '"',
    "{",
    "}",
    "[",
    "]",
    ":",
    "-",
    "0",
    "9e99",
    "NaN",
    "null",
    "\0",
  ],
  ...["1e308", "None", " ", "2026-99-99 99:99:99", "é", "\uD800", "a".repeat(300), "__proto__"],
);
const damage = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(12), put: piece }),
  { minLength: 1, maxLength: 4 },
);

describe("damaged files", () => {
  test("there is a sample of every format, and it is recognised", () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(TRACE_FORMATS.map(({ name }) => name).sort());
    for (const [name, text] of Object.entries(SAMPLES)) {
      const opening = { file: "t", text, firstLine: text.split("\n")[0]! };
      const first = TRACE_FORMATS.find((format) => format.detect(opening) !== undefined);
      expect(first?.name).toBe(name);
    }
  });

  test.each(Object.keys(SAMPLES))("%s: a table or an InputError", (format) => {
    fc.assert(
      fc.property(damage, (changes) => {
        let text = SAMPLES[format]!;
        for (const { at, cut, put } of changes) {
          const from = Math.floor(at * text.length);
          text = text.slice(0, from) + put + text.slice(from + cut);
        }
        try {
          const options = { format, brokenRows: "leave-out", processorsPerGpu: 1 } as const;
          const { jobs } = readTraceText("t", text, options);
          for (let row = 0; row < jobs.count; row += 1) {
            const { gpuCount, gpuMilli } = jobs.shapes[jobs.shape[row]!]!;
            const sound =
              Number.isFinite(jobs.submitS[row]) &&
              jobs.durationS[row]! >= 0 &&
              Number.isFinite(jobs.durationS[row]) &&
              jobs.workers[row]! >= 1 &&
              jobs.workers[row]! <= 1e6 &&
              (jobs.gangGpus?.[row] ?? 0) >= 0 &&
              Number.isInteger(gpuCount) &&
              gpuCount >= 0 &&
              (gpuCount === 0 ? gpuMilli === 0 : gpuMilli >= 1 && gpuMilli <= 1000);
            expect(sound, `row ${row} of ${JSON.stringify(text)}`).toBe(true);
          }
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 250 },
    );
  });
});
