import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { expandHome } from "../../../src/train/arguments/expand_home.ts";

Deno.test("expandHome() replaces ~ at the start of a path", () => {
  assertEquals(expandHome("~", "/h"), "/h");
  assertEquals(expandHome("~/out", "/h"), "/h/out");
  assertEquals(expandHome("~\\out", "C:\\h"), "C:\\h\\out");
});

Deno.test("expandHome() leaves every other path as it is", () => {
  for (const path of ["out", "/out/~", "~user/out", "./~/out"]) {
    assertEquals(expandHome(path, "/h"), path);
  }
});

Deno.test("expandHome() takes the home directory from the environment", () => {
  const names = ["HOME", "USERPROFILE"];
  const before = names.map((name) => Deno.env.get(name));
  try {
    for (const name of names) Deno.env.delete(name);
    const { message } = assertThrows(() => expandHome("~/out"), UsageError);
    assertEquals(
      message,
      "Cannot find ~/out: the environment has no HOME; give the path without ~",
    );
    Deno.env.set("USERPROFILE", "/profile");
    assertEquals(expandHome("~/out"), "/profile/out");
    Deno.env.set("HOME", "/h");
    assertEquals(expandHome("~/out"), "/h/out");
  } finally {
    for (const [i, name] of names.entries()) {
      if (before[i] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[i]);
    }
  }
});
