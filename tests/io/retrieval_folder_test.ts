import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { InputError } from "../../src/errors.ts";
import { openRetrievalFolder } from "../../src/io/retrieval_folder.ts";
import { withFolder } from "../support/with_folder.ts";

function lines(...rows: unknown[]): string {
  return rows.map((row) => JSON.stringify(row) + "\n").join("");
}

async function writeLines(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  await Deno.writeTextFile(
    join(folder, "corpus.jsonl"),
    lines({ _id: "d1", text: "one", title: "" }, { _id: 2, text: "two" }, { _id: "d3", text: "" }),
  );
  await Deno.writeTextFile(join(folder, "queries.jsonl"), lines({ _id: "q1", text: "first" }));
  await Deno.writeTextFile(
    join(folder, "qrels.jsonl"),
    lines(
      { "query-id": "q1", "corpus-id": "d1", score: 1 },
      { "query-id": "q1", "corpus-id": ["d3", 2] },
      { "query-id": "q1", "corpus-id": "d4", score: 0 },
    ),
  );
}

Deno.test("openRetrievalFolder: JSON Lines, folders of either name", async () => {
  await withFolder({}, async (folder) => {
    await writeLines(join(folder, "msmarco"));
    const task = await openRetrievalFolder(folder, ["NanoMSMARCO"]).read("NanoMSMARCO");
    assertEquals(task, {
      queries: new Map([["q1", "first"]]),
      corpus: new Map([["d1", "one"], ["2", "two"]]),
      relevant: new Map([["q1", new Set(["d1", "d3", "2"])]]),
    });
  });
});

Deno.test("openRetrievalFolder: Parquet", async () => {
  await withFolder({}, async (folder) => {
    const path = join(folder, "NanoNQ");
    await Deno.mkdir(path);
    const write = (name: string, columns: Record<string, string[]>) =>
      Deno.writeFile(
        join(path, `${name}.parquet`),
        new Uint8Array(parquetWriteBuffer({
          columnData: Object.entries(columns).map(([name, data]) => ({
            name,
            data,
            type: "STRING" as const,
          })),
        })),
      );
    await write("corpus", { _id: ["d1", "d2"], text: ["one", "two"] });
    await write("queries", { _id: ["q1"], text: ["first"] });
    await write("qrels", { "query-id": ["q1", "q1"], "corpus-id": ["d1", "d2"] });
    const { corpus, relevant } = await openRetrievalFolder(folder, ["NanoNQ"]).read("NanoNQ");
    assertEquals(corpus, new Map([["d1", "one"], ["d2", "two"]]));
    assertEquals(relevant, new Map([["q1", new Set(["d1", "d2"])]]));
    await write("queries", { id: ["q1"], text: ["first"] });
    await assertRejects(
      () => openRetrievalFolder(folder, ["NanoNQ"]).read("NanoNQ"),
      InputError,
      'queries.parquet: column "_id" is missing; found "id", "text"',
    );
  });
});

Deno.test("openRetrievalFolder: what is missing is said at once, or with its row", async () => {
  await withFolder({}, async (folder) => {
    await writeLines(join(folder, "NanoNQ"));
    const open = (...names: string[]) => () => openRetrievalFolder(folder, names);
    assertThrows(open("NanoNQ", "NanoFEVER"), InputError, "no sub-folder for NanoFEVER");
    assertThrows(() => openRetrievalFolder(join(folder, "none"), []), InputError, "none");
    const qrels = join(folder, "NanoNQ", "qrels.jsonl");
    await Deno.writeTextFile(qrels, lines({ "query-id": "q1", corpus: "d1" }));
    await assertRejects(
      () => open("NanoNQ")().read("NanoNQ"),
      InputError,
      'qrels.jsonl: column "corpus-id" is missing; found "query-id", "corpus"',
    );
    await Deno.remove(qrels);
    assertThrows(open("NanoNQ"), InputError, "there is no qrels.jsonl or qrels.parquet");
  });
});
