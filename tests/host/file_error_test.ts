import { assertEquals } from "@std/assert";
import { FileError } from "../../src/host/file_error.ts";

Deno.test("FileError has the name of Deno's error, the system's code, and the path", () => {
  const error = new FileError("ENOENT", "/a/b");
  const { name, code, path, message } = error;
  assertEquals([name, code, path], ["NotFound", "ENOENT", "/a/b"]);
  assertEquals(message, "No such file or directory: '/a/b'");
  assertEquals(new FileError("EEXIST", "x").name, new Deno.errors.AlreadyExists().name);
  assertEquals(new FileError("ENOTDIR", "x").name, new Deno.errors.NotADirectory().name);
  assertEquals(new FileError("EISDIR", "x").name, new Deno.errors.IsADirectory().name);
});
