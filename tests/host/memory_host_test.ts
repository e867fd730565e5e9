import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { memoryHost } from "../../src/host/memory_host.ts";
import { withEnvironment } from "../support/with_environment.ts";

const PROGRAM = fromFileUrl(new URL("programs/train_in_memory.ts", import.meta.url));

Deno.test("a run with memoryHost() trains, resumes and loads, and touches no file", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Reading, writing and running are refused: whatever asked Deno for a file would fail.
    args: ["run", "--no-lock", "--no-check", "--no-prompt", "--allow-env", PROGRAM],
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert(success, text(stderr));
  const { whole, resumed, loaded, isSameWhenResumed, files } = JSON.parse(
    text(stdout).trimEnd().split("\n").at(-1)!,
  );
  assertEquals(whole.length, 32);
  assertEquals(resumed, whole);
  assertEquals(loaded, whole);
  assert(isSameWhenResumed);
  for (const name of ["checkpoint-2", "checkpoint-4", "final"]) {
    assert(files.includes(`${name}/model.safetensors`), `${files}`);
  }
  assert(files.includes("checkpoint-4/optimizer.safetensors"), `${files}`);
});

Deno.test("memoryHost() knows nothing of the machine", async () => {
  const { process, serve } = memoryHost();
  await withEnvironment({ SENTRAIN_X: "x" }, () => {
    assertEquals(process.variable("SENTRAIN_X"), undefined);
    process.setDefault("SENTRAIN_Y", "y");
    assertEquals(Deno.env.get("SENTRAIN_Y"), undefined);
  });
  assertEquals([process.hostName(), process.memory(), serve], [null, 0, undefined]);
  assertEquals([process.isRunning(process.pid), process.isRunning(2)], [true, false]);
  assertEquals(process.notPermitted("x").name, "NotCapable");
});
