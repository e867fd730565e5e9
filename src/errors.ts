/**
 * The errors that a caller may want to catch by kind. Everything else is a `TypeError` for a wrong
 * shape or type, a `RangeError` for a value out of range, a `SyntaxError` for text that cannot be
 * parsed.
 *
 * @module
 */

/** A wrong flag, argument or configuration; the command line ends with exit code 2. */
export class UsageError extends Error {
  /** The class, for messages and for catching across module copies. */
  override readonly name = "UsageError";
}

/** Data or a model that cannot be read: missing, truncated, or not what it claims to be. */
export class InputError extends Error {
  /** The class, for messages and for catching across module copies. */
  override readonly name = "InputError";
}

/** A file or directory that cannot be written. */
export class OutputError extends Error {
  /** The class, for messages and for catching across module copies. */
  override readonly name = "OutputError";
}

/** No usable adapter, a lost device, a shader that does not compile, memory that does not suffice. */
export class DeviceError extends Error {
  /** The class, for messages and for catching across module copies. */
  override readonly name: string = "DeviceError";
}

/** Memory of the GPU that does not suffice: less work at a time may succeed. */
export class OutOfMemoryError extends DeviceError {
  /** The class, for messages and for catching across module copies. */
  override readonly name = "OutOfMemoryError";
}

/** A device that is gone, with everything on it; another one may be asked for. */
export class DeviceLostError extends DeviceError {
  /** The class, for messages and for catching across module copies. */
  override readonly name = "DeviceLostError";
}
