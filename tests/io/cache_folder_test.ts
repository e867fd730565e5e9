import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { cacheFolder } from "../../src/io/cache_folder.ts";

const NAMES = ["SENTRAIN_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA", "HOME", "USERPROFILE"];

/** The folder under an environment with these variables alone. */
function folderUnder(variables: Record<string, string>): string | null {
  const before = NAMES.map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const name of NAMES) Deno.env.delete(name);
    for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
    return cacheFolder();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

Deno.test("cacheFolder() is the program's own, else one in the system's", () => {
  const home = { HOME: "home", XDG_CACHE_HOME: "xdg", SENTRAIN_CACHE: "own" };
  assertEquals(folderUnder(home), "own");
  assertEquals(folderUnder({ ...home, SENTRAIN_CACHE: "" }), join("xdg", "sentrain"));
  const usual = Deno.build.os === "darwin" ? "Library/Caches" : ".cache";
  assertEquals(folderUnder({ HOME: "home" }), join("home", usual, "sentrain"));
  assertEquals(folderUnder({}), null);
});

Deno.test({
  name: "cacheFolder() is none without permission to read the environment",
  permissions: { env: false },
  fn: () => assertEquals(cacheFolder(), null),
});
