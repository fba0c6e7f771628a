import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** A Slurm of one node that runs while a test does. */
export interface SlurmCluster {
  /** For programs that talk to it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
}

/** Why no cluster can be started here; undefined when one can. */
export function slurmFault(): string | undefined {
  if (process.getuid?.() !== 0) return "the daemons of Slurm are started as root";
  const missing = ["munged", "slurmctld", "slurmd", "sbatch"].filter(
    (name) => spawnSync("sh", ["-c", `command -v ${name}`], pathOf()).status !== 0,
  );
  return missing.length === 0 ? undefined : `not installed: ${missing.join(", ")}`;
}

/** Debian keeps daemons where only root's path looks. */
function pathOf(): { readonly env: Readonly<Record<string, string>> } {
  return {
    env: {
      ...(process.env as Record<string, string>),
      PATH: `/usr/sbin:/sbin:${process.env["PATH"] ?? ""}`,
    },
  };
}

/** Starts munged, slurmctld and slurmd with everything they write below a folder, on ports of their own. */
export async function startSlurm(folder: string): Promise<SlurmCluster> {
  const children: ChildProcess[] = [];
  const { env } = pathOf();
  const start = (command: string, args: readonly string[]): void => {
    children.push(spawn(command, args, { env: { ...env, SLURM_CONF: conf }, stdio: "ignore" }));
  };
  const socket = join(folder, "munge.socket");
  const key = join(folder, "munge.key");
  const conf = join(folder, "slurm.conf");
  for (const name of ["state", "spool"]) mkdirSync(join(folder, name));
  chmodSync(folder, 0o755);
  chownSync(folder, 0, 0);
  writeFileSync(key, Buffer.alloc(1024, process.pid % 251), { mode: 0o400 });
  writeFileSync(conf, configuration(folder, socket));
  const stop = (): void => {
    for (const child of children.reverse()) child.kill("SIGKILL");
  };
  start("munged", [
    ...["--foreground", "--force", `--socket=${socket}`, `--key-file=${key}`],
    ...[`--pid-file=${join(folder, "munged.pid")}`, `--seed-file=${join(folder, "munged.seed")}`],
    `--log-file=${join(folder, "munged.log")}`,
  ]);
  await until(() => existsSync(socket), "munged has no socket", stop);
  start("slurmctld", ["-D", "-f", conf]);
  start("slurmd", ["-D", "-f", conf]);
  const isIdle = (): boolean =>
    spawnSync("sinfo", ["--noheader", "--format=%T"], {
      env: { ...env, SLURM_CONF: conf },
      encoding: "utf8",
    }).stdout?.includes("idle") === true;
  await until(isIdle, "the node is not idle", stop);
  return { env: { PATH: env["PATH"]!, SLURM_CONF: conf }, stop };
}

/** Waits for something that takes half a minute at most where nothing else runs. */
export async function until(isTrue: () => boolean, fault: string, give: () => void): Promise<void> {
  const endMs = Date.now() + 300_000;
  while (!isTrue()) {
    if (Date.now() > endMs) {
      give();
      throw new Error(`slurm: ${fault} after 300 s`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function configuration(folder: string, socket: string): string {
  const host = hostname().split(".")[0]!;
  const port = 20_000 + 2 * (process.pid % 10_000);
  return `ClusterName=headroom
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${socket}
CredType=cred/munge
SlurmctldPort=${port}
SlurmdPort=${port + 1}
StateSaveLocation=${join(folder, "state")}
SlurmdSpoolDir=${join(folder, "spool")}
SlurmctldPidFile=${join(folder, "slurmctld.pid")}
SlurmdPidFile=${join(folder, "slurmd.pid")}
SlurmctldLogFile=${join(folder, "slurmctld.log")}
SlurmdLogFile=${join(folder, "slurmd.log")}
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=1
ReturnToService=2
MailProg=/bin/true
NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=200 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}
