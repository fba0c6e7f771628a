// What nvidia-smi prints, written for these tests from the formats: hosts that do not exist.

const WAYS = [
  // GPU0  GPU1   GPU2   GPU3   NIC0   NIC1
  ["X", "NV12", "SYS", "SYS", "PIX", "SYS"],
  ["NV12", "X", "SYS", "SYS", "PXB", "SYS"],
  ["SYS", "SYS", "X", "NV12", "SYS", "NODE"],
  ["SYS", "SYS", "NV12", "X", "SYS", "NODE"],
  ["PIX", "PXB", "SYS", "SYS", "X", "SYS"],
  ["SYS", "SYS", "NODE", "NODE", "SYS", "X"],
];
const NAMES = ["GPU0", "GPU1", "GPU2", "GPU3", "NIC0", "NIC1"];

/** Four cards bridged in pairs, two sockets, two adapters. */
export const TOPOLOGY = [
  `\t\u001B[4m${NAMES.join("\t")}\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\u001B[0m`,
  ...WAYS.map((row, index) => {
    const isGpu = index < 4;
    const affinity = isGpu ? `\t${index < 2 ? "0-31\t0" : "32-63\t1"}\t\tN/A` : "";
    return `${NAMES[index]!}\t${row.map((way) => (way === "X" ? " X " : way)).join("\t")}${affinity}`;
  }),
  "",
  "Legend:",
  "",
  "  X    = Self",
  "",
  "NIC Legend:",
  "",
  "  NIC0: mlx5_0",
  "  NIC1: mlx5_1",
].join("\n");

const gpu = (id: string, mig: string): string => `
  <gpu id="${id}">
    <product_name>NVIDIA A100 80GB PCIe</product_name>
    <fb_memory_usage><total>81920 MiB</total><used>0 MiB</used></fb_memory_usage>
    <gpu_power_readings><max_power_limit>300.00 W</max_power_limit></gpu_power_readings>
    <mig_mode><current_mig>${mig === "" ? "Disabled" : "Enabled"}</current_mig></mig_mode>
    <mig_devices>${mig === "" ? "None" : mig}</mig_devices>
  </gpu>`;

const INSTANCE = `<mig_device><gpu_instance_id>1</gpu_instance_id>
      <device_attributes><shared><multiprocessor_count>42</multiprocessor_count></shared></device_attributes>
      <fb_memory_usage><total>40192 MiB</total></fb_memory_usage></mig_device>`;

/** The report of the same host; one of its GPUs is cut in two. */
export const REPORT = `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
  <driver_version>550.00</driver_version>
  <attached_gpus>4</attached_gpus>${["0", "1", "2"].map((id) => gpu(id, "")).join("")}${gpu("3", INSTANCE + INSTANCE)}
</nvidia_smi_log>
`;

/** Places of an A30 as -lgipp lists them. */
export const PLACES = `GPU  0 Profile ID 14 Placements: {0,1,2,3}:1
GPU  0 Profile ID  5 Placements: {0,2}:2
GPU  0 Profile ID  0 Placement : {0}:4
GPU  1 Profile ID 14 Placements: {0,1,2,3}:1
`;

/** The names of its profiles as -lgip lists them. */
export const PROFILES = `+-----------------------------------------------------------------------------+
|   0  MIG 1g.6gb         14     4/4        5.81       No     14     1     0   |
|   0  MIG 2g.12gb         5     2/2        11.69      No     28     2     0   |
|   0  MIG 4g.24gb         0     1/1        23.44      No     56     4     0   |
+-----------------------------------------------------------------------------+
`;

/** Two configurations of mig-parted, one with a rule for another GPU. */
export const MIG_PARTED = `version: v1
mig-configs:
  all-disabled:
    - devices: all
      mig-enabled: false
  halves:
    - device-filter: ["0x20B710DE"]
      devices: all
      mig-enabled: true
      mig-devices: { 2g.12gb: 2 }
    - device-filter: ["0x20B510DE"]
      devices: [0]
      mig-enabled: true
      mig-devices: { 7g.80gb: 1 }
    - device-filter: ["0x20B510DE"]
      devices: [1]
      mig-enabled: true
      mig-devices: { 3g.40gb: 2 }
`;
