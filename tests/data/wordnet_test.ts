import { assert, assertEquals } from "@std/assert";
import { wordnetEntryLinking } from "../../src/data/wordnet.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("wordnet: pairs of a definition and the entry of the next wider meaning", async () => {
  const { train } = await wordnetEntryLinking();
  assertEquals(train.columns, ["anchor", "positive"]);
  assertEquals(train.labels, null);
  assertEquals(train.length, 77016);
  const row = [...train.text("anchor")].indexOf("the action of fetching");
  assertEquals(
    train.text("positive").at(row),
    "action: something done (usually as opposed to something said)",
  );
  const texts = train.columns.flatMap((column) => [...train.text(column)]);
  assertEquals(texts.filter((text) => /^\s|\s$|^$|"|_|\w\((p|a|ip)\)/.test(text)).slice(0, 20), []);
});

Deno.test("wordnet: the evaluation asks for entries that were held out", async () => {
  const { train, evaluation: { queries, corpus, relevant } } = await wordnetEntryLinking();
  assertEquals(queries.size, 2000);
  assertEquals(corpus.size, 960);
  assertEquals([...relevant.keys()], [...queries.keys()]);
  const wanted = [...relevant.values()].flatMap((documents) => [...documents]);
  assertEquals(wanted.length, 2000);
  assertEquals(new Set(wanted), new Set(corpus.keys()));

  const anchors = new Set(train.text("anchor"));
  const positives = new Set(train.text("positive"));
  const definitions = [...corpus.values()].map((entry) => entry.slice(entry.indexOf(": ") + 2));
  assertEquals([...corpus.values()].filter((entry) => positives.has(entry)), []);
  assertEquals([...queries.values()].filter((query) => anchors.has(query)), []);
  assertEquals(definitions.filter((definition) => anchors.has(definition)), []);
  assertEquals(new Set(corpus.values()).size, 960);
});

Deno.test("wordnet: the split is the same every time", async () => {
  const [first, second] = [await wordnetEntryLinking(), await wordnetEntryLinking()];
  assertEquals(first.evaluation, second.evaluation);
  const again = [...second.train.text("anchor")];
  assert([...first.train.text("anchor")].every((text, row) => text === again[row]));
});

Deno.test("wordnetEntryLinking() is the same out of its cache", async () => {
  await withFolder({}, async (cacheDirectory) => {
    const made = await wordnetEntryLinking({ cacheDirectory });
    assertEquals([...Deno.readDirSync(cacheDirectory)].length, 1);
    const kept = await wordnetEntryLinking({ cacheDirectory });
    assertEquals(kept.evaluation, made.evaluation);
    assertEquals(kept.train.columns, made.train.columns);
    for (const column of made.train.columns) {
      assertEquals(
        [...kept.train.text(column)].join("\n"),
        [...made.train.text(column)].join("\n"),
      );
    }
  });
});
