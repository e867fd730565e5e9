import { assert, assertEquals, assertRejects } from "@std/assert";
import { SingleProcess } from "../../src/distributed/single_process.ts";

Deno.test("SingleProcess is rank 0 of 1 and gives back what it gets", async () => {
  const alone = new SingleProcess();
  assertEquals([alone.rank, alone.size, alone.localRank, alone.localSize], [0, 1, 0, 1]);
  const values = Float32Array.of(1, 2, 3);
  await alone.allReduce(values);
  await alone.broadcast(values);
  await alone.barrier();
  assertEquals(values, Float32Array.of(1, 2, 3));
  const share = await alone.reduceScatter(values);
  const [gathered] = await alone.allGather(values);
  assertEquals([share, gathered], [values, values]);
  assert(share.buffer !== values.buffer && gathered.buffer !== values.buffer);
  assertEquals(await alone.agree(true), { any: true, all: true });
  assertEquals(await alone.agree(false), { any: false, all: false });
  const value = { loss: 1.5, name: "ö" };
  assertEquals(await alone.broadcastJson(value), value);
  assertEquals(await alone.gatherJson(value), [value]);
});

Deno.test("SingleProcess refuses another root, other types, and calls after finish", async () => {
  const alone = new SingleProcess();
  await assertRejects(
    () => alone.broadcast(new Uint8Array(1), 1),
    RangeError,
    "found root 1, wanted a rank from 0 to 0",
  );
  await assertRejects(
    () => alone.allGather(new Float64Array(1) as unknown as Float32Array),
    TypeError,
    "Cannot send Float64Array",
  );
  const before = alone.agree(true);
  await alone.finish();
  await alone.finish();
  assertEquals(await before, { any: true, all: true });
  await assertRejects(() => alone.barrier(), Error, "Cannot barrier: the communicator is finished");
});

Deno.test("SingleProcess.abort ends the process with its code, saying why", async () => {
  const module = new URL("../../src/distributed/single_process.ts", import.meta.url);
  const code =
    `import { SingleProcess } from "${module}"; new SingleProcess().abort(7, "no data");`;
  const { code: exit, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
  }).output();
  assertEquals([exit, new TextDecoder().decode(stderr)], [7, "The process ends: no data\n"]);
});
