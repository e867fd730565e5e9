import { assertEquals, assertRejects } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { RemoteTexts } from "../../../src/data/remote_texts.ts";
import { InputError } from "../../../src/errors.ts";
import { dispatchRows } from "../../../src/train/parallel/dispatch_rows.ts";
import { RankGroup } from "../../../src/train/parallel/rank_group.ts";
import { memoryRanks } from "../../support/tiny_ranks.ts";

const TEXTS = ["a", "é\u0000\n", "\ud800 alone", "", "e"];

/** The same labels everywhere, the texts on rank 0. */
function datasetOf(rank: number): Dataset {
  const remote = new RemoteTexts({ dataset: "d", length: TEXTS.length, head: [] });
  return new Dataset({
    name: "d",
    texts: new Map([["text", rank === 0 ? TEXTS : remote]]),
    labels: [[0.1, 2], [3, 4], [5, 6], [7, 8], [9, 10]],
    labelColumn: "scores",
  });
}

Deno.test("dispatchRows() gives every rank the texts of rank 0, whatever they are", async () => {
  const all = await Promise.all(
    memoryRanks(3).map((communicator) => {
      const dataset = datasetOf(communicator.rank);
      const batches = [Uint32Array.of(4, 2), Uint32Array.of(1, 1, 3)];
      const group = new RankGroup(communicator);
      return dispatchRows(group, batches.map((rows) => ({ dataset, rows })));
    }),
  );
  assertEquals(all.length, 3);
  for (const batches of all) {
    assertEquals(batches.map(({ rows }) => [...rows]), [[0, 1], [0, 1, 2]]);
    const [first, second] = batches.map(({ dataset }) => dataset);
    assertEquals([first.name, first.labelColumn], ["d", "scores"]);
    assertEquals([...first.text("text")], ["e", "\ud800 alone"]);
    assertEquals(first.labels, [[9, 10], [5, 6]]);
    assertEquals([...second.text("text")], ["é\u0000\n", "é\u0000\n", ""]);
  }
});

Deno.test("dispatchRows() keeps the order of calls where nobody waits for it yet", async () => {
  const sums = await Promise.all(
    memoryRanks(2).map(async (communicator) => {
      const group = new RankGroup(communicator);
      const dataset = datasetOf(communicator.rank);
      const ahead = dispatchRows(group, [{ dataset, rows: Uint32Array.of(0) }]);
      const values = Float32Array.of(1 + communicator.rank);
      await communicator.allReduce(values);
      assertEquals([...(await ahead)[0].dataset.text("text")], ["a"]);
      return values[0];
    }),
  );
  assertEquals(sums, [3, 3]);
});

Deno.test("dispatchRows() fails on all ranks where rank 0 cannot read a row", async () => {
  const messages = await Promise.all(
    memoryRanks(2).map(async (communicator) => {
      const broken = {
        length: 5,
        at: () => {
          throw new InputError("Cannot read pairs.jsonl: it has changed");
        },
        *[Symbol.iterator]() {},
      };
      const dataset = new Dataset({ name: "d", texts: new Map([["text", broken]]) });
      const group = new RankGroup(communicator);
      const run = () => dispatchRows(group, [{ dataset, rows: Uint32Array.of(0) }]);
      const { message } = await assertRejects(run, InputError);
      return message;
    }),
  );
  const reason = "Cannot read pairs.jsonl: it has changed";
  assertEquals(messages, [reason, `${reason} (on rank 0)`]);
});
