import { assertEquals } from "@std/assert";
import { memoryTable } from "../../src/cli/memory_table.ts";

const PLAN = {
  parameters: 438e6,
  gradients: 438e6,
  optimizer: 876e6,
  activations: 1_234_567_890,
  textures: 0,
  total: 2_986_567_890,
  kept: 1_000_000_000,
  batch: { rows: 16, tokens: 4096 },
};

Deno.test("memoryTable() shows what takes how much, and what would take less", () => {
  const savings = [
    { change: "gradient_checkpointing true", total: 2e9 },
    { change: "per_device_train_batch_size 8", total: 2.5e9 },
  ];
  assertEquals(
    memoryTable(PLAN, savings),
    `\
memory on the GPU                      MB
-----------------------------------  ----
parameters                            438
gradients                             438
optimizer                             876
activations, 16 rows of 4096 tokens  1235
in all                               2987
with gradient_checkpointing true: 2000 MB (987 MB less)
with per_device_train_batch_size 8: 2500 MB (487 MB less)
3987 MB with the free buffers that are kept for batches of other lengths`,
  );
});

Deno.test("memoryTable() shows copies of operands where there are any", () => {
  const lines = memoryTable({ ...PLAN, textures: 12_345_678 }, []).split("\n");
  assertEquals(lines.slice(-3, -1).map((line) => line.split(/ {2,}/)), [
    ["copies of operands", "12.3"],
    ["in all", "2987"],
  ]);
});
