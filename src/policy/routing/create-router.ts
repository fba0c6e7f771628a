import type { RandomStream } from "../../engine/streams.js";
import { createEndpointPicker, type EndpointPickerOptions } from "./endpoint-picker.js";
import type { Router } from "./router.js";
import {
  createLeastOutstanding,
  createRandomRouter,
  createRoundRobin,
  createSessionAffinity,
} from "./simple-routers.js";

/** Routers by name. */
export const ROUTER_NAMES = [
  "round-robin",
  "random",
  "least-outstanding",
  "session-affinity",
  "endpoint-picker",
] as const;
/** How requests find their replica. */
export type RouterName = (typeof ROUTER_NAMES)[number];

/** A router with what its kind may be told. */
export type RouterSpec =
  | { readonly name: Exclude<RouterName, "endpoint-picker"> }
  | ({ readonly name: "endpoint-picker" } & EndpointPickerOptions);

/** Makes a router with the state of one run. @param stream for those that draw */
export function createRouter(spec: RouterName | RouterSpec, stream: RandomStream): Router {
  const known: RouterSpec = typeof spec === "string" ? { name: spec } : spec;
  switch (known.name) {
    case "round-robin":
      return createRoundRobin();
    case "random":
      return createRandomRouter(stream);
    case "least-outstanding":
      return createLeastOutstanding();
    case "session-affinity":
      return createSessionAffinity();
    case "endpoint-picker":
      return createEndpointPicker(stream, known);
  }
}
