/**
 * The script of a report's page: draws what the page holds as JSON, and where it is served by a run,
 * asks for more. It stands in the page as it is; its functions are tested apart from it.
 *
 * @module
 */

/** Colours of lines, at least 3:1 against the ground of either mode and told apart without red and green. */
const LIGHT = "#0067a5 #c24e00 #00805c #a8467f #8a6d00 #6a4fb8 #5c5c5c #b3261e".split(" ");
const DARK = "#5fb4f0 #ff9a5c #3fcf9f #f08cc4 #e3c04a #b39cff #bdbdbd #ff8a80".split(" ");
/** Dashes of lines, and the frames that stand for them in legends. */
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
const FRAMES = ["solid", "dashed", "dotted", "double"];
/** Distances of marks on the axis of steps. */
const WHOLE = Array.from({ length: 30 }, (_, i) => [1, 2, 5][i % 3] * 10 ** Math.floor(i / 3));
const POLL_MILLISECONDS = 2000;

/** A number in few digits, with its unit. */
export function shownNumber(value, unit = "") {
  if (value === null || value === undefined) return "–";
  if (unit !== "") return `${shownNumber(value)} ${unit}`;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    return value.toExponential(2).replace(/\.?0*e\+?/, "e");
  }
  return Number(value.toPrecision(4)).toLocaleString("en", { maximumFractionDigits: 6 });
}

/**
 * Columns as the chart library takes them: all steps of all lines, then a column a line, with
 * `undefined` where it has no value at a step and `null` where its value is no number.
 */
export function aligned(lines) {
  const steps = [...new Set(lines.flatMap(({ x }) => x))].sort((a, b) => a - b);
  const places = new Map(steps.map((step, i) => [step, i]));
  const columns = lines.map(({ x, y }) => {
    const column = new Array(steps.length).fill(undefined);
    x.forEach((step, i) => column[places.get(step)] = y[i]);
    return column;
  });
  return [steps, ...columns];
}

/** Colour and dash of each line: with several runs a colour a run, else a colour a line. */
export function styles(lines, { runs, dark }) {
  const colours = dark ? DARK : LIGHT;
  const labels = [...new Set(lines.map(({ label }) => label))];
  return lines.map(({ run, label }) => {
    const [major, minor] = runs > 1 ? [run, labels.indexOf(label)] : [labels.indexOf(label), 0];
    const rounds = Math.floor(major / colours.length);
    const kind = (minor + rounds) % DASHES.length;
    return { stroke: colours[major % colours.length], dash: DASHES[kind], frame: FRAMES[kind] };
  });
}

/** What a line is called in a legend. */
export function legendOf({ run, label }, { panel, names }) {
  const own = label === "" ? panel.title : label;
  if (names.length === 1) return own;
  return label === "" ? names[run] : `${names[run]} ${own}`;
}

/** What a chart shows, in words. */
export function spokenPanel(panel, names) {
  const lines = panel.lines.map((line) => {
    const at = line.y.findLastIndex((value) => value !== null);
    const last = at < 0
      ? "no number"
      : `${shownNumber(line.y[at], panel.unit)} at step ${line.x[at]}`;
    return `${legendOf(line, { panel, names })}: ${last}`;
  });
  return `${panel.title} by step. Last values: ${lines.join("; ")}.`;
}

/** Where a run stands, in words. */
export function spokenProgress({ step, totalSteps, epoch, pairsPerSecond, secondsLeft }) {
  const parts = [`step ${step} of ${totalSteps}`, `epoch ${epoch.toFixed(2)}`];
  if (pairsPerSecond !== null) parts.push(`${shownNumber(pairsPerSecond)} rows per second`);
  if (secondsLeft !== null) {
    const minutes = Math.floor(secondsLeft / 60);
    parts.push(
      `${minutes > 0 ? `${minutes} min ` : ""}${Math.round(secondsLeft - 60 * minutes)} s left`,
    );
  }
  return parts.join(", ");
}

/** An element with attributes and children; texts stay texts, whatever they hold. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function isDark() {
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function cssColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function chartOptions(panel, { names, width }) {
  const dark = isDark();
  const looks = styles(panel.lines, { runs: names.length, dark });
  const axis = { stroke: cssColour("--quiet"), grid: { stroke: cssColour("--rule"), width: 1 } };
  const values = (_, ticks) =>
    ticks.map((tick) => tick === null ? "" : shownNumber(tick, panel.unit));
  return {
    width,
    height: 240,
    scales: { x: { time: false } },
    legend: { markers: { dash: (_, i) => looks[i - 1]?.frame ?? "solid" } },
    cursor: { sync: { key: "steps" }, points: { size: 7 } },
    axes: [
      { ...axis, label: "step", labelSize: 22, size: 36, incrs: WHOLE },
      { ...axis, size: 76, values },
    ],
    series: [
      { label: "step" },
      ...panel.lines.map((line, i) => ({
        label: legendOf(line, { panel, names }),
        stroke: looks[i].stroke,
        dash: looks[i].dash,
        width: 2,
        points: { show: line.x.length <= 30 },
        value: (_, value) => shownNumber(value, panel.unit),
      })),
    ],
  };
}

/** Draws panels into a place, and changes them where only values are new. */
class Charts {
  #place;
  #shape = "";
  #charts = [];

  constructor(place) {
    this.#place = place;
    new ResizeObserver(() => this.#fit()).observe(place);
  }

  draw(panels, names) {
    const shape = JSON.stringify([
      names,
      isDark(),
      panels.map(({ title, lines }) => [title, lines.map(({ run, label }) => [run, label])]),
    ]);
    if (shape === this.#shape) return this.#update(panels, names);
    this.#shape = shape;
    for (const { chart } of this.#charts) chart.destroy();
    this.#charts = [];
    this.#place.replaceChildren();
    for (const [section, members] of Map.groupBy(panels, ({ section }) => section)) {
      const grid = element("div", { class: "panels" });
      this.#place.append(element("section", {}, element("h2", {}, section), grid));
      for (const panel of members) this.#add(panel, { grid, names });
    }
    this.#fit();
  }

  #add(panel, { grid, names }) {
    const target = element("div", { role: "img", "aria-label": spokenPanel(panel, names) });
    grid.append(element("figure", {}, element("h3", {}, panel.title), target));
    const chart = new uPlot(
      chartOptions(panel, { names, width: 300 }),
      aligned(panel.lines),
      target,
    );
    this.#charts.push({ chart, target });
  }

  #update(panels, names) {
    const drawn = [...Map.groupBy(panels, ({ section }) => section).values()].flat();
    this.#charts.forEach(({ chart, target }, i) => {
      const [steps] = chart.data;
      const { min, max } = chart.scales.x;
      const isZoomed = steps.length > 1 && (min > steps[0] || max < steps.at(-1));
      chart.setData(aligned(drawn[i].lines), !isZoomed);
      if (isZoomed) chart.redraw();
      target.setAttribute("aria-label", spokenPanel(drawn[i], names));
    });
  }

  #fit() {
    for (const { chart, target } of this.#charts) {
      if (target.clientWidth > 0) chart.setSize({ width: target.clientWidth, height: 240 });
    }
  }
}

function drawRuns(place, { runs }) {
  const colours = isDark() ? DARK : LIGHT;
  place.replaceChildren(...runs.map(({ name, status, facts }, i) => {
    const list = element("dl");
    const shown = [...facts, ["status", status]];
    for (const [term, value] of shown) {
      list.append(element("dt", {}, term), element("dd", {}, value));
    }
    if (runs.length === 1) return element("div", { class: "run" }, list);
    const card = element("div", { class: "run" }, element("h3", {}, name), list);
    card.style.setProperty("--line", colours[i % colours.length]);
    return card;
  }));
}

function table(head, rows, className = "") {
  const cells = (kind, texts) =>
    texts.map((text, i) =>
      element(i === 0 ? "th" : kind, { scope: i === 0 ? "row" : "col" }, text)
    );
  const header = element("thead", {}, element("tr", {}, ...cells("th", head)));
  const body = element("tbody", {});
  for (const { texts, differs } of rows) {
    body.append(element("tr", differs ? { class: "differs" } : {}, ...cells("td", texts)));
  }
  return element(
    "div",
    { class: "scroll", tabindex: "0" },
    element("table", { class: className }, header, body),
  );
}

function drawMetrics(place, { metrics, runs }) {
  if (metrics.length === 0) return place.replaceChildren();
  const rows = metrics.map(({ name, cells }) => ({
    texts: [
      name,
      ...cells.flatMap((cell) =>
        cell === null
          ? ["–", "–"]
          : [shownNumber(cell.last), `${shownNumber(cell.best)} (step ${cell.bestStep})`]
      ),
    ],
  }));
  const prefix = (name) => runs.length > 1 ? `${name}, ` : "";
  const head = [
    "metric",
    ...runs.flatMap(({ name }) => [`${prefix(name)}last`, `${prefix(name)}best`]),
  ];
  place.replaceChildren(element("h2", {}, "Evaluations"), table(head, rows, "numbers"));
}

function drawArguments(place, { arguments: rows, runs }) {
  if (rows.length === 0) return place.replaceChildren();
  const filter = element("input", { type: "search" });
  const only = element("input", { type: "checkbox" });
  const shown = element("div");
  const draw = () => {
    const kept = rows.filter(({ name, differs }) =>
      name.includes(filter.value.trim()) && (!only.checked || differs)
    );
    const texts = kept.map(({ name, values, differs }) => ({ texts: [name, ...values], differs }));
    shown.replaceChildren(table(["argument", ...runs.map(({ name }) => name)], texts));
  };
  filter.addEventListener("input", draw);
  only.addEventListener("change", draw);
  const choice = runs.length > 1 ? [element("label", {}, only, "only where runs differ")] : [];
  place.replaceChildren(
    element("h2", {}, "Arguments"),
    element("label", {}, "Find", filter),
    ...choice,
    shown,
  );
  draw();
}

/** Places on a map of the given size, in pixels from its upper left corner, one scale for both axes. */
export function placed(points, { width, height, margin }) {
  const bounds = ["x", "y"].map((axis) => {
    const values = points.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  });
  const spans = bounds.map(([least, greatest]) => greatest - least);
  const scale = Math.min(
    (width - 2 * margin) / (spans[0] || 1),
    (height - 2 * margin) / (spans[1] || 1),
  );
  const middle = bounds.map(([least, greatest]) => (least + greatest) / 2);
  return points.map(({ x, y }) => [
    width / 2 + (x - middle[0]) * scale,
    height / 2 - (y - middle[1]) * scale,
  ]);
}

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function mapFigure({ run, step, shares, groups, points }, names) {
  const colours = isDark() ? DARK : LIGHT;
  const [width, height] = [640, 420];
  const places = placed(points, { width, height, margin: 12 });
  const rows = Map.groupBy(points.keys(), (i) => points[i].row);
  const links = [...rows.values()].filter(({ length }) => length > 1).map((members) =>
    svg("polyline", {
      points: members.map((i) => places[i].join()).join(" "),
      fill: "none",
      stroke: "currentColor",
      "stroke-opacity": 0.18,
    })
  );
  const dots = points.map(({ group, text }, i) =>
    svg("circle", {
      cx: places[i][0],
      cy: places[i][1],
      r: 4,
      fill: colours[group % colours.length],
      "fill-opacity": 0.85,
    }, svg("title", {}, `${groups[group]}: ${text}`))
  );
  const legend = groups.map((group, i) => {
    const dot = element("span", { class: "dot" });
    dot.style.setProperty("--line", colours[i % colours.length]);
    return element("span", {}, dot, group);
  });
  const share = shares.map((part) => `${Math.round(100 * part)} %`).join(" and ");
  const spoken = `${points.length} texts as points; texts of a row are joined.`;
  const said = element(
    "figcaption",
    {},
    `${spoken} The axes hold ${share} of the variance. ` +
      "Point at one to read it.",
  );
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" }, ...links, ...dots);
  drawing.setAttribute("aria-label", spoken);
  const shown = element("p", { class: "note" }, "\u00a0");
  drawing.addEventListener("pointerover", ({ target }) => {
    const title = target.querySelector?.(":scope > title");
    if (title) shown.textContent = title.textContent;
  });
  const title = names.length > 1 ? `${names[run]}, step ${step}` : `Step ${step}`;
  return element(
    "figure",
    {},
    element("h3", {}, title),
    drawing,
    element("p", { class: "legend" }, ...legend),
    shown,
    said,
  );
}

function drawMaps(place, { maps, runs }) {
  if (maps.length === 0) return place.replaceChildren();
  const figures = maps.map((map) => mapFigure(map, runs.map(({ name }) => name)));
  const grid = element("div", { class: "panels" }, ...figures);
  place.replaceChildren(element("h2", {}, "Embeddings of the evaluation set"), grid);
}

function main() {
  const at = (id) => document.getElementById(id);
  const charts = new Charts(at("charts"));
  let data = JSON.parse(at("data").textContent);
  const drawn = {};
  const isNew = (key) => {
    const shape = `${isDark()}${JSON.stringify([data[key], data.runs.map(({ name }) => name)])}`;
    return drawn[key] !== (drawn[key] = shape);
  };
  const draw = () => {
    at("title").textContent = data.title;
    at("notes").replaceChildren(...data.notes.map((note) => element("p", { class: "note" }, note)));
    drawRuns(at("runs"), data);
    charts.draw(data.panels, data.runs.map(({ name }) => name));
    // What someone reads or types in is left alone while it is the same.
    if (isNew("maps")) drawMaps(at("maps"), data);
    if (isNew("metrics")) drawMetrics(at("metrics"), data);
    if (isNew("arguments")) drawArguments(at("arguments"), data);
  };
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  if (document.body.dataset.live === undefined) return;
  let failures = 0;
  const poll = async () => {
    try {
      const { report, progress } = await (await fetch("data.json")).json();
      failures = 0;
      data = report;
      draw();
      if (progress !== null) {
        at("state").textContent = spokenProgress(progress);
        Object.assign(at("progress"), { value: progress.step, max: progress.totalSteps });
      }
    } catch {
      failures++;
    }
    if (failures < 3) return setTimeout(poll, POLL_MILLISECONDS);
    at("state").textContent += " – no longer live: the run has ended, or cannot be reached";
  };
  poll();
}

if (typeof document !== "undefined") main();
