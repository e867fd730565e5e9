import { assertEquals } from "@std/assert";
import {
  ownIdentity,
  type ProcessIdentity,
  whetherRunning,
} from "../../src/io/process_identity.ts";

/** A process that is over, and was looked after. */
async function gone(): Promise<ProcessIdentity> {
  const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await child.status;
  return { ...await ownIdentity(), pid: child.pid, start: null };
}

Deno.test("whetherRunning() knows this process, and one that is gone", async () => {
  const own = await ownIdentity();
  assertEquals(own.pid, Deno.pid);
  assertEquals(await whetherRunning(own), "running");
  assertEquals(await whetherRunning({ ...own, host: null, boot: null, start: null }), "running");
  assertEquals(await whetherRunning(await gone()), "gone");
});

Deno.test("whetherRunning() tells another machine, another boot and another process of this number", async () => {
  const own = await ownIdentity();
  assertEquals(await whetherRunning({ ...own, host: "another" }), "elsewhere");
  // Linux tells more.
  const found = Deno.build.os === "linux" ? "gone" : "running";
  assertEquals(await whetherRunning({ ...own, boot: "another" }), own.boot ? "gone" : "running");
  assertEquals(await whetherRunning({ ...own, start: "1" }), found);
});

Deno.test("whetherRunning() counts one that was killed as gone before its parent has looked", async () => {
  if (Deno.build.os !== "linux") return;
  // The shell becomes a process that never asks for its child, before that one ends.
  const args = ["-c", "sleep 0.2 & echo $!; exec sleep 5"];
  const child = new Deno.Command("sh", { args, stdout: "piped" }).spawn();
  const { value } = await child.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  const stat = () => Deno.readTextFileSync(`/proc/${pid}/stat`);
  while (!stat().includes(") Z ")) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(await whetherRunning({ ...await ownIdentity(), pid, start: null }), "gone");
  child.kill();
  await child.status;
});

Deno.test({
  name: "whetherRunning() asks for no permission, and knows nothing of others without",
  permissions: "none",
  fn: async () => {
    const own = await ownIdentity();
    assertEquals(own, { pid: Deno.pid, host: null, boot: null, start: null });
    assertEquals(await whetherRunning(own), "running");
    assertEquals(await whetherRunning({ ...own, pid: 1 }), "unknown");
  },
});
