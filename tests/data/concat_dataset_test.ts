import { assertEquals, assertThrows } from "@std/assert";
import { ConcatDataset } from "../../src/data/concat_dataset.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { DispatchedDataset } from "../../src/data/dispatched_dataset.ts";

function dataset(name: string, rows: number): Dataset {
  return new Dataset({ name, texts: new Map([["text", new Array(rows).fill(name)]]) });
}

Deno.test("ConcatDataset lines datasets up and finds every row again", () => {
  const [a, b, c] = [dataset("a", 2), dataset("b", 1), dataset("c", 3)];
  const concat = new ConcatDataset([a, b, c]);
  assertEquals([concat.length, ...concat.starts], [6, 0, 2, 3, 6]);
  const found = Array.from({ length: 6 }, (_, i) => concat.locate(i));
  assertEquals(found.map(({ dataset }) => dataset.name), ["a", "a", "b", "c", "c", "c"]);
  assertEquals(found.map(({ row }) => row), [0, 1, 0, 0, 1, 2]);
});

Deno.test("ConcatDataset is here unless one of its datasets is elsewhere", () => {
  const facts = { fingerprint: "", values: null };
  const texts = new Map([["text", ["x"]]]);
  const [here, elsewhere] = [true, false].map((isHere) =>
    new DispatchedDataset({ name: `${isHere}`, texts }, { ...facts, isHere })
  );
  assertEquals(new ConcatDataset([dataset("a", 2), here]).isHere, true);
  assertEquals(new ConcatDataset([here, elsewhere]).isHere, false);
});

Deno.test("ConcatDataset refuses no dataset, equal names and rows beyond the end", () => {
  assertThrows(() => new ConcatDataset([]), RangeError, "there is none");
  const twice = [dataset("a", 1), dataset("a", 1)];
  assertThrows(() => new ConcatDataset(twice), RangeError, 'two are called "a"');
  const concat = new ConcatDataset([dataset("a", 2)]);
  for (const index of [-1, 2]) assertThrows(() => concat.locate(index), RangeError, "there are 2");
});
