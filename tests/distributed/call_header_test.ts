import { assertEquals, assertThrows } from "@std/assert";
import {
  type Call,
  CALLS,
  describeCall,
  DETAILS,
  encodeHeader,
  HEADER_BYTES,
  INLINE_BYTES,
  readHeaders,
} from "../../src/distributed/call_header.ts";

const SUM: Call = { name: "allReduce", detail: "f32, sum", length: 7, root: 0 };

function exchanged(calls: Call[], values = calls.map(() => new Uint8Array(0))) {
  const all = new Uint8Array(HEADER_BYTES * calls.length);
  calls.forEach((call, i) => all.set(encodeHeader(call, values[i]), i * HEADER_BYTES));
  return readHeaders(all);
}

Deno.test("readHeaders gives back every call and detail, with short values", () => {
  for (const name of CALLS) {
    for (const detail of DETAILS) {
      const call = { name, detail, length: 0xffffffff, root: 3 };
      assertEquals(exchanged([call, call]).map((header) => header.call), [call, call]);
    }
  }
  assertEquals([CALLS.length, DETAILS.length], [9, 10]);
  const value = new Uint8Array(INLINE_BYTES).fill(9);
  const [, second] = exchanged([SUM, SUM], [Uint8Array.of(1), value]);
  assertEquals(second.inline, value);
  const [long] = exchanged([SUM], [new Uint8Array(INLINE_BYTES + 1).fill(9)]);
  assertEquals(long.inline, new Uint8Array(INLINE_BYTES));
});

Deno.test("readHeaders refuses calls that differ, naming both and the rank", () => {
  const others: Call[] = [
    { ...SUM, length: 8 },
    { ...SUM, detail: "f32, max" },
    { ...SUM, name: "reduceScatter" },
    { name: "broadcast", detail: "f32", length: 7, root: 1 },
  ];
  for (const other of others) {
    assertThrows(
      () => exchanged([SUM, SUM, other]),
      Error,
      "Cannot allReduce, ranks disagree: found allReduce(7 x f32, sum) on rank 0 and " +
        `${describeCall(other)} on rank 2, wanted the same on all`,
    );
  }
  assertEquals(describeCall(others[3]), "broadcast(7 x f32, root 1)");
  assertThrows(() => exchanged([others[3], { ...others[3], root: 0 }]), Error, "ranks disagree");
});

Deno.test("readHeaders takes different lengths where each rank has its own", () => {
  for (const name of ["allGather", "broadcastJson", "gatherJson"] as const) {
    const call: Call = { name, detail: "u8", length: 1, root: 0 };
    const headers = exchanged([call, { ...call, length: 2 }]);
    assertEquals(headers.map((header) => header.call.length), [1, 2]);
  }
});

Deno.test("encodeHeader refuses a length beyond 32 bits", () => {
  assertThrows(
    () => encodeHeader({ ...SUM, length: 2 ** 32 }, new Uint8Array(0)),
    RangeError,
    "Cannot allReduce: found 4294967296 elements, at most 4294967295",
  );
});
