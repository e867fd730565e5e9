import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { denoHost } from "../../src/host/deno_host.ts";
import { hasHost, host, useHost, workersShareHost } from "../../src/host/host.ts";
import { memoryHost } from "../../src/host/memory_host.ts";

Deno.test("host() is Deno's until useHost(), and again after useHost(null)", () => {
  assertEquals([host() === denoHost, workersShareHost()], [true, true]);
  const memory = memoryHost();
  try {
    useHost(memory);
    assertEquals([host() === memory, hasHost(), workersShareHost()], [true, true, false]);
  } finally {
    useHost(null);
  }
  assert(host() === denoHost);
});

Deno.test("host() says what to call where there is none", async () => {
  const module = fromFileUrl(new URL("../../src/host/host.ts", import.meta.url));
  const program = `
    const path = Deno.args[0];
    delete globalThis.Deno;
    const { hasHost, host } = await import(path);
    if (hasHost()) throw new Error("there is one");
    host();`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", program, module],
  }).output();
  assertEquals(code, 1);
  assertStringIncludes(
    new TextDecoder().decode(stderr),
    "found no Deno and no other host; call useHost() of @sentrain/sentrain/host first",
  );
});
