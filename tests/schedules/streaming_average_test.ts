import { assertEquals } from "@std/assert";
import { StreamingAverage } from "../../src/schedules/streaming_average.ts";

Deno.test("StreamingAverage gives the mean of the latest values", () => {
  const average = new StreamingAverage(3);
  assertEquals([1, 2, 3, 4, 8].map((value) => average.add(value)), [1, 1.5, 2, 3, 5]);
  assertEquals(average.values, [3, 4, 8]);
  assertEquals(average.sum, 15);
});

Deno.test("StreamingAverage of one value gives that value", () => {
  const average = new StreamingAverage(1);
  assertEquals([4, -2].map((value) => average.add(value)), [4, -2]);
});

Deno.test("StreamingAverage goes on from the values and the sum of another, bit for bit", () => {
  const values = [0.1, 0.7, 1e16, 0.3, 0.2, 0.9, 0.4, 0.5];
  const whole = new StreamingAverage(2);
  const expected = values.map((value) => whole.add(value));
  const first = new StreamingAverage(2);
  values.slice(0, 5).forEach((value) => first.add(value));
  const rest = new StreamingAverage(2, first.values, first.sum);
  assertEquals(values.slice(5).map((value) => rest.add(value)), expected.slice(5));
});
