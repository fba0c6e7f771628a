/**
 * What the charts of an interactive page are made live with: the part of Vega that draws, and its interpreter, which
 * needs no `eval` and so works under the page's content security policy.
 *
 * Specifications are compiled before they reach a page, so Vega-Lite is not needed there.
 */
import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";

Object.assign(globalThis, { headroomVega: { parse, View, expressionInterpreter } });
