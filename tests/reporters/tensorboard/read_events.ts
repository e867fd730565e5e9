/**
 * Reads event files with a library of Protocol Buffers and a checksum computed bit by bit.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { foreign } from "../../support/foreign.ts";

const SCHEMA = `
syntax = "proto3";
message Event {
  double wall_time = 1;
  int64 step = 2;
  oneof what { string file_version = 3; Summary summary = 5; }
}
message Summary { repeated Value value = 1; }
message Value {
  string tag = 1;
  Tensor tensor = 8;
  Metadata metadata = 9;
  oneof value { float simple_value = 2; Histogram histo = 5; }
}
message Histogram {
  double min = 1;
  double max = 2;
  double num = 3;
  double sum = 4;
  double sum_squares = 5;
  repeated double bucket_limit = 6;
  repeated double bucket = 7;
}
message Metadata { PluginData plugin_data = 1; }
message PluginData { string plugin_name = 1; bytes content = 2; }
message Tensor { int32 dtype = 1; Shape tensor_shape = 2; repeated bytes string_val = 8; }
message Shape { repeated Dim dim = 2; }
message Dim { int64 size = 1; }
message HParamsPluginData {
  int32 version = 1;
  oneof data { Experiment experiment = 2; SessionStart session_start_info = 3; SessionEnd session_end_info = 4; }
}
message Experiment { repeated HParamInfo hparam_infos = 4; repeated MetricInfo metric_infos = 5; }
message HParamInfo { string name = 1; int32 type = 4; }
message MetricInfo { MetricName name = 1; }
message MetricName { string group = 1; string tag = 2; }
message SessionStart { map<string, JsonValue> hparams = 1; string group_name = 4; double start_time_secs = 5; }
message SessionEnd { int32 status = 1; double end_time_secs = 2; }
message JsonValue { oneof kind { double number_value = 2; string string_value = 3; bool bool_value = 4; } }
`;

const protobuf = await foreign("protobufjs");
const { root } = protobuf.parse(SCHEMA, { keepCase: true });

/** A message, its fields as plain values. */
// deno-lint-ignore no-explicit-any
export type Decoded = Record<string, any>;

/**
 * Decodes a message.
 *
 * @param type Its name in the schema.
 * @param bytes Its bytes.
 */
export function decodeMessage(type: string, bytes: Uint8Array): Decoded {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: Number, arrays: true, bytes: Array });
}

/**
 * Reads all events of a file and checks the frames.
 *
 * @param file Its bytes.
 */
export function readEvents(file: Uint8Array): Decoded[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const events: Decoded[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    assertEquals(view.getUint32(at + 8, true), maskedChecksum(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    assertEquals(data.length, length);
    assertEquals(view.getUint32(at + 12 + length, true), maskedChecksum(data));
    events.push(decodeMessage("Event", data));
    at += 16 + length;
  }
  return events;
}

/** The event file of a directory. */
export async function eventFileOf(directory: string): Promise<Uint8Array> {
  const names = [...Deno.readDirSync(directory)].map(({ name }) => name)
    .filter((name) => name.includes("tfevents"));
  assertEquals(names.length, 1, names.join());
  return await Deno.readFile(`${directory}/${names[0]}`);
}

/** The remainder of polynomial division, in whole numbers without a table. */
export function checksum(bytes: Uint8Array): bigint {
  let remainder = 0xffffffffn;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const odd = (remainder ^ BigInt(byte >> bit)) & 1n;
      remainder = (remainder >> 1n) ^ (odd * 0x82f63b78n);
    }
  }
  return remainder ^ 0xffffffffn;
}

function maskedChecksum(bytes: Uint8Array): number {
  const crc = checksum(bytes);
  const rotated = (crc >> 15n | crc << 17n) & 0xffffffffn;
  return Number((rotated + 0xa282ead8n) & 0xffffffffn);
}
