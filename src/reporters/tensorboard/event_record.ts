/**
 * One record of an event file.
 *
 * @module
 */
import { crc32c } from "./crc32c.ts";
import type { ProtobufMessage } from "./protobuf.ts";

/**
 * Frames an event as TensorFlow's record files do: the length in 8 bytes, the masked checksum of those,
 * the event, its masked checksum; least byte first. Source: `tensorflow/core/lib/io/record_writer.h`.
 *
 * @param event the event
 * @returns the record
 */
export function eventRecord(event: ProtobufMessage): Uint8Array<ArrayBuffer> {
  const { bytes } = event;
  const record = new Uint8Array(bytes.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(bytes, 12);
  view.setUint32(12 + bytes.length, masked(crc32c(bytes)), true);
  return record;
}

/** A checksum of bytes that hold checksums would be weak: this one is rotated and moved. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
