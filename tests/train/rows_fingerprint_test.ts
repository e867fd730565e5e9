import { assertEquals, assertMatch } from "@std/assert";
import { Dataset, type Label } from "../../src/data/dataset.ts";
import { rowsFingerprint } from "../../src/train/rows_fingerprint.ts";

function dataset(texts: Record<string, string[]>, labels: Label[] | null = null): Dataset {
  return new Dataset({ name: "d", texts: new Map(Object.entries(texts)), labels });
}

Deno.test("rowsFingerprint() is the same for the same rows, and another for others", () => {
  const rows = { a: ["x", "y"], b: ["z", ""] };
  const same = rowsFingerprint(dataset(rows, [0, 1]));
  assertMatch(same, /^[0-9a-f]{16}$/);
  assertEquals(rowsFingerprint(dataset({ ...rows }, [0, 1])), same);
  const others = [
    dataset({ ...rows, a: ["x", "y "] }, [0, 1]),
    dataset({ ...rows, a: ["y", "x"] }, [0, 1]),
    dataset({ a: rows.b, b: rows.a }, [0, 1]),
    dataset(rows, [0, 2]),
    dataset(rows),
    dataset({ a: ["x", "yz"], b: ["", ""] }, [0, 1]),
    dataset({ a: ["x"], b: ["z"] }, [0]),
  ];
  assertEquals(new Set([same, ...others.map(rowsFingerprint)]).size, 8);
});

Deno.test("rowsFingerprint() looks at the first and the last of many rows, and at no more than 1024", () => {
  const many = Array.from({ length: 5000 }, (_, i) => `text ${i}`);
  const looked = new Set<number>();
  const column = {
    length: many.length,
    at: (row: number) => {
      looked.add(row);
      return many[row];
    },
    [Symbol.iterator]: () => many[Symbol.iterator](),
  };
  const streamed = new Dataset({ name: "d", texts: new Map([["a", column]]) });
  assertEquals(rowsFingerprint(streamed), rowsFingerprint(dataset({ a: many })));
  assertEquals([looked.size, looked.has(0), looked.has(4999)], [1024, true, true]);
});
