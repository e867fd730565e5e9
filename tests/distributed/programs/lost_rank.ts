/**
 * Rank 1 does what the first argument says; the others wait for it, as long as the second one says. With
 * a third one they listen to SIGTERM themselves.
 */
import { communicatorForProcess } from "../../../src/distributed/communicator_for_process.ts";

const [fate, timeout, listens] = Deno.args;
const communicator = communicatorForProcess({
  timeout: Number(timeout),
  exitOnSigterm: listens === undefined,
});
if (listens !== undefined) {
  Deno.addSignalListener("SIGTERM", () => {
    setTimeout(() => {
      Deno.stderr.writeSync(new TextEncoder().encode(`rank ${communicator.rank} cleaned up\n`));
      Deno.exit(1);
    }, 10);
  });
}
await communicator.barrier();
if (communicator.rank === 1) {
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(100);
  if (fate === "hangs") await pause(60_000);
  if (fate === "is killed") Deno.kill(Deno.pid, "SIGKILL");
  if (fate === "throws") throw new Error("rank 1 has no data");
  if (fate === "aborts") await communicator.abort(9, "rank 1 has no data");
  if (fate === "calls another") await communicator.barrier();
  if (fate === "leaves") Deno.exit(0);
}
await communicator.allReduce(new Float32Array(100));
