import { assertEquals } from "@std/assert";
import type { LogEntry } from "../../src/io/trainer_state.ts";
import { formatNumber, trainingLogsTable } from "../../src/io/training_logs_table.ts";

const LOG: LogEntry[] = [
  { epoch: 0.1, grad_norm: 1.5, learning_rate: 2e-5, loss: 0.51234, step: 10 },
  {
    epoch: 0.1,
    eval_loss: 0.4,
    eval_dev_map: 0.7,
    eval_runtime: 1.5,
    eval_samples_per_second: 100,
    eval_steps_per_second: 10,
    step: 10,
  },
  { epoch: 0.2, loss: 0.25, step: 20 },
  { epoch: 0.25, eval_loss: 0.3, eval_dev_map: 0.8, step: 25 },
  { epoch: 0.25, step: 25, total_flos: 0, train_loss: 0.37, train_runtime: 9 },
];

Deno.test("trainingLogsTable() merges entries of a step and marks the best", () => {
  assertEquals(
    trainingLogsTable(LOG, 25),
    [
      "| Epoch | Step | Training Loss | Validation Loss | dev_map |",
      "| :--- | :--- | :--- | :--- | :--- |",
      "| 0.1000 | 10 | 0.5123 | 0.4000 | 0.7000 |",
      "| 0.2000 | 20 | 0.2500 | - | - |",
      "| **0.2500** | **25** | **-** | **0.3000** | **0.8000** |",
    ].join("\n"),
  );
  assertEquals(trainingLogsTable(LOG, null)?.includes("**"), false);
});

Deno.test("trainingLogsTable() draws nothing when no loss and no metric was logged", () => {
  assertEquals(trainingLogsTable([], null), null);
  assertEquals(trainingLogsTable([{ epoch: 1, step: 5, train_runtime: 3 }], 5), null);
  assertEquals(trainingLogsTable([{ epoch: 1, step: 5, loss: null }], 5), null);
});

Deno.test("formatNumber() shows four decimals, and a dash for what is missing", () => {
  assertEquals([0.123456, 1, null].map(formatNumber), ["0.1235", "1.0000", "-"]);
});
