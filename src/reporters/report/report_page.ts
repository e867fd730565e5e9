/**
 * The page of a report.
 *
 * @module
 */
import chartLicence from "uplot/LICENSE" with { type: "text" };
import chartStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import chartScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import style from "./page.css" with { type: "text" };
import script from "./page.js" with { type: "text" };
import type { ReportData } from "./report_data.ts";

/** How a page is made. */
export interface PageOptions {
  /** Whether it asks its server for more, as the page of a run that goes on does; false by default. */
  readonly live?: boolean;
}

/**
 * Writes the page: one file of HTML with style, scripts and data in it, which asks for nothing else.
 *
 * @param data what it shows
 * @param options whether it is live
 * @returns the text of the file
 */
export function reportPage(data: ReportData, { live = false }: PageOptions = {}): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; " +
    `img-src data:${live ? "; connect-src 'self'" : ""}`;
  return `<!doctype html>
<!-- Charts by uPlot 1.6.32, under this licence:
${chartLicence.trim()}
-->
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(data.title)}</title>
<link rel="icon" href="data:,">
<style>
${chartStyle}
${style}</style>
</head>
<body${live ? " data-live" : ""}>
<header>
<h1 id="title">${escaped(data.title)}</h1>
${
    live
      ? '<p id="state" class="quiet">waits for the first step</p>\n<progress id="progress" aria-label="steps done" value="0"></progress>\n'
      : ""
  }</header>
<noscript><p>This page draws its charts with a script; allow scripts to see them.</p></noscript>
<main>
<div id="notes"></div>
<div id="runs" class="runs"></div>
<div id="charts"></div>
<section id="maps"></section>
<section id="metrics"></section>
<section id="arguments"></section>
</main>
<script type="application/json" id="data">${embedded(data)}</script>
<script>
${closed(chartScript)}</script>
<script type="module">
${closed(script)}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}

/** JSON that cannot end the element that it stands in. */
function embedded(data: ReportData): string {
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

/** A script that cannot end its own element. */
function closed(text: string): string {
  return text.replaceAll("</script", "<\\/script");
}
