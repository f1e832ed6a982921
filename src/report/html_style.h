// The style sheet of the HTML report. It knows light and dark, and turns rows into cards on narrow
// screens. The content security policy names its hash, so nothing else can style the page. Private
// to `report`.
#pragma once

namespace stowaway::report {

inline constexpr char kHtmlStyle[] = R"css(
:root {
  color-scheme: light dark;
  --page: #fbfbf9; --card: #ffffff; --ink: #1c2330; --soft: #566072; --line: #dcdfe4;
  --good: #17663a; --good-back: #e2f3e8; --warn: #7c4a03; --warn-back: #fdf0d8;
  --bad: #9b1c1c; --bad-back: #fde8e8; --calm: #42506a; --calm-back: #e9edf4; --bar: #2f6fb2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171c; --card: #1c2027; --ink: #e6e9ee; --soft: #a3adbc; --line: #343b46;
    --good: #8fdcae; --good-back: #173323; --warn: #f2c877; --warn-back: #3a2c10;
    --bad: #f5a3a3; --bad-back: #431c1c; --calm: #b8c4da; --calm-back: #29313f; --bar: #6aa7e6;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 76rem;
  background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .5rem; font-size: 1.125rem; }
p { margin: .25rem 0; max-width: 65ch; }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
.soft, dt, figcaption, footer { color: var(--soft); }
.partial {
  margin: 1rem 0; padding: .75rem 1rem; max-width: none;
  border-left: .25rem solid var(--bad); background: var(--bad-back); color: var(--bad);
}
dl { display: flex; flex-wrap: wrap; gap: .75rem 2rem; margin: 1rem 0; }
dt { font-size: .8125rem; }
dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
thead th { font-size: .8125rem; font-weight: 600; color: var(--soft); border-top: 0; white-space: nowrap; }
thead .number { text-align: right; }
tbody th { font-weight: 400; }
td { overflow-wrap: anywhere; }
.depth-1 { padding-left: 2rem; } .depth-2 { padding-left: 3.25rem; } .depth-3 { padding-left: 4.5rem; }
.note { display: block; font-size: .875rem; font-weight: 400; color: var(--soft); }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.verdict { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .875rem; white-space: nowrap; }
.identical, .subset { color: var(--good); background: var(--good-back); }
.modified { color: var(--warn); background: var(--warn-back); }
.fragment { color: var(--calm); background: var(--calm-back); }
meter { display: block; width: 5rem; height: .5rem; margin-left: auto; }
meter::-webkit-meter-bar { background: var(--line); border: 0; border-radius: .25rem; }
meter::-webkit-meter-optimum-value { background: var(--bar); border-radius: .25rem; }
meter::-moz-meter-bar { background: var(--bar); }
summary { cursor: pointer; }
ul { margin: .25rem 0; padding-left: 1.25rem; }
li { overflow-wrap: anywhere; }
footer { margin-top: 2.5rem; font-size: .875rem; }
@media (max-width: 45rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, tbody th, td { display: block; }
  tr { padding: .75rem; border-top: 1px solid var(--line); }
  tr:first-child { border-top: 0; }
  th, td { padding: .125rem 0; border: 0; }
  .depth-1 { padding-left: 0; } .depth-2 { padding-left: 0; } .depth-3 { padding-left: 0; }
  tbody th { padding-bottom: .25rem; font-weight: 600; }
  td { display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem; text-align: left; white-space: normal; }
  td::before { content: attr(data-label); color: var(--soft); font-size: .875rem; }
  .number { text-align: left; }
  meter { margin-left: 0; width: 8rem; }
}
@media print { body { max-width: none; padding: 0; } table { break-inside: auto; } tr { break-inside: avoid; } }
)css";

}  // namespace stowaway::report
