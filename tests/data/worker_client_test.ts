import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { WorkerClient } from "../../src/data/worker_client.ts";
import { DeviceError, InputError, OutputError, UsageError } from "../../src/errors.ts";

function workerOf(code: string): Worker {
  return new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
}

const ECHO = "self.onmessage = ({ data }) => self.postMessage({ value: data });";
const SILENT = "self.onmessage = () => {};";
const THROWING = "self.onmessage = ({ data }) => { throw new TypeError(data); };";

Deno.test("worker client: answers belong to their requests, in order", async () => {
  const client = new WorkerClient<number, number>(workerOf(ECHO));
  const numbers = Array.from({ length: 100 }, (_, i) => i);
  assertEquals(await Promise.all(numbers.map((number) => client.request(number))), numbers);
  client.close(new Error("done"));
});

Deno.test("worker client: errors keep class and message, and the worker goes on", async () => {
  const client = new WorkerClient<{ name: string; message: string } | null, string>(workerOf(`
    self.onmessage = ({ data }) => self.postMessage(data ? { error: data } : { value: "alive" });
  `));
  const kinds = [UsageError, InputError, OutputError, DeviceError, TypeError, RangeError];
  for (const kind of [...kinds, SyntaxError]) {
    const message = `Cannot do it: found ${kind.name}`;
    const error = await assertRejects(() => client.request({ name: kind.name, message }), kind);
    assertEquals(error.message, message);
    assertEquals(error.name, kind.name);
  }
  const other = await assertRejects(() => client.request({ name: "OddError", message: "odd" }));
  assertInstanceOf(other, Error);
  assertEquals([other.name, other.message], ["OddError", "odd"]);
  assertEquals(await client.request(null), "alive");
  client.close(new Error("done"));
});

Deno.test("worker client: the death of the worker rejects all that wait and all later requests", async () => {
  const deaths: Error[] = [];
  const client = new WorkerClient<string, never>(workerOf(THROWING), (error) => deaths.push(error));
  const results = await Promise.allSettled(["one", "two"].map((text) => client.request(text)));
  const reasons = results.map((result) => result.status === "rejected" ? result.reason : null);
  assertInstanceOf(reasons[0], Error);
  assert(reasons[0].message.startsWith("Cannot get an answer from a worker, it died: "));
  assert(reasons[0].message.includes("TypeError: one"), reasons[0].message);
  assert(reasons[1] === reasons[0]);
  assertEquals(deaths, [reasons[0]]);
  const later = await assertRejects(() => client.request("three"));
  assert(later === reasons[0]);
});

Deno.test("worker client: a module that fails while it is loaded is a death", async () => {
  const client = new WorkerClient<string, never>(workerOf('throw new RangeError("no start");'));
  const error = await assertRejects(() => client.request("one"), Error, "RangeError: no start");
  assert(error.message.startsWith("Cannot get an answer from a worker, it died: "));
});

Deno.test("worker client: closing rejects what waits with the reason, the first one stays", async () => {
  const client = new WorkerClient<string, never>(workerOf(SILENT), () => {
    throw new Error("closing is no death");
  });
  const waiting = [client.request("one"), client.request("two")];
  client.close(new RangeError("enough"));
  client.close(new RangeError("too late"));
  for (const request of [...waiting, client.request("three")]) {
    await assertRejects(() => request, RangeError, "enough");
  }
});

Deno.test("worker client: a message that cannot be copied is refused, the next one is answered", async () => {
  const client = new WorkerClient<unknown, unknown>(workerOf(ECHO));
  await assertRejects(() => client.request(() => {}), DOMException);
  assertEquals(await client.request("text"), "text");
  client.close(new Error("done"));
});

Deno.test({
  name: "worker client: a death for want of a permission has the refusal as its cause",
  permissions: "none",
  fn: async () => {
    const url = new URL("../../src/data/tokenize_worker.ts", import.meta.url);
    const client = new WorkerClient<null, null>(new Worker(url, { type: "module" }));
    const { cause } = await assertRejects(() => client.request(null), Error);
    assertInstanceOf(cause, Deno.errors.NotCapable);
    assertMatch(cause.message, /^Requires read access to ".*tokenize_worker\.ts"/);
  },
});
