import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import jsr from "../deno.jsr.json" with { type: "json" };
import manifest from "../deno.json" with { type: "json" };
import { ROOT } from "../tools/repository.ts";

Deno.test("deno.jsr.json is deno.json without what replaces or develops packages", () => {
  const { workspace, fmt: _fmt, lint: _lint, publish: _publish, tasks: _tasks, ...rest } = manifest;
  assertEquals(workspace, ["./std/assert", "./std/cli", "./std/path"]);
  assertEquals<unknown>(jsr, rest);
});

Deno.test("each workspace member stands in for a package that the manifest imports", async () => {
  for (const folder of manifest.workspace) {
    const member = JSON.parse(await Deno.readTextFile(join(ROOT, folder, "deno.json")));
    const specifier = (manifest.imports as Record<string, string>)[member.name];
    assertEquals(specifier, `jsr:${member.name}@^1.0.0`);
    assert(member.version.startsWith("1.") && member.publish === false);
  }
});
