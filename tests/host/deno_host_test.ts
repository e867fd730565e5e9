import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { denoHost } from "../../src/host/deno_host.ts";
import { BYTE_CASES } from "../support/byte_cases.ts";
import { FILE_SYSTEM_CASES } from "../support/file_system_cases.ts";
import { withFolder } from "../support/with_folder.ts";

const { files, process, bytes, serve } = denoHost!;

for (const [what, run] of Object.entries(FILE_SYSTEM_CASES)) {
  Deno.test(`Deno's files: ${what}`, () => withFolder({}, (folder) => run(files, folder)));
}

for (const [what, run] of Object.entries(BYTE_CASES)) {
  Deno.test(`Deno's work on bytes: ${what}`, () => run(bytes));
}

Deno.test("Deno's files: a symbolic link leads to its file from where it lies", async () => {
  await withFolder({ "blobs/x": "content" }, async (folder) => {
    await files.mkdir(`${folder}/names`);
    await files.symlink("../blobs/x", `${folder}/names/a`);
    assertEquals(await Deno.readTextFile(`${folder}/names/a`), "content");
    assertEquals((await files.lstat(`${folder}/names/a`)).isFile, false);
    assertEquals((await files.stat(`${folder}/names/a`)).isFile, true);
    assertEquals(
      await files.realPath(`${folder}/names/a`),
      await files.realPath(`${folder}/blobs/x`),
    );
  });
});

Deno.test("Deno's process tells what Deno tells", async () => {
  assertEquals([process.os, process.pid], [Deno.build.os, Deno.pid]);
  assertEquals(process.runtime, { name: "Deno", version: Deno.version.deno });
  assertEquals(process.hostName(), Deno.hostname());
  assert(process.memory() > 1e6);
  assertEquals(process.isRunning(Deno.pid), true);
  assert(process.notPermitted("x") instanceof Deno.errors.NotCapable);
  assert((await files.freeSpace("."))! > 0);
});

Deno.test("Deno's process sets a variable that is not set, and leaves others", () => {
  const name = "SENTRAIN_TEST_DEFAULT";
  try {
    process.setDefault(name, "one");
    process.setDefault(name, "two");
    assertEquals([process.variable(name), Deno.env.get(name)], ["one", "one"]);
  } finally {
    Deno.env.delete(name);
  }
});

Deno.test({
  name: "Deno's process asks nobody for a permission that is missing",
  permissions: { env: ["PATH"], net: ["localhost"], read: [Deno.cwd()] },
  fn: async () => {
    assertThrows(() => Deno.hostname(), Deno.errors.NotCapable);
    assertEquals([process.hostName(), process.variable("HOME")], [null, undefined]);
    process.setDefault("HOME", "nowhere");
    assertEquals(process.isRunning(1), null);
    assertEquals(process.isRunning(Deno.pid), true);
    assertEquals(await files.freeSpace("."), null);
    const permitted = (kind: "read" | "net", what: string) => process.isPermitted(kind, what);
    assertEquals([permitted("net", "localhost"), permitted("net", "example.org")], [true, false]);
    assertEquals([permitted("read", Deno.cwd()), permitted("read", "/etc")], [true, false]);
  },
});

Deno.test("Deno's host serves until it is told to end", async () => {
  const stop = new AbortController();
  const options = { hostname: "127.0.0.1", port: 0, signal: stop.signal };
  const server = serve!(options, (request) => new Response(new URL(request.url).pathname));
  const address = `http://127.0.0.1:${server.port}/a`;
  assertEquals(await (await fetch(address)).text(), "/a");
  stop.abort();
  await server.finished;
  await assertRejects(() => fetch(address), TypeError);
});
