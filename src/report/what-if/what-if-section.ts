import type { WhatIfPart } from "../block.js";

/** Marks of a script's end, or of a comment, that must not stand in data inside a page. */
const escapeJson = (json: string): string => json.replaceAll("<", "\\u003c");

/**
 * The section a reader plays with. Its form is filled by the page's script; without scripts it says what to do
 * instead.
 */
export function whatIfSection({ data, bundle }: WhatIfPart): string {
  return `<section id="what-if" aria-labelledby="what-if-title">
<h2 id="what-if-title">What if …</h2>
<p>Change something, and this page simulates the scenario again: the same program as on the command line, in your browser, offline. Nothing leaves the page.</p>
<noscript><p class="verdict warn"><b>▲ Note.</b> This part needs scripts. The same on the command line: <code>headroom run … --set path=value</code>.</p></noscript>
<form class="what-if" hidden>
<div class="what-if-controls"></div>
<p class="what-if-buttons"><button type="button" data-do="reset">Back to the scenario</button> <button type="button" data-do="save" disabled>Save result.json</button></p>
<p class="what-if-state" role="status" aria-live="polite"></p>
<div class="table-box"><table class="what-if-goals"><caption>Goals</caption><thead><tr><th scope="col">Goal</th><th scope="col" class="number">Target</th><th scope="col" class="number">In this report</th><th scope="col" class="number">Now</th></tr></thead><tbody></tbody></table></div>
<div class="table-box"><table class="what-if-figures"><caption>Figures</caption><thead><tr><th scope="col">Figure</th><th scope="col" class="number">In this report</th><th scope="col" class="number">Now</th><th scope="col" class="number">Change</th></tr></thead><tbody></tbody></table></div>
<div class="commands"><p>The same on the command line</p><pre tabindex="0"><code class="what-if-command"></code></pre></div>
</form>
<script type="application/json" id="what-if-data">${escapeJson(data)}</script>
<script type="text/plain" id="what-if-program">${bundle}</script>
</section>`;
}

/** What the form adds to the style sheet. */
export const WHAT_IF_STYLE = `
.what-if-controls { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1.1rem 2rem; margin: 1.5rem 0; }
.what-if-controls label { display: block; font-size: .875rem; }
.what-if-controls output { float: right; font-variant-numeric: tabular-nums; font-weight: 600; }
.what-if-controls .changed { color: var(--link); }
.what-if-controls input, .what-if-controls select { display: block; box-sizing: border-box; width: 100%; margin: .3rem 0 0; font: inherit; accent-color: var(--link); }
.what-if-controls select { padding: .3rem; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 3px; }
.what-if-buttons button { font: inherit; font-size: .875rem; padding: .35rem .8rem; color: inherit; background: var(--wash); border: 1px solid var(--line); border-radius: 3px; cursor: pointer; }
.what-if-buttons button:disabled { opacity: .5; cursor: default; }
.what-if-state { min-height: 3.1em; font-size: .9375rem; }
.what-if table td:first-child, .what-if table th:first-child { text-align: left; }
@media print { section#what-if { display: none; } }
`;
