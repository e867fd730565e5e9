import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { jsonNumber, StateReader } from "../../src/schedules/state_reader.ts";

Deno.test("jsonNumber() and StateReader carry every number through JSON", () => {
  const values = [0, -1.5, 1e-320, Number.MAX_VALUE, Infinity, -Infinity, NaN];
  const written = { list: values.map(jsonNumber), one: jsonNumber(-Infinity) };
  assertEquals(written.list.slice(4), ["Infinity", "-Infinity", "NaN"]);
  const reader = new StateReader("x", JSON.parse(JSON.stringify(written)), ["list", "one"]);
  assertEquals(reader.numbers("list", 7), values);
  assertEquals(reader.number("one"), -Infinity);
});

Deno.test("StateReader reads counts and learning rates", () => {
  const reader = new StateReader("x", { count: 3, rate: 0.5 }, ["count", "rate"]);
  assertEquals(reader.count("count"), 3);
  assertEquals(reader.learningRate("rate"), 0.5);
});

Deno.test("StateReader refuses entries that are missing or too many", () => {
  const message = 'Cannot restore schedule "x" from its kept state: found ';
  const cases: [state: Record<string, unknown>, rest: string][] = [
    [{ a: 1 }, '"a", wanted "a", "b"'],
    [{}, 'no entries, wanted "a", "b"'],
    [{ a: 1, b: 2, c: 3 }, '"a", "b", "c", wanted "a", "b"'],
    [{ a: 1, c: 2 }, '"a", "c", wanted "a", "b"'],
    [null as unknown as Record<string, unknown>, "null, wanted an object"],
    [[1, 2] as unknown as Record<string, unknown>, "[1,2], wanted an object"],
  ];
  for (const [state, rest] of cases) {
    assertThrows(
      () => new StateReader('schedule "x"', state, ["a", "b"]),
      InputError,
      message + rest,
    );
  }
});

Deno.test("StateReader refuses values of another kind", () => {
  const read = (value: unknown) => new StateReader("x", { a: value }, ["a"]);
  for (const value of [-1, 0.5, "1", null, Infinity]) {
    assertThrows(() => read(value).count("a"), InputError, "wanted an integer from 0");
  }
  for (const value of [-1, "1", null, Infinity]) {
    assertThrows(() => read(value).learningRate("a"), InputError, "wanted a finite number from 0");
  }
  for (const value of ["1", "infinity", null, [1]]) {
    assertThrows(() => read(value).number("a"), InputError, "wanted a number, ");
  }
  for (const value of [1, "NaN", [1, null], [1, 2, 3]]) {
    assertThrows(() => read(value).numbers("a", 2), InputError, "wanted a list of at most 2");
  }
  assertThrows(() => read("1").count("a"), InputError, 'a is "1", wanted an integer from 0');
});
