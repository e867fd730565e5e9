import { assert, assertEquals, assertThrows } from "@std/assert";
import { FileError } from "../../src/host/file_error.ts";
import { MemoryFile, MemoryNode } from "../../src/host/memory_file.ts";

Deno.test("MemoryNode fills the gap before what is written with zeros", () => {
  const node = new MemoryNode(true);
  node.write(3, Uint8Array.of(7));
  node.write(1, Uint8Array.of(5));
  assertEquals(node.bytes, Uint8Array.of(0, 5, 0, 7));
  node.truncate(2);
  node.truncate(3);
  assertEquals(node.bytes, Uint8Array.of(0, 5, 0));
  assertEquals([node.isFile, node.info.size], [true, 3]);
  assertEquals(new MemoryNode(false).info.isDirectory, true);
});

Deno.test("MemoryNode takes as much as one write needs, and grows by halves afterwards", () => {
  const node = new MemoryNode(true);
  node.write(0, new Uint8Array(1000));
  assertEquals(node.bytes.buffer.byteLength, 1000);
  node.write(1000, new Uint8Array(1));
  assertEquals([node.bytes.buffer.byteLength, node.bytes.length], [2000, 1001]);
});

Deno.test("MemoryNode's time grows with each change", () => {
  const node = new MemoryNode(true);
  const times = [1, 2, 3].map((
    byte,
  ) => (node.write(0, Uint8Array.of(byte)), node.info.mtime!.getTime()));
  assert(times[0] < times[1] && times[1] < times[2]);
});

Deno.test("MemoryFile refuses what its mode does not allow, and everything when it is closed", () => {
  const node = new MemoryNode(true);
  const [reader, writer] = [
    new MemoryFile(node, "/a", "read"),
    new MemoryFile(node, "/a", "write"),
  ];
  assertEquals(assertThrows(() => reader.writeSync(Uint8Array.of(1)), FileError).code, "EBADF");
  assertEquals(assertThrows(() => writer.readSync(new Uint8Array(1)), FileError).code, "EBADF");
  reader.close();
  for (const use of [() => reader.close(), () => reader.stat(), () => reader.seek(0)]) {
    assertEquals(assertThrows(use, FileError).code, "EBADF");
  }
  reader[Symbol.dispose]();
  const folder = new MemoryFile(new MemoryNode(false), "/", "read");
  assertEquals(assertThrows(() => folder.readSync(new Uint8Array(1)), FileError).code, "EISDIR");
});
