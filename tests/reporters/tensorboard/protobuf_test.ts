import { assertEquals } from "@std/assert";
import { ProtobufMessage } from "../../../src/reporters/tensorboard/protobuf.ts";
import { decodeMessage } from "./read_events.ts";

Deno.test("ProtobufMessage writes the example bytes of the encoding's description", () => {
  assertEquals([...new ProtobufMessage().integer(1, 150).bytes], [0x08, 0x96, 0x01]);
  assertEquals([...new ProtobufMessage().text(2, "testing").bytes], [
    ...[0x12, 0x07],
    ...new TextEncoder().encode("testing"),
  ]);
  const inner = new ProtobufMessage().integer(1, 150);
  assertEquals([...new ProtobufMessage().message(3, inner).bytes], [0x1a, 0x03, 0x08, 0x96, 0x01]);
});

Deno.test("ProtobufMessage keeps integers beyond 32 bits, doubles, floats and long texts", () => {
  const steps = [0, 1, 127, 128, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];
  for (const step of steps) {
    const event = new ProtobufMessage().double(1, Math.PI).integer(2, step);
    const { wall_time, step: decoded = 0 } = decodeMessage("Event", event.bytes);
    assertEquals([wall_time, decoded], [Math.PI, step]);
  }
  for (const value of [0.1, -0, NaN, Infinity, -Infinity, 1e-45]) {
    const { simple_value } = decodeMessage("Value", new ProtobufMessage().float(2, value).bytes);
    assertEquals(simple_value, Math.fround(value));
  }
  const tag = "é€😀".repeat(1000);
  assertEquals(decodeMessage("Value", new ProtobufMessage().text(1, tag).bytes).tag, tag);
});
