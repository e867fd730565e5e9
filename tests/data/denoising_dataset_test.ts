import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Dataset } from "../../src/data/dataset.ts";
import { denoisingDataset } from "../../src/data/denoising_dataset.ts";
import { UsageError } from "../../src/errors.ts";

const datasetOf = (texts: string[], name = "texts") =>
  new Dataset({ name, texts: new Map([["sentence", texts]]) });
const damaged = (texts: string[], options?: { ratio?: number; seed?: number }) => [
  ...denoisingDataset(datasetOf(texts), options).text("damaged"),
];

Deno.test("denoisingDataset pairs damaged texts with the original ones", () => {
  const texts = ["The cat sat on the mat.", "It's raining, isn't it?"];
  const dataset = denoisingDataset(datasetOf(texts, "weather"));
  assertEquals([dataset.name, dataset.columns, dataset.labels], [
    "weather",
    ["damaged", "original"],
    null,
  ]);
  assertEquals([...dataset.text("original")], texts);
  for (const [row, text] of [...dataset.text("damaged")].entries()) {
    assert(text.length > 0 && text.length <= texts[row].length);
  }
});

Deno.test("denoisingDataset deletes the share of words that it is told to, 0.6 by default", () => {
  const words = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
  for (const ratio of [undefined, 0.25]) {
    const [text] = damaged([words.join(" ")], { ratio });
    const kept = text.split(" ");
    const p = ratio ?? 0.6;
    // Five standard deviations of a share.
    const bound = 5 * Math.sqrt(p * (1 - p) / words.length);
    assert(Math.abs(kept.length / words.length - (1 - p)) < bound);
    const numbers = kept.map((word) => Number(word.slice(1)));
    assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  }
});

Deno.test("denoisingDataset keeps everything at ratio 0, and one word at ratio 1", () => {
  const text = "It's  raining, isn't it?\nYes: \u4eca\u5929\u4e0b\u96e8\u3002";
  assertEquals(damaged([text], { ratio: 0 }), [text.replace(/\s+/g, " ")]);
  const kept = new Set(
    Array.from({ length: 200 }, (_, seed) => damaged([text], { ratio: 1, seed })[0]),
  );
  assertEquals(
    kept,
    new Set([
      "It's",
      "raining",
      ",",
      "isn't",
      "it",
      "?",
      "Yes",
      ":",
      ..."\u4eca\u5929\u4e0b\u96e8\u3002",
    ]),
  );
});

Deno.test("denoisingDataset leaves texts without words as they are", () => {
  assertEquals(damaged(["", "  ", "word"], { ratio: 1 }), ["", "  ", "word"]);
});

Deno.test("denoisingDataset is a function of seed, name and row", () => {
  const text = Array.from({ length: 50 }, (_, i) => `w${i}`).join(" ");
  const first = damaged([text, text], { seed: 1 });
  assertEquals(damaged([text, text], { seed: 1 }), first);
  assertNotEquals(first[0], first[1]);
  assertNotEquals(damaged([text, text], { seed: 2 }), first);
});

Deno.test("denoisingDataset refuses several columns and ratios that are none", () => {
  const two = new Dataset({ name: "two", texts: new Map([["a", ["x"]], ["b", ["y"]]]) });
  assertThrows(() => denoisingDataset(two), UsageError, "found 2 text columns, wanted one");
  for (const ratio of [-0.1, 1.1, NaN]) {
    assertThrows(
      () => denoisingDataset(datasetOf(["x"]), { ratio }),
      UsageError,
      `ratio is ${ratio}`,
    );
  }
});
