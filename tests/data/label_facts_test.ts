import { assertEquals } from "@std/assert";
import { Dataset, type Label } from "../../src/data/dataset.ts";
import { labelFacts } from "../../src/data/label_facts.ts";

function factsOf(labels: readonly Label[] | null, classNames?: string[]) {
  const texts = new Map([["text", Array.from({ length: labels?.length ?? 1 }, () => "a")]]);
  return labelFacts(new Dataset({ name: "d", texts, labels, classNames }));
}

Deno.test("labelFacts() finds width, range and kind of labels", () => {
  assertEquals(factsOf(null), null);
  assertEquals(factsOf([2, 0, 1]), { width: 1, minimum: 0, maximum: 2, isWhole: true });
  assertEquals(factsOf([0.5, -1]), { width: 1, minimum: -1, maximum: 0.5, isWhole: false });
  assertEquals(factsOf([[1, 2, 3], [4, 5, 6]]), {
    width: 3,
    minimum: 1,
    maximum: 6,
    isWhole: true,
  });
});

Deno.test("labelFacts() hands on what classes are called", () => {
  assertEquals(factsOf([1, 0], ["no", "yes"])?.classNames, ["no", "yes"]);
  assertEquals(factsOf(null, ["no", "yes"]), null);
});
