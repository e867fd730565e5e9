import { assert, assertEquals } from "@std/assert";
import { DispatchedDataset } from "../../src/data/dispatched_dataset.ts";

Deno.test("DispatchedDataset keeps what is known of its rows under another name, and closes them", () => {
  let closed = 0;
  const facts = { fingerprint: "12", values: null, isHere: false };
  const dataset = new DispatchedDataset({
    name: "a",
    texts: new Map([["text", ["x", "y"]]]),
    labels: [1, 0],
    close: () => void closed++,
  }, facts);
  const renamed = dataset.renamed("b");
  assert(renamed instanceof DispatchedDataset);
  assertEquals([renamed.name, renamed.facts, renamed.labels], ["b", facts, [1, 0]]);
  assertEquals([...renamed.text("text")], ["x", "y"]);
  renamed.close();
  assertEquals(closed, 1);
});
