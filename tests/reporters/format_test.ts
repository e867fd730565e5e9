import { assertEquals } from "@std/assert";
import {
  formatCount,
  formatDuration,
  formatFacts,
  formatLogEntry,
  formatNumber,
} from "../../src/reporters/format.ts";

Deno.test("formatNumber: four significant digits, all before the point", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [3, "3"],
    [0.0604, "0.0604"],
    [0.557812, "0.5578"],
    [0.5, "0.5"],
    [-1.23456, "-1.235"],
    [999.96, "1000"],
    [12345.6, "12346"],
    [0.0001, "0.0001"],
    [0.0000401, "4.01e-05"],
    [-2e-9, "-2e-09"],
    [1.5e-123, "1.5e-123"],
    [1.23456e18, "1.235e+18"],
    [NaN, "nan"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
  ];
  for (const [value, text] of cases) assertEquals(formatNumber(value), text);
});

Deno.test("formatCount: three digits and a unit", () => {
  const cases: [number, string][] = [
    [0, "0"],
    [0.5, "0.5"],
    [812, "812"],
    [999.4, "999"],
    [999.6, "1k"],
    [24_130, "24.1k"],
    [999_600, "1M"],
    [4_370_000, "4.37M"],
    [3.5e9, "3.5G"],
    [2.5e15, "2500T"],
    [NaN, "nan"],
    [Infinity, "inf"],
  ];
  for (const [value, text] of cases) assertEquals(formatCount(value), text);
});

Deno.test("formatDuration: minutes and seconds, hours where there are any", () => {
  const cases: [number, string][] = [
    [0, "0:00"],
    [9.4, "0:09"],
    [59.6, "1:00"],
    [83, "1:23"],
    [3599.7, "1:00:00"],
    [36_061, "10:01:01"],
    [Infinity, "?"],
    [NaN, "?"],
  ];
  for (const [seconds, text] of cases) assertEquals(formatDuration(seconds), text);
});

Deno.test("formatLogEntry: the dict that upstream prints", () => {
  assertEquals(
    formatLogEntry({
      loss: 0.0604,
      grad_norm: 0.557831,
      learning_rate: 4.01e-5,
      epoch: 0.28,
      step: 120,
      total_flos: 0,
    }),
    "{'loss': 0.0604, 'grad_norm': 0.5578, 'learning_rate': 4.01e-05, 'epoch': 0.28}",
  );
});

Deno.test("formatFacts: one line on the run", () => {
  const facts = {
    model: "models/tiny",
    device: "llvmpipe",
    parameters: 4_370_000,
    examples: 76_259,
    batchSize: 64,
    epochs: 1.5,
    totalSteps: 1788,
    startStep: 0,
  };
  const line = "training models/tiny (4.37M parameters) on llvmpipe: " +
    "76259 examples, batch 64, 1.5 epochs, 1788 steps";
  assertEquals(formatFacts(facts), line);
  assertEquals(formatFacts({ ...facts, startStep: 500 }), `${line}, from step 500`);
});
