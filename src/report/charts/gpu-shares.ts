import type { ChartBlock, TableContent } from "../block.js";
import { formatShare } from "../format/number.js";
import { perConfiguration } from "../format/per-configuration.js";
import { GPU_STATES, type GpuState } from "../gpu-states.js";
import { type ChartLayout, type VegaLiteSpec, chartBlock, chartSpec, topLegend } from "./theme.js";

/** How one configuration spent its GPU time: shares by state, summing to 1. */
export interface GpuShares {
  readonly name: string;
  readonly shareByState: ReadonlyMap<GpuState, number>;
}

const TITLE = "How was the GPU time spent?";

/** One bar per configuration, from 0 to 100 % of its GPU time, labelled in place. */
export function gpuSharesChart(shares: readonly GpuShares[]): ChartBlock {
  const states = GPU_STATES.filter(({ state }) =>
    shares.some(({ shareByState }) => (shareByState.get(state) ?? 0) > 0),
  );
  const description = perConfiguration(
    shares.map(({ name, shareByState }) => {
      const parts = states
        .map(({ state }) => ({ state, share: shareByState.get(state) ?? 0 }))
        .filter(({ share }) => share > 0)
        .map(({ state, share }) => `${formatShare(share)} ${state}`);
      return { name, sentence: parts.join(", ") };
    }),
  );
  return chartBlock(
    { id: "gpu-shares", title: TITLE, description, data: dataTable(shares, states) },
    (layout) => draw(layout, { shares, states, description }),
  );
}

type States = typeof GPU_STATES;

function dataTable(shares: readonly GpuShares[], states: States): TableContent {
  return {
    caption: "Share of GPU time by state",
    columns: [
      { header: "Configuration" },
      ...states.map(({ state }) => ({
        header: state,
        unit: "%",
        digits: 3,
        align: "right" as const,
      })),
    ],
    rows: shares.map(({ name, shareByState }) => [
      name,
      ...states.map(({ state }) => (shareByState.get(state) ?? 0) * 100),
    ]),
  };
}

function draw(
  layout: ChartLayout,
  chart: {
    readonly shares: readonly GpuShares[];
    readonly states: States;
    readonly description: string;
  },
): VegaLiteSpec {
  const { shares, states, description } = chart;
  const values = shares.flatMap((one) => segments(one, states, layout));
  const x = {
    field: "from",
    type: "quantitative",
    scale: { domain: [0, 1], nice: false },
    axis: { title: "share of GPU time", format: ".0%", values: [0, 0.25, 0.5, 0.75, 1] },
  };
  const y = {
    field: "configuration",
    type: "nominal",
    sort: null,
    axis: {
      title: null,
      domain: false,
      ticks: false,
      labelLimit: layout.name === "wide" ? 180 : 90,
    },
  };
  return chartSpec(
    layout,
    { title: TITLE, description, heightPx: 18 + 34 * shares.length },
    {
      data: { values },
      layer: [
        {
          mark: {
            type: "bar",
            height: 22,
            stroke: "currentColor",
            strokeWidth: 0.8,
            strokeOpacity: 0.6,
          },
          encoding: { x, x2: { field: "to" }, y, color: stateColor(states, layout) },
        },
        // One layer per state: text on a fill needs that fill's own ink.
        ...states.map(({ state, ink }) => ({
          transform: [{ filter: { field: "state", equal: state } }],
          mark: { type: "text", color: ink, fontWeight: 600 },
          encoding: {
            x: { field: "middle", type: "quantitative" },
            y,
            text: { field: "label", type: "nominal" },
          },
        })),
      ],
    },
  );
}

function stateColor(states: States, layout: ChartLayout): VegaLiteSpec {
  return {
    field: "state",
    type: "nominal",
    scale: {
      domain: states.map(({ state }) => state),
      range: states.map(({ fill }) => fill ?? "transparent"),
    },
    legend: {
      ...topLegend(
        layout,
        states.map(({ state }) => state),
      ),
      symbolType: "square",
      symbolStrokeColor: "currentColor",
      symbolStrokeWidth: 0.8,
    },
  };
}

function segments(
  { name, shareByState }: GpuShares,
  states: States,
  layout: ChartLayout,
): readonly VegaLiteSpec[] {
  // A label needs this much of the bar; narrower segments are read from the table.
  const labelFrom = layout.name === "wide" ? 0.09 : 0.22;
  let from = 0;
  return states.flatMap(({ state }) => {
    const share = shareByState.get(state) ?? 0;
    if (share === 0) return [];
    const to = from + share;
    const segment = {
      configuration: name,
      state,
      share,
      from,
      to,
      middle: (from + to) / 2,
      label: share >= labelFrom ? formatShare(share) : "",
    };
    from = to;
    return [segment];
  });
}
