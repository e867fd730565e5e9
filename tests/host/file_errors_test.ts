import { assert, assertEquals } from "@std/assert";
import { FileError } from "../../src/host/file_error.ts";
import {
  isAccessDenied,
  isConnectionLost,
  isNotADirectory,
  isNotFound,
  refusedPath,
  systemCode,
} from "../../src/host/file_errors.ts";

const coded = (code: string) => Object.assign(new Error("failed"), { code });
const { errors } = Deno;

const KINDS = [
  [isNotFound, [new errors.NotFound(), coded("ENOENT"), new FileError("ENOENT", "x")]],
  [isNotADirectory, [new errors.NotADirectory(), coded("ENOTDIR"), new FileError("ENOTDIR", "x")]],
  [isAccessDenied, [new errors.PermissionDenied(), coded("EACCES"), coded("EPERM")]],
  [isConnectionLost, [
    ...[new errors.Http(), new errors.ConnectionReset(), new errors.UnexpectedEof()],
    new errors.BrokenPipe(),
  ]],
] as const;

Deno.test("errors are told by name or code, whichever host threw them", () => {
  for (const [is, own] of KINDS) {
    for (const error of own) assert(is(error), `${is.name} ${error}`);
    const others = KINDS.filter(([other]) => other !== is).flatMap(([, errors]) => [...errors]);
    for (const other of [...others, new Error("NotFound"), "ENOENT", null, { code: "ENOENT" }]) {
      assert(!is(other), `${is.name} ${other}`);
    }
  }
  // What Deno does not permit is another matter than what the system refuses.
  assert(!isAccessDenied(new errors.NotCapable()));
});

Deno.test("systemCode() is the error's own code, or what Deno's message tells", () => {
  assertEquals(systemCode(coded("ENOSPC")), "ENOSPC");
  assertEquals(systemCode(new Error("No space left on device (os error 28)")), "E28");
  const tooLarge = systemCode(new Error("File too large (os error 27)"));
  assertEquals(tooLarge, Deno.build.os === "windows" ? "E27" : "EFBIG");
  assertEquals([systemCode(new Error("x")), systemCode("ENOSPC")], [null, null]);
  assertEquals(systemCode(coded("ERR_INVALID_ARG_TYPE")), null);
});

Deno.test("refusedPath() is the error's own path, or what Deno's message tells", () => {
  assertEquals(refusedPath(new FileError("EISDIR", "/a")), "/a");
  assertEquals(refusedPath(new Error("Denied (os error 13): open '/b c'")), "/b c");
  assertEquals(refusedPath(new Error("Denied: writefile '/d'")), "/d");
  assertEquals([refusedPath(new Error("x")), refusedPath(undefined)], [undefined, undefined]);
});
