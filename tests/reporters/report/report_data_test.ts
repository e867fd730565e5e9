import { assertEquals } from "@std/assert";
import { reportData } from "../../../src/reporters/report/report_data.ts";
import type { ReportRun } from "../../../src/reporters/report/report_run.ts";

const RUN: ReportRun = {
  name: "a",
  facts: { model: "tiny", parameters: 4_370_000, total_steps: 10, batch_size: 8, start_step: 0 },
  arguments: { seed: 1, prompts: null },
  records: [
    { step: 2, eval_loss: 3, eval_acc: 0.5, eval_runtime: 1 },
    { step: 4, loss: 1.23456 },
    { step: 4, eval_loss: 1, eval_acc: 0.9 },
    { step: 6, eval_loss: 2, eval_acc: 0.7 },
    { step: 6, train_runtime: 83, train_loss: null },
  ],
  status: "finished",
};
const BARE: ReportRun = { name: "a", facts: {}, arguments: {}, records: [], status: "unknown" };

Deno.test("reportData() tells of a run what is known", () => {
  const { title, runs, metrics, arguments: rows, notes, panels } = reportData([RUN]);
  assertEquals(title, "a");
  assertEquals(runs, [{
    name: "a",
    status: "finished",
    facts: [
      ["model", "tiny"],
      ["parameters", "4.37M"],
      ["rows a step", "8"],
      ["steps", "6 of 10"],
      ["training time", "1:23"],
      ["latest loss", "1.235"],
    ],
  }]);
  assertEquals(metrics, [
    { name: "loss", cells: [{ last: 2, best: 1, bestStep: 4 }] },
    { name: "acc", cells: [{ last: 0.7, best: 0.9, bestStep: 4 }] },
  ]);
  assertEquals(rows, [
    { name: "seed", values: ["1"], differs: false },
    { name: "prompts", values: ["null"], differs: false },
  ]);
  assertEquals([notes, panels.length], [[], 3]);
});

Deno.test("reportData() compares runs, told apart by name", () => {
  const other = { ...RUN, arguments: { seed: 2, prompts: null, optim: "sgd" } };
  const { title, runs, metrics, arguments: rows, notes } = reportData([RUN, other, BARE]);
  assertEquals([title, runs.map(({ name }) => name)], ["3 runs", ["a", "a (2)", "a (3)"]]);
  assertEquals(metrics[0].cells.map((cell) => cell?.last), [2, 2, undefined]);
  assertEquals(rows, [
    { name: "seed", values: ["1", "2", ""], differs: true },
    { name: "prompts", values: ["null", "null", ""], differs: false },
    { name: "optim", values: ["", '"sgd"', ""], differs: true },
  ]);
  assertEquals(notes.map((note) => note.slice(0, 22)), [
    "a (3): No training los",
    "a (3): There is no eva",
    "a (3): The training ar",
  ]);
});

Deno.test("reportData() has the maps of the runs that have one", () => {
  const map = { step: 3, shares: [0.5, 0.25], groups: ["a"], points: [] } as const;
  assertEquals(reportData([RUN, { ...RUN, map }]).maps, [{ run: 1, ...map }]);
});

Deno.test("reportData() says what a run that has just begun lacks", () => {
  const { notes, panels, metrics } = reportData([{ ...BARE, arguments: { seed: 1 } }]);
  assertEquals([panels, metrics], [[], []]);
  assertEquals(notes.map((note) => note.slice(0, 16)), ["No training loss", "There is no eval"]);
});
