/**
 * Facts of the process, as sentrain asks for them.
 *
 * @module
 */

/** What is asked of the process that sentrain runs in. Nobody is prompted for anything. */
export interface HostProcess {
  /** The operating system: `linux`, `darwin`, `windows`; any other word where it has no like. */
  readonly os: string;
  /** The number of the process. */
  readonly pid: number;
  /** What runs the program, for the card of a model. */
  readonly runtime: { readonly name: string; readonly version: string };
  /** What is told of runs where OpenTelemetry is exported: its API; undefined where it is not. */
  readonly telemetry?: unknown;
  /** What the machine is called; null where that is not told. */
  hostName(): string | null;
  /** The memory that the process has. Unit: bytes; 0 where that is not told. */
  memory(): number;
  /** A variable of the environment; undefined where it is not set, or may not be read. */
  variable(name: string): string | undefined;
  /** Sets a variable of the environment that is not set, where that is permitted. */
  setDefault(name: string, value: string): void;
  /**
   * Whether something may be done without anybody being asked.
   *
   * @param kind To read a file, or to reach a machine of the network.
   * @param what The file's path; the machine's name, with a port where it has one.
   * @returns Whether it may.
   */
  isPermitted(kind: "read" | "net", what: string): boolean;
  /** Whether a process runs; null where that may not be asked. */
  isRunning(pid: number): boolean | null;
  /** The error of a permission that is missing, from its message: of a worker that alone arrives. */
  notPermitted(message: string): Error;
}
