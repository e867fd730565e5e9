import { assertEquals, assertThrows } from "@std/assert";
import { print } from "../../src/cli/print.ts";

function printTo(
  writeSync: typeof Deno.stdout.writeSync,
  text: string,
): boolean {
  const original = Deno.stdout.writeSync;
  Deno.stdout.writeSync = writeSync;
  try {
    return print(text);
  } finally {
    Deno.stdout.writeSync = original;
  }
}

Deno.test("print() writes all of a text, however little is taken at a time", () => {
  const taken: number[] = [];
  const all = printTo((bytes) => {
    taken.push(...bytes.subarray(0, 2));
    return Math.min(2, bytes.length);
  }, "Straße\n");
  assertEquals(all, true);
  assertEquals(new TextDecoder().decode(Uint8Array.from(taken)), "Straße\n");
});

Deno.test("print() tells when nobody reads, and passes other errors on", () => {
  const failing = (error: Error) => (): number => {
    throw error;
  };
  assertEquals(printTo(failing(new Deno.errors.BrokenPipe("gone")), "x"), false);
  assertThrows(() => printTo(failing(new Error("disk")), "x"), Error, "disk");
});
