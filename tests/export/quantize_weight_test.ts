import { assert, assertEquals } from "@std/assert";
import { quantizedColumns, quantizedRows } from "../../src/export/quantize_weight.ts";
import { normalValues } from "../reference/random_values.ts";

const [ROWS, COLUMNS] = [5, 12];
const DATA = Float32Array.from(normalValues(ROWS * COLUMNS, 7), (value, i) => value * (1 + i));

Deno.test("quantizedRows() rounds each row to its own unit, its largest entry to 127", () => {
  const { values, scales } = quantizedRows(DATA, ROWS);
  assertEquals([values.length, scales.length], [ROWS * COLUMNS, ROWS]);
  for (let row = 0; row < ROWS; row++) {
    const part = values.subarray(row * COLUMNS, (row + 1) * COLUMNS);
    assertEquals(Math.max(...part.map(Math.abs)), 127);
    part.forEach((value, i) => {
      const error = Math.abs(value * scales[row] - DATA[row * COLUMNS + i]);
      assert(error <= scales[row] * (0.5 + 1e-4), `${error} of ${scales[row]}`);
    });
  }
});

Deno.test("quantizedRows() keeps rows of zeros", () => {
  const { values, scales } = quantizedRows(Float32Array.of(0, 0, -2, 1), 2);
  assertEquals([...values], [0, 0, -127, 64]);
  assertEquals([...scales], [1, Math.fround(2 / 127)]);
});

Deno.test("quantizedColumns() transposes the same integers around its zero", () => {
  const rows = quantizedRows(DATA, ROWS);
  const { values, scales, zero } = quantizedColumns(DATA, ROWS);
  assertEquals(zero, 128);
  assertEquals(scales, rows.scales);
  for (let row = 0; row < ROWS; row++) {
    for (let i = 0; i < COLUMNS; i++) {
      assertEquals(values[i * ROWS + row] - zero, rows.values[row * COLUMNS + i]);
    }
  }
});
