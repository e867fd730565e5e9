import { assertEquals } from "@std/assert";
import { MPICH } from "../../src/distributed/mpich.ts";

/** Kinds of objects in bits 26 to 29 of a handle. */
const KINDS = { world: 1, byte: 3, errorsReturn: 5, noInfo: 7 } as const;

Deno.test("MPICH's handles are integers that say what they are handles of", () => {
  const constants = MPICH.constants("");
  assertEquals(MPICH.handle, "i32");
  for (const [name, kind] of Object.entries(KINDS)) {
    const handle = Number(constants[name as keyof typeof KINDS]);
    assertEquals(handle >>> 26 & 15, kind, name);
    // Built-in objects have 01 in the two highest bits, null handles 00.
    assertEquals(handle >>> 30, name === "noInfo" ? 0 : 1, name);
  }
  // A type says in bits 8 to 15 how many bytes its elements have.
  assertEquals(Number(constants.byte) >>> 8 & 255, 1);
});

Deno.test("MPICH.read takes the 32 bits that the library wrote", () => {
  const memory = new BigUint64Array(1);
  new Int32Array(memory.buffer)[0] = -0x7bffffff;
  assertEquals(MPICH.read(memory), -0x7bffffff);
});
