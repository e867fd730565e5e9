import { assertEquals } from "@std/assert";
import { panelsOf } from "../../../src/reporters/report/panels.ts";
import type { ReportRecord, ReportRun } from "../../../src/reporters/report/report_run.ts";

function runOf(...records: ReportRecord[]): ReportRun {
  return { name: "run", facts: {}, arguments: {}, records, status: "unknown" };
}

Deno.test("panelsOf() has a chart for each matter, in the order of the page", () => {
  const panels = panelsOf([
    runOf(
      { step: 1, eval_loss: 3, eval_runtime: 1, eval_dev_mrr: 0.1, eval_steps_per_second: 1 },
      {
        ...{ step: 2, epoch: 1, time: 5, loss: 2, mlm: 1, grad_norm: null, learning_rate: 0.1 },
        ...{ rows_per_second: 8, tokens_per_second: 9, host_bytes: 2 ** 21, device_bytes: 2 ** 20 },
      },
      { step: 2, train_runtime: 9, total_flos: 0, train_loss: 2, train_mem_cpu_alloc_delta: 7 },
    ),
  ]);
  const shown = panels.map(({ section, title, lines }) =>
    [section, title, ...lines.map(({ label, x, y }) => [label, x[0], y[0]])] as unknown[]
  );
  assertEquals(shown, [
    ["Training", "Loss", ["", 2, 2]],
    ["Training", "Learning rate", ["", 2, 0.1]],
    ["Training", "Gradient norm", ["", 2, null]],
    ["Training", "Components of the loss", ["mlm", 2, 1]],
    ["Evaluation", "Evaluation loss", ["", 1, 3]],
    ["Evaluation", "dev_mrr", ["", 1, 0.1]],
    ["Speed and memory", "Rows per second", ["", 2, 8]],
    ["Speed and memory", "Tokens per second", ["", 2, 9]],
    ["Speed and memory", "Memory of the process", ["", 2, 2]],
    ["Speed and memory", "Activations on the GPU", ["", 2, 1]],
  ]);
  assertEquals(panels.filter(({ unit }) => unit === "MiB").length, 2);
});

Deno.test("panelsOf() puts metrics that differ after @, losses of datasets and runs on one chart", () => {
  const first = {
    step: 1,
    "eval_d_acc@1": 0.1,
    "eval_d_acc@10": 0.2,
    eval_a_loss: 1,
    eval_loss: 2,
  };
  const panels = panelsOf([runOf(first), runOf({ step: 5, "eval_d_acc@1": 0.3 }), runOf()]);
  const lines = panels.map(({ title, lines }) => [
    title,
    lines.map(({ run, label, x }) => [run, label, ...x]),
  ]);
  assertEquals(lines, [
    ["Evaluation loss", [[0, "a", 1], [0, "mean", 1]]],
    ["d_acc", [[0, "@1", 1], [0, "@10", 1], [1, "@1", 5]]],
  ]);
});

Deno.test("panelsOf() draws steps in their order, the last of a step, and at most 2,000 of them", () => {
  const [{ lines: [line] }] = panelsOf([
    runOf({ step: 4, loss: 4 }, { step: 2, loss: 2 }, { step: 4, loss: 5 }),
  ]);
  assertEquals([line.x, line.y], [[2, 4], [2, 5]]);
  const many = Array.from({ length: 9000 }, (_, step) => ({ step, loss: Math.cos(step) }));
  const [{ lines: [{ x }] }] = panelsOf([runOf(...many)]);
  assertEquals([x.length > 1000, x.length <= 2000, x[0], x.at(-1)], [true, true, 0, 8999]);
  assertEquals(panelsOf([]), []);
});
