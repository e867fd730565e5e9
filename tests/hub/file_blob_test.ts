import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { FileBlob } from "../../src/hub/file_blob.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("FileBlob is a Blob with the content of a file", async () => {
  const content = Uint8Array.from({ length: 600_001 }, (_, i) => i * 31 + (i >> 8));
  const real = new Blob([content]);
  await withFolder({ "a": content, "empty": "" }, async (folder) => {
    const blob = await FileBlob.open(join(folder, "a"));
    const slices: [number?, number?][] = [
      [],
      [0, 1],
      [262_144],
      [1, 524_289],
      [-5],
      [-10, -5],
      [7, 3],
      [600_000, 10 ** 9],
      [10 ** 9],
    ];
    for (const range of slices) {
      const [part, wanted] = [blob.slice(...range), real.slice(...range)];
      assertEquals(part.size, wanted.size, `${range}`);
      assertEquals(await part.arrayBuffer(), await wanted.arrayBuffer(), `${range}`);
    }
    const inner = blob.slice(100, 5000).slice(10, 20);
    assertEquals(new Uint8Array(await inner.arrayBuffer()), content.slice(110, 120));
    assertEquals(await (await FileBlob.open(join(folder, "empty"))).text(), "");
    assertEquals(blob instanceof Blob, true);
  });
});

Deno.test("FileBlob is sent by fetch with its length, and closes its file", async () => {
  await withFolder({ "a": "0123456789" }, async (folder) => {
    await using server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      async (request) =>
        Response.json([request.headers.get("content-length"), await request.text()]),
    );
    const body = (await FileBlob.open(join(folder, "a"))).slice(2, 8);
    const url = `http://127.0.0.1:${server.addr.port}`;
    const answer = await fetch(url, { method: "PUT", body });
    assertEquals(await answer.json(), ["6", "234567"]);
    // A reader that stops early leaves nothing open, or the test fails.
    const reader = body.stream().getReader();
    await reader.read();
    await reader.cancel();
  });
});

Deno.test("FileBlob fails where its file is shorter than it was, or gone", async () => {
  await withFolder({ "a": "0123456789" }, async (folder) => {
    const blob = await FileBlob.open(join(folder, "a"));
    await Deno.writeTextFile(join(folder, "a"), "0123");
    await assertRejects(() => blob.arrayBuffer(), Error, "it has become shorter");
    await Deno.remove(join(folder, "a"));
    await assertRejects(() => blob.arrayBuffer(), Deno.errors.NotFound);
    await assertRejects(() => FileBlob.open(join(folder, "a")), Deno.errors.NotFound);
  });
});
