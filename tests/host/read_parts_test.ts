import { assertEquals } from "@std/assert";
import { host } from "../../src/host/host.ts";
import { readAt, readPieces } from "../../src/host/read_parts.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("readAt() fills an array from a place, or tells that the file ends", async () => {
  await withFolder({ a: "0123456789" }, async (folder) => {
    using file = await host().files.open(`${folder}/a`);
    const target = new Uint8Array(4);
    assertEquals([readAt(file, 6, target), new TextDecoder().decode(target)], [true, "6789"]);
    assertEquals([readAt(file, 7, target), readAt(file, 20, target)], [false, false]);
    assertEquals(readAt(file, 0, new Uint8Array()), true);
  });
});

Deno.test("readPieces() gives all of a file in pieces", async () => {
  await withFolder({ a: "0123456789", empty: "" }, async (folder) => {
    const pieces: string[] = [];
    for await (const piece of readPieces(`${folder}/a`, 4)) {
      pieces.push(new TextDecoder().decode(piece));
    }
    assertEquals(pieces, ["0123", "4567", "89"]);
    assertEquals(await Array.fromAsync(readPieces(`${folder}/empty`, 4)), []);
  });
});
