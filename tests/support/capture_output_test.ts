import { assert, assertEquals, assertRejects } from "@std/assert";
import { captureOutput } from "./capture_output.ts";

Deno.test("captureOutput() collects both ways of writing in their order", async () => {
  const text = await captureOutput(async () => {
    console.log("one");
    await Promise.resolve();
    for (const byte of new TextEncoder().encode("zwö")) Deno.stdout.writeSync(Uint8Array.of(byte));
    console.log("!");
  });
  assertEquals(text, "one\nzwö!\n");
});

Deno.test("captureOutput() gives standard output back, after an error too", async () => {
  const { log } = console;
  const { writeSync } = Deno.stdout;
  await assertRejects(() => captureOutput(() => Promise.reject(new Error("no"))), Error, "no");
  assert(console.log === log && Deno.stdout.writeSync === writeSync);
});
