import { assertEquals, assertThrows } from "@std/assert";
import { eventRecord } from "../../../src/reporters/tensorboard/event_record.ts";
import { versionEvent } from "../../../src/reporters/tensorboard/events.ts";
import { readEvents } from "./read_events.ts";

Deno.test("eventRecord() frames an event with its length and two checksums", () => {
  const record = eventRecord(versionEvent(12.5));
  assertEquals(readEvents(record), [{ wall_time: 12.5, file_version: "brain.Event:2" }]);
  assertEquals(record.length, 16 + 9 + 2 + "brain.Event:2".length);
  for (const place of [0, 8, 14, record.length - 1]) {
    const damaged = record.slice();
    damaged[place] ^= 1;
    assertThrows(() => readEvents(damaged));
  }
});
