/**
 * Safetensors files that stay on disk: a tensor is read when it is asked for.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { FileInfo, OpenFile } from "../host/file_system.ts";
import { host } from "../host/host.ts";
import { missingPermission } from "../host/missing_permission.ts";
import { readAt } from "../host/read_parts.ts";
import { SafetensorsFile } from "./safetensors.ts";
import { headerEnd, MAX_HEADER_BYTES, parseSafetensorsHeader } from "./safetensors_header.ts";

/**
 * Reads the header of a file and checks it as `decodeSafetensors` does. The file is not kept open; it must
 * not change until the last tensor is read.
 *
 * @param path The file.
 * @returns The header and access to the tensors.
 * @throws {InputError} When the file is truncated, or its header is not what the format asks for.
 * @throws {Error} When there is no such file, `NotFound`, and other errors of the host.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  using file = await host().files.open(path);
  const opened = file.stat();
  const head = bytesAt(file, 0, new Uint8Array(Math.min(8, opened.size)), path);
  const end = head.length < 8 ? 0 : headerEnd(head);
  const isRead = end <= opened.size && end - 8 <= MAX_HEADER_BYTES;
  const beginning = isRead
    ? bytesAt(file, 0, new Uint8Array(Math.max(head.length, end)), path)
    : head;
  const header = parseSafetensorsHeader(beginning, path, opened.size);
  return new SafetensorsFile(path, header, (begin, end, into) => {
    using file = openAgain(path, opened);
    const length = end - begin;
    const bytes = into?.subarray(0, length) ?? new Uint8Array(length);
    return bytesAt(file, header.dataStart + begin, bytes, path);
  });
}

function openAgain(path: string, opened: FileInfo): OpenFile {
  let file: OpenFile;
  try {
    file = host().files.openSync(path);
  } catch (cause) {
    const reason = missingPermission(cause) ?? (cause as Error).message;
    throw new InputError(`Cannot read ${path}: ${reason}`, { cause });
  }
  const { size, mtime, ino } = file.stat();
  if (size === opened.size && ino === opened.ino && mtime?.getTime() === opened.mtime?.getTime()) {
    return file;
  }
  file.close();
  throw changed(path);
}

function bytesAt(
  file: OpenFile,
  position: number,
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
): Uint8Array<ArrayBuffer> {
  if (!readAt(file, position, bytes)) throw changed(path);
  return bytes;
}

function changed(path: string): InputError {
  return new InputError(
    `Cannot read ${path}: it has changed since it was opened; leave it alone until the model is loaded, and start again`,
  );
}
