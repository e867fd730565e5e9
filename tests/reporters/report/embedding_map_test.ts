import { assertEquals } from "@std/assert";
import {
  EMBEDDING_MAP_NAME,
  readEmbeddingMap,
} from "../../../src/reporters/report/embedding_map.ts";
import { withFolder } from "../../support/with_folder.ts";

const MAP = {
  step: 3,
  shares: [0.5, 0.25],
  groups: ["anchor"],
  points: [{ x: 1, y: 2, group: 0, row: 0, text: "a" }],
};

Deno.test("readEmbeddingMap() reads a map, and takes what is damaged for none", async () => {
  await withFolder({}, async (folder) => {
    assertEquals(readEmbeddingMap(folder), null);
    const cases: [unknown, unknown][] = [
      [MAP, MAP],
      [null, null],
      [{ ...MAP, step: "3" }, null],
      [{ ...MAP, groups: [1] }, null],
      [{ ...MAP, points: [{ ...MAP.points[0], x: null }] }, null],
      [{ ...MAP, points: [null] }, null],
    ];
    for (const [content, found] of cases) {
      await Deno.writeTextFile(`${folder}/${EMBEDDING_MAP_NAME}`, JSON.stringify(content));
      assertEquals<unknown>(readEmbeddingMap(folder), found);
    }
    await Deno.writeTextFile(`${folder}/${EMBEDDING_MAP_NAME}`, "{");
    assertEquals(readEmbeddingMap(folder), null);
  });
});
