/**
 * Draws what `measure_curves.ts` found: `deno run -A --no-lock bench/curves/draw_curves.ts FILE FOLDER`
 * writes one SVG a curve, with vega-lite.
 *
 * @module
 */
import { join } from "@std/path";
import type { Point } from "./measure_curves.ts";

interface Picture {
  readonly file: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly curves: readonly string[];
  /** Whether y too is logarithmic. */
  readonly isLogarithmic?: boolean;
}

const PICTURES: readonly Picture[] = [
  {
    file: "rows",
    title: "Training: time a token by rows of the data",
    x: "rows of the data set",
    y: "microseconds a token",
    curves: ["rows"],
  },
  {
    file: "batch",
    title: "Training: time a token by pairs a batch",
    x: "pairs a batch",
    y: "microseconds a token",
    curves: ["batch", "batch, in parts"],
  },
  {
    file: "loss_memory",
    title: "In-batch loss: memory by candidates",
    x: "candidates",
    y: "MB at the peak, forward and backward",
    curves: ["loss, MB"],
    isLogarithmic: true,
  },
  {
    file: "length",
    title: "Embedding: time a token by length of the texts",
    x: "tokens a text",
    y: "microseconds a token",
    curves: ["length"],
  },
];

// By computed names: these packages draw pictures and are no part of this one.
const [vegaName, liteName] = ["npm:vega@6.4.0", "npm:vega-lite@6.5.0"];
const vega = await import(vegaName);
const lite = await import(liteName);

const [file, folder] = Deno.args;
const { device, date, points }: { device: string; date: string; points: Point[] } = JSON.parse(
  await Deno.readTextFile(file),
);
for (const { file, title, x, y, curves, isLogarithmic = false } of PICTURES) {
  const values = points.filter(({ curve }) => curves.includes(curve));
  const axis = (field: string, title: string, isLog: boolean) => ({
    field,
    type: "quantitative",
    title,
    scale: isLog ? { type: "log", base: 10 } : { zero: true },
    axis: { grid: true, tickCount: 6 },
  });
  const specification = lite.compile({
    width: 480,
    height: 240,
    background: "white",
    title: { text: title, subtitle: `${device}, ${date}` },
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: axis("x", x, true),
      y: axis("y", y, isLogarithmic),
      ...(curves.length > 1 && { color: { field: "curve", type: "nominal", title: null } }),
    },
  }).spec;
  const view = new vega.View(vega.parse(specification), { renderer: "none" });
  await Deno.writeTextFile(join(folder, `${file}.svg`), `${await view.toSVG()}\n`);
}
