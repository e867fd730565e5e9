import { assert, assertEquals } from "@std/assert";
// deno-lint-ignore no-explicit-any
const page: any = await import("../../../src/reporters/report/page.js" as string);

Deno.test("shownNumber() writes few digits", () => {
  const cases: [number | null, string][] = [
    [0, "0"],
    [0.123456, "0.1235"],
    [12345.6, "12,350"],
    [2e-5, "2e-5"],
    [1.25e-5, "1.25e-5"],
    [-3e9, "-3e9"],
    [1.5e10, "1.5e10"],
    [null, "–"],
  ];
  for (const [value, text] of cases) assertEquals(page.shownNumber(value), text);
  assertEquals(page.shownNumber(900, "MiB"), "900 MiB");
});

Deno.test("aligned() lines up steps; null is a gap, undefined none", () => {
  const lines = [{ x: [2, 4], y: [1, null] }, { x: [1, 4], y: [5, 6] }];
  assertEquals(page.aligned(lines), [[1, 2, 4], [undefined, 1, null], [5, undefined, 6]]);
  assertEquals(page.aligned([]), [[]]);
});

Deno.test("styles() tell lines apart: by colour in one run, runs by colour and lines by dash in several", () => {
  const lines = [0, 1].flatMap((run) => ["a", "b"].map((label) => ({ run, label })));
  const one = page.styles(lines.slice(0, 2), { runs: 1, dark: false });
  assert(one[0].stroke !== one[1].stroke);
  assertEquals([one[0].dash, one[1].dash, one[1].frame], [[], [], "solid"]);
  const several = page.styles(lines, { runs: 2, dark: false });
  assertEquals(several[0].stroke, several[1].stroke);
  assert(several[0].stroke !== several[2].stroke);
  assertEquals([several[1].frame, several[3].frame], ["dashed", "dashed"]);
  const many = Array.from({ length: 24 }, (_, run) => ({ run, label: "" }));
  for (const dark of [false, true]) {
    const looks = page.styles(many, { runs: 24, dark }) as { stroke: string; frame: string }[];
    assertEquals(new Set(looks.map(({ stroke, frame }) => stroke + frame)).size, 24);
  }
});

Deno.test("styles() have colours of 3:1 at least against the ground of either mode", async () => {
  const css = await Deno.readTextFile(
    new URL(
      "../../../src/reporters/report/page.css",
      import.meta.url,
    ),
  );
  const grounds = [...css.matchAll(/--card: (#\w{6})/g)].map(([, colour]) => colour);
  assertEquals(grounds.length, 2);
  const luminance = (colour: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
      const part = parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
      return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    }, 0);
  const lines = Array.from({ length: 8 }, (_, run) => ({ run, label: "" }));
  for (const [i, dark] of [false, true].entries()) {
    for (const { stroke } of page.styles(lines, { runs: 8, dark })) {
      const [low, high] = [stroke, grounds[i]].map(luminance).sort((a, b) => a - b);
      assert((high + 0.05) / (low + 0.05) >= 3, `${stroke} on ${grounds[i]}`);
    }
  }
});

Deno.test("legendOf() and spokenPanel() say which line is which", () => {
  const panel = {
    title: "Loss",
    unit: "",
    lines: [
      { run: 0, label: "", x: [1, 2], y: [3, null] },
      { run: 1, label: "@1", x: [1], y: [null] },
    ],
  };
  const names = ["a", "b"];
  const legend = (names: string[]) =>
    panel.lines.map((line) => page.legendOf(line, { panel, names }));
  assertEquals(legend(names), ["a", "b @1"]);
  assertEquals(legend(["a"]), ["Loss", "@1"]);
  assertEquals(
    page.spokenPanel(panel, names),
    "Loss by step. Last values: a: 3 at step 1; b @1: no number.",
  );
});

Deno.test("spokenProgress() says where a run stands", () => {
  const progress = {
    step: 5,
    totalSteps: 20,
    epoch: 0.256,
    pairsPerSecond: null,
    secondsLeft: null,
  };
  assertEquals(page.spokenProgress(progress), "step 5 of 20, epoch 0.26");
  assertEquals(
    page.spokenProgress({ ...progress, pairsPerSecond: 812.34, secondsLeft: 83.2 }),
    "step 5 of 20, epoch 0.26, 812.3 rows per second, 1 min 23 s left",
  );
});

Deno.test("placed() fits points into a picture, one scale for both axes, y upwards", () => {
  const frame = { width: 100, height: 60, margin: 10 };
  const points = [{ x: 0, y: 0 }, { x: 4, y: 1 }];
  assertEquals(page.placed(points, frame), [[10, 40], [90, 20]]);
  assertEquals(page.placed([{ x: 7, y: -3 }], frame), [[50, 30]]);
});
