/**
 * The one style sheet of every page: a calm column, hairlines, figures that line up.
 *
 * Colours are variables, so light, dark and paper differ in one place. Drawings take the text's
 * colour through `currentColor`. No font is loaded: the reader's own system font is the fastest.
 */
export const STYLE_SHEET = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1d21; --soft: #5b6069; --line: #c9ccd2; --hair: #e7e8eb;
  --wash: #f5f5f3; --good: #00664a; --bad: #a33d00; --warn: #8a5a00; --link: #1b4f8a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171a; --ink: #e8e8e5; --soft: #a2a7b0; --line: #4a4e56; --hair: #2b2e33;
    --wash: #1d2024; --good: #5cc9a0; --bad: #f29463; --warn: #e0b357; --link: #8fbcef;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1.5rem; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", Arial, sans-serif;
  font-kerning: normal; overflow-wrap: break-word;
}
.page { max-width: 47.5rem; margin: 0 auto; padding: 3.5rem 1.25rem 5rem; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem .75rem; background: var(--paper); outline: 2px solid var(--link); }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
p { margin: .75rem 0; text-wrap: pretty; }
ul { margin: .75rem 0; padding-left: 1.15rem; }
code, pre { font: .9em/1.5 ui-monospace, "Cascadia Mono", Consolas, "Liberation Mono", monospace; }
code { overflow-wrap: anywhere; }

.kicker { margin: 0 0 .6rem; color: var(--soft); font-size: .8125rem; letter-spacing: .01em; }
h1 { margin: 0; font-size: 1.125rem; font-weight: 500; line-height: 1.4; color: var(--soft); text-wrap: balance; }
.headline {
  margin: .55rem 0 0; font-size: 1.75rem; font-weight: 600; line-height: 1.28;
  letter-spacing: -.012em; text-wrap: pretty;
}
.headline.long { font-size: 1.375rem; line-height: 1.38; letter-spacing: -.006em; }
.headline-rest { margin: .6rem 0 0; font-size: 1.0625rem; }
.subtitle { margin: .9rem 0 0; color: var(--soft); font-size: .9375rem; }

section { margin-top: 4rem; }
section.answer { margin-top: 0; }
h2 { margin: 0 0 1rem; padding-top: .9rem; border-top: 1px solid var(--ink); font-size: 1.25rem; font-weight: 600; line-height: 1.3; letter-spacing: -.005em; }
section.answer > h2 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.quiet, .answer > p:not(.headline, .headline-rest, .verdict) { color: var(--soft); font-size: .9375rem; }
.contents { margin: 2.25rem 0 0; padding: .85rem 0 0; border-top: 1px solid var(--hair); font-size: .875rem; }
.contents ol { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none; }

.table-box {
  margin: 1.5rem 0; overflow-x: auto;
  background:
    linear-gradient(to left, var(--paper) 30%, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(to left, var(--line), transparent) right / .6rem 100% no-repeat scroll;
}
table { width: 100%; border-collapse: collapse; font-size: .875rem; line-height: 1.45; font-variant-numeric: tabular-nums lining-nums; }
caption { padding: 0 0 .5rem; color: var(--soft); text-align: left; font-size: .8125rem; caption-side: top; }
th, td { padding: .42rem .9rem .42rem 0; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--hair); }
th.number, td.number { padding-right: 1.5rem; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-bottom: 1px solid var(--line); color: var(--soft); font-weight: 500; font-size: .8125rem; vertical-align: bottom; }
tbody th { min-width: 4.5rem; font-weight: 400; }
.number { text-align: right; white-space: nowrap; }
.number .note, .answer .number { white-space: normal; }
thead .number { white-space: normal; }
.unit { font-weight: 400; opacity: .85; }
.unit::before { content: "("; } .unit::after { content: ")"; }
.note { display: block; color: var(--soft); font-size: .78125rem; line-height: 1.35; font-weight: 400; }
tr.group th { padding-top: 1.1rem; font-weight: 600; border-bottom-color: var(--line); }
tbody:first-of-type tr.group th { padding-top: .55rem; }
td.good, th.good { color: var(--good); } td.bad, th.bad { color: var(--bad); } td.quiet { color: var(--soft); font-size: inherit; }
.answer td.good, .answer td.bad { font-weight: 600; white-space: nowrap; }
thead button { all: unset; cursor: pointer; }
thead button:hover { text-decoration: underline; text-underline-offset: .18em; }
thead button:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
th[aria-sort="ascending"] button::after { content: " ↑"; } th[aria-sort="descending"] button::after { content: " ↓"; }

.verdict { margin: 1rem 0; padding: .1rem 0 .1rem .9rem; border-left: 3px solid var(--warn); font-size: .9375rem; }
.verdict.pass { border-color: var(--good); } .verdict.fail { border-color: var(--bad); }
.verdict b { font-weight: 600; }
.commands { margin: 1.25rem 0; font-size: .875rem; }
.commands p { margin: 0 0 .35rem; color: var(--soft); font-size: .8125rem; }
.commands pre { margin: 0; padding: .6rem .8rem; background: var(--wash); white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }

figure { margin: 2.25rem 0; }
figcaption { margin: 0 0 .8rem; }
figcaption strong { display: block; font-size: 1rem; font-weight: 600; line-height: 1.4; }
figcaption span { display: block; margin-top: .1rem; color: var(--soft); font-size: .875rem; line-height: 1.5; text-wrap: pretty; }
.chart-drawing { display: block; width: 100%; height: auto; color: var(--ink); font-variant-numeric: tabular-nums; }
.narrow { display: none; }
@media (min-width: 40rem), print {
  .answer tbody th, #assumptions tbody th { min-width: 9.5rem; }
}
details { margin: .6rem 0; font-size: .875rem; }
summary { width: fit-content; cursor: pointer; color: var(--soft); }
summary:hover { color: var(--ink); }
details .table-box { margin: .75rem 0; }
details.explanation { margin: -.25rem 0 1.25rem; }
details.explanation p { max-width: 42rem; color: var(--soft); }
footer { margin-top: 4rem; padding-top: .9rem; border-top: 1px solid var(--hair); color: var(--soft); font-size: .8125rem; }

@media (max-width: 40rem) {
  .page { padding: 1.75rem 1rem 3rem; }
  .headline { font-size: 1.375rem; } .headline.long { font-size: 1.1875rem; }
  section { margin-top: 3rem; }
  table { font-size: .8125rem; } th, td, th.number, td.number { padding-right: .7rem; }
  th:last-child, td:last-child { padding-right: 0; }
  .number { white-space: normal; }
  tbody th { min-width: 7.5rem; }
  td:not(.number) { min-width: 8rem; } .answer td:not(.number) { min-width: 0; }
  .answer td.good, .answer td.bad { white-space: normal; }
  .wide { display: none; } .narrow { display: block; }
}
@media screen and (max-width: 40rem) {
  .stacked, .stacked tbody, .stacked tr, .stacked caption { display: block; }
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .stacked tr { padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .stacked tr.group { border-bottom: 0; padding-bottom: 0; }
  .stacked tbody th { display: block; min-width: 0; padding: .1rem 0; border: 0; font-weight: 600; }
  .stacked tbody th .note { font-weight: 400; }
  .stacked td, .stacked td.number {
    display: flex; justify-content: space-between; gap: 1rem; min-width: 0; padding: .1rem 0; border: 0; text-align: right;
  }
  .stacked td::before { content: attr(data-label); color: var(--soft); text-align: left; flex: 0 1 auto; font-weight: 400; }
  .stacked td:has(> span:empty) { display: none; }
  .stacked td > span { flex: 0 1 auto; white-space: normal; }
  .stacked td:not(.number) > span { text-align: left; }
}
@media print {
  .table-box { background: none; }
  :root {
    color-scheme: light;
    --paper: #ffffff; --ink: #000000; --soft: #45494f; --line: #9a9ea6; --hair: #d5d7db;
    --wash: #f5f5f3; --good: #00553d; --bad: #8a3300; --warn: #8a5a00; --link: #000000;
  }
  @page {
    margin: 15mm;
    @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; color: #45494f; }
  }
  body { font-size: 10.5pt; }
  .page { max-width: none; padding: 0; }
  .skip, .contents { display: none; }
  .wide { display: block; } .narrow { display: none; }
  section { margin-top: 2rem; }
  h2, figcaption, caption, tr.group, details.explanation, details.explanation p { break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  tr, figcaption, .verdict, .commands, .drawing, details.explanation { break-inside: avoid; }
  figure details { font-size: 8pt; } figure details table { font-size: 8pt; line-height: 1.3; }
  figure details th, figure details td { padding-top: .12rem; padding-bottom: .12rem; }
  thead { display: table-header-group; }
  .table-box { overflow: visible; }
  .number { white-space: normal; }
  .answer tbody th { min-width: 7rem; }
  th, td, th.number, td.number { padding-right: .7rem; }
  th:last-child, td:last-child { padding-right: 0; }
  .folded > summary { display: none; }
  a { text-decoration: none; }
  summary { list-style: none; } summary::-webkit-details-marker { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`.trim();
