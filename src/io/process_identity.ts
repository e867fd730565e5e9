/**
 * Which process of which machine: enough to tell later whether it still runs.
 *
 * @module
 */
import { host } from "../host/host.ts";
import { readText } from "../host/read_text.ts";

/** A process; what the host does not tell, or may not ask, is null. */
export interface ProcessIdentity {
  /** Its number, which the system gives to others later. */
  readonly pid: number;
  /** The machine's name. */
  readonly host: string | null;
  /** Differs each time that the machine starts; Linux alone tells it. */
  readonly boot: string | null;
  /** When the process began, in clock ticks since then; Linux alone tells it. */
  readonly start: string | null;
}

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return {
    pid: host().process.pid,
    host: host().process.hostName(),
    boot: await bootId(),
    start: (await statOf(host().process.pid))?.start ?? null,
  };
}

/**
 * Tells whether a process still runs.
 *
 * @param process What {@linkcode ownIdentity} told it of itself.
 * @returns "elsewhere" for one of another machine, of which nothing can be known; "unknown" where that
 *   may not be asked. One that the system does not tell of counts as running.
 */
export async function whetherRunning(
  process: ProcessIdentity,
): Promise<"running" | "gone" | "elsewhere" | "unknown"> {
  const [name, boot] = [host().process.hostName(), await bootId()];
  if (process.host !== null && name !== null && process.host !== name) return "elsewhere";
  if (process.boot !== null && boot !== null && process.boot !== boot) return "gone";
  const stat = await statOf(process.pid);
  if (stat !== null) {
    const isOther = process.start !== null && process.start !== stat.start;
    return isOther || stat.isDead ? "gone" : "running";
  }
  const runs = host().process.isRunning(process.pid);
  return runs === null ? "unknown" : runs ? "running" : "gone";
}

async function bootId(): Promise<string | null> {
  return (await readSystem("/proc/sys/kernel/random/boot_id"))?.trim() ?? null;
}

/** Linux tells of a process in one line; its name, in parentheses, may hold anything. */
async function statOf(pid: number): Promise<{ start: string; isDead: boolean } | null> {
  const line = await readSystem(`/proc/${pid}/stat`);
  if (line === null) return null;
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  // Fields 3 and 22 of proc(5): state and starttime. One that was killed lies there until its parent looks.
  return { start: fields[19], isDead: fields[0] === "Z" || fields[0] === "X" };
}

/** Deno shows these files to those alone who may do anything. */
async function readSystem(path: string): Promise<string | null> {
  if (!host().process.isPermitted("read", path)) return null;
  return await readText(path).catch(() => null);
}
