import { assertEquals } from "@std/assert";
import type { Embeddings } from "../../../src/evaluators/embedder.ts";
import { encodeTogether } from "../../../src/train/parallel/encode_together.ts";
import { RankGroup } from "../../../src/train/parallel/rank_group.ts";
import { memoryRanks } from "../../support/tiny_ranks.ts";

/** A text's length and its first code. */
function lengths(texts: readonly string[]): Promise<Embeddings> {
  const data = Float32Array.from(texts.flatMap((text) => [text.length, text.charCodeAt(0)]));
  return Promise.resolve({ data, rows: texts.length, columns: 2 });
}

Deno.test("encodeTogether() embeds each text on one rank and gives all to every rank", async () => {
  const texts = ["a", "bcd", "ef", "g", "hijkl"];
  for (const count of [0, 1, 2, 5]) {
    const some = texts.slice(0, count);
    const encoded: string[] = [];
    const found = await Promise.all(
      memoryRanks(3).map((each) =>
        encodeTogether(new RankGroup(each), some, (own) => {
          encoded.push(...own);
          return lengths(own);
        })
      ),
    );
    assertEquals(encoded.sort(), [...some].sort());
    const { data, rows } = await lengths(some);
    for (const embeddings of found) {
      assertEquals([[...embeddings.data], embeddings.rows], [[...data], rows]);
      assertEquals(embeddings.columns, 2);
    }
  }
});

Deno.test("encodeTogether() simply embeds where there is one process", async () => {
  assertEquals((await encodeTogether(null, ["ab"], lengths)).rows, 1);
});
