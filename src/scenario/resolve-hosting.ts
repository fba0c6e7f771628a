import { formatDuration } from "../base/units.js";
import {
  HIDDEN_NUMA_SLOWDOWN,
  HOSTING_PROFILES,
  type HostingProfile,
  type ProvisioningPhase,
  type Sourced,
} from "../performance/virtualization/hosting-profile.js";
import type { StepJitter } from "../performance/virtualization/step-jitter.js";
import type { ElasticNodes } from "./resolved-hosting.js";
import type { Assumption } from "./resolved.js";
import type { ElasticInput, HostingInput } from "./schema/hosting-schema.js";

const IDLE_TIMEOUT_S = 600;

/** The profile of a group that says more of its hosting than a label; undefined for a label or nothing. */
export function resolveHosting(
  group: { readonly name: string; readonly hosting?: HostingInput | string | undefined },
  assume: (assumption: Assumption) => void,
): HostingProfile | undefined {
  const { hosting } = group;
  if (hosting === undefined || typeof hosting === "string") return undefined;
  const given = <Value>(value: Value): Sourced<Value> => ({
    value,
    provenance: "given",
    source: `cluster.nodes[${group.name}].hosting`,
  });
  const preset = HOSTING_PROFILES[hosting.profile as keyof typeof HOSTING_PROFILES];
  const guestNuma = hosting.guestNuma === undefined ? preset.guestNuma : given(hosting.guestNuma);
  const profile: HostingProfile = {
    ...preset,
    ...(hosting.computeRatio === undefined ? {} : { computeRatio: given(hosting.computeRatio) }),
    ...(hosting.jitter === undefined ? {} : { jitter: given(jitterOf(hosting.jitter)) }),
    guestNuma: guestNuma as HostingProfile["guestNuma"],
    hostPathSlowdown: guestNuma.value === "hidden" ? HIDDEN_NUMA_SLOWDOWN : preset.hostPathSlowdown,
    ...(hosting.network === undefined ? {} : { network: given(hosting.network as "rdma" | "tcp") }),
    ...(hosting.gpuPeerToPeer === undefined ? {} : { gpuPeerToPeer: given(hosting.gpuPeerToPeer) }),
    ...(hosting.provisioning === undefined
      ? {}
      : { provisioning: given(phasesOf(hosting.provisioning)) }),
  };
  assumeProfile(group.name, profile, assume);
  return profile;
}

/** The elastic side of a group; undefined for a group whose nodes are always there. */
export function resolveElastic(
  group: { readonly name: string; readonly elastic?: ElasticInput | undefined },
  profile: HostingProfile | undefined,
  assume: (assumption: Assumption) => void,
): ElasticNodes | undefined {
  const { name, elastic } = group;
  if (elastic === undefined) return undefined;
  const phases: Sourced<readonly ProvisioningPhase[]> =
    elastic.provisioning === undefined
      ? (profile ?? HOSTING_PROFILES.vm).provisioning
      : {
          value: phasesOf(elastic.provisioning),
          provenance: "given",
          source: `cluster.nodes[${name}].elastic`,
        };
  assume({
    id: `elastic:${name}:provisioning`,
    what: `Time until a new node of ${name} takes jobs`,
    value: phasesText(phases.value),
    provenance: phases.provenance,
    source: phases.source,
  });
  return {
    nodesMin: elastic.min ?? 0,
    idleTimeoutS: elastic.idleTimeout ?? IDLE_TIMEOUT_S,
    provisioning: phases.value,
    ...(elastic.atOnce === undefined ? {} : { bootsAtOnceMax: elastic.atOnce }),
    ...(elastic.gpuQuota === undefined ? {} : { gpuQuota: elastic.gpuQuota }),
  };
}

/** Each number that the speed of jobs rests on; what changes nothing in a run is left out. */
function assumeProfile(
  group: string,
  profile: HostingProfile,
  assume: (assumption: Assumption) => void,
): void {
  const note = (key: string, what: string, value: string, sourced: Sourced<unknown>): void => {
    assume({
      id: `hosting:${group}:${key}`,
      what: `${what} of ${group} (${profile.name})`,
      value,
      provenance: sourced.provenance,
      source: sourced.source,
    });
  };
  const { computeRatio, jitter, guestNuma, hostPathSlowdown, network, gpuPeerToPeer } = profile;
  note(
    "compute-ratio",
    "Speed of computing relative to bare metal",
    String(computeRatio.value),
    computeRatio,
  );
  note("jitter", "Jitter of a step, per node", jitterText(jitter.value), jitter);
  if (guestNuma.value !== "native") {
    note("guest-numa", "NUMA nodes in the guest", guestNuma.value, guestNuma);
  }
  if (hostPathSlowdown.value !== 1) {
    note(
      "host-path",
      "Slowdown of work through host memory",
      `${hostPathSlowdown.value} times`,
      hostPathSlowdown,
    );
  }
  if (profile.name !== "bare-metal") {
    note("network", "Network between nodes", network.value, network);
    note(
      "peer-to-peer",
      "GPUs reach each other directly",
      gpuPeerToPeer.value ? "yes" : "no",
      gpuPeerToPeer,
    );
  }
  assume({
    id: "durations-on-bare-metal",
    what: "Where the durations of jobs were recorded",
    value: "on bare metal",
    provenance: "assumed",
    source:
      "a computeRatio above 1 for bare metal says that they were recorded on virtual machines",
  });
}

function jitterOf(written: NonNullable<HostingInput["jitter"]>): StepJitter {
  if (written.quantiles !== undefined) return { kind: "quantiles", shares: written.quantiles };
  if (written.mean !== undefined)
    return written.mean === 0 ? { kind: "none" } : { kind: "exponential", meanShare: written.mean };
  return { kind: "pauses", chance: written.chance ?? 0, lengthShare: written.pause ?? 0 };
}

function phasesOf(phases: NonNullable<ElasticInput["provisioning"]>): readonly ProvisioningPhase[] {
  return phases.map(({ name, median, sigma }) => ({ name, medianS: median, sigma: sigma ?? 0 }));
}

function phasesText(phases: readonly ProvisioningPhase[]): string {
  if (phases.length === 0) return "at once";
  return phases
    .map(
      ({ name, medianS, sigma }) =>
        `${name} ${formatDuration(medianS)}${sigma === 0 ? "" : ` (median, σ ${sigma})`}`,
    )
    .join(" + ");
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;

function jitterText(jitter: StepJitter): string {
  switch (jitter.kind) {
    case "none":
      return "none";
    case "exponential":
      return `exponential, ${percent(jitter.meanShare)} of a step in the mean`;
    case "pauses":
      return `${percent(jitter.chance)} of steps stop for ${jitter.lengthShare} of a step`;
    case "quantiles":
      return `measured, median ${percent(jitter.shares[Math.floor((jitter.shares.length - 1) / 2)]!)}, longest ${percent(jitter.shares.at(-1)!)}`;
  }
}
