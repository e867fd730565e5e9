/**
 * Which process of which machine: enough to tell later whether it still runs.
 *
 * @module
 */
import { kill } from "node:process";

/** A process; what the system does not tell, or Deno may not ask, is null. */
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
    pid: Deno.pid,
    host: hostName(),
    boot: await bootId(),
    start: (await statOf(Deno.pid))?.start ?? null,
  };
}

/**
 * Tells whether a process still runs.
 *
 * @param process What {@linkcode ownIdentity} told it of itself.
 * @returns "elsewhere" for one of another machine, of which nothing can be known; "unknown" where Deno may
 *   not ask. One that the system does not tell of counts as running.
 */
export async function whetherRunning(
  process: ProcessIdentity,
): Promise<"running" | "gone" | "elsewhere" | "unknown"> {
  const [host, boot] = [hostName(), await bootId()];
  if (process.host !== null && host !== null && process.host !== host) return "elsewhere";
  if (process.boot !== null && boot !== null && process.boot !== boot) return "gone";
  const stat = await statOf(process.pid);
  if (stat !== null) {
    const isOther = process.start !== null && process.start !== stat.start;
    return isOther || stat.isDead ? "gone" : "running";
  }
  // Deno counts this as running something, but for this process itself.
  if (process.pid !== Deno.pid && !isPermitted({ name: "run" })) return "unknown";
  try {
    kill(process.pid, 0);
    return "running";
  } catch (error) {
    return (error as { code?: unknown }).code === "ESRCH" ? "gone" : "running";
  }
}

function hostName(): string | null {
  return isPermitted({ name: "sys", kind: "hostname" }) ? Deno.hostname() : null;
}

/** Where it is not, nobody is asked to permit it. */
function isPermitted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
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
  if (!isPermitted({ name: "read", path })) return null;
  return await Deno.readTextFile(path).catch(() => null);
}
