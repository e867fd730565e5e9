import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { BufferPool, sizeClass } from "../../src/gpu/buffer_pool.ts";
import { DeviceError, OutOfMemoryError } from "../../src/errors.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("sizeClass serves every request with at most a fifth to spare above 1 KiB", () => {
  assertEquals([1, 256, 257, 1024, 1025].map(sizeClass), [256, 256, 512, 1024, 1280]);
  for (let bytes = 1024; bytes < 1 << 20; bytes += 333) {
    const size = sizeClass(bytes);
    assert(size >= bytes && size - bytes <= size / 5, `${bytes} -> ${size}`);
  }
});

Deno.test("BufferPool returns the same buffer for the same class and counts", async () => {
  const pool = new BufferPool((await testGpu()).device);
  const first = pool.acquire(1000, "a");
  const second = pool.acquire(1000, "b");
  assert(first.id !== second.id);
  pool.release(first);
  assertStrictEquals(pool.acquire(900, "c"), first);
  assertEquals(pool.counters, { live: 2048, peak: 2048, held: 2048, reused: 1, created: 2 });
  pool.release(first);
  pool.release(second);
  pool.trim();
  assertEquals(pool.counters, { live: 0, peak: 2048, held: 0, reused: 1, created: 2 });
});

Deno.test("BufferPool refuses to release twice", async () => {
  const pool = new BufferPool((await testGpu()).device);
  const taken = pool.acquire(4, "a");
  pool.release(taken);
  assertThrows(() => pool.release(taken), RangeError, "it is not in use");
  pool.trim();
});

Deno.test("BufferPool refuses more than a binding holds, with both numbers", async () => {
  const { device, pool } = await testGpu();
  const limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  assertThrows(
    () => pool.acquire(limit + 1, "huge"),
    DeviceError,
    `Cannot allocate "huge": it takes ${
      limit + 1
    } bytes, one binding of this adapter at most ${limit}`,
  );
});

Deno.test("BufferPool keeps to a limit: it gives free buffers up first, then refuses", async () => {
  const pool = new BufferPool((await testGpu()).device);
  let trims = 0;
  pool.beforeTrim = () => trims++;
  pool.memoryLimit = 4096;
  pool.release(pool.acquire(2048, "free"));
  const kept = pool.acquire(3072, "kept");
  assertEquals([trims, pool.counters.held], [1, 3072]);
  assertThrows(
    () => pool.acquire(1280, "more"),
    OutOfMemoryError,
    'Cannot allocate "more": it takes 1280 bytes, 3072 of 4096 are in use',
  );
  pool.acquire(1024, "fits");
  pool.release(kept);
  pool.trim();
});

Deno.test("BufferPool takes back what a failure left in use", async () => {
  const pool = new BufferPool((await testGpu()).device);
  const kept = pool.acquire(1024, "kept");
  const before = pool.snapshot();
  pool.acquire(2048, "lost");
  pool.release(pool.acquire(512, "returned"));
  pool.releaseAllBut(before);
  assertEquals([pool.isLive(kept), pool.counters.live], [true, 1024]);
  pool.resetPeak();
  assertEquals(pool.counters.peak, 1024);
  pool.release(kept);
  pool.trim();
});

Deno.test("BufferPool gives up the free buffers that were not used for longest, above twice its peak and 64 MiB", async () => {
  const pool = new BufferPool((await testGpu()).device);
  let submits = 0;
  pool.beforeTrim = () => submits++;
  // Steps of two buffers each, of ever other sizes.
  for (let step = 0; step < 100; step++) {
    const bytes = 4e6 + 1e6 * (step * 7 % 13);
    const taken = [pool.acquire(bytes, "a"), pool.acquire(bytes, "b")];
    pool.release(taken[0]);
    pool.release(taken[1]);
    const { held, peak, live } = pool.counters;
    assertEquals(live, 0);
    assert(held <= 2 * peak + 2 ** 26, `${held} of ${peak} in step ${step}`);
  }
  const { created } = pool.counters;
  assert(submits > 0 && created > 20 && created < 200, `${created}`);
  // Of one size alone nothing is made any more.
  for (let step = 0; step < 10; step++) pool.release(pool.acquire(8e6, "c"));
  assert(pool.counters.created <= created + 1);
  pool.trim();
  assertEquals(pool.counters.held, 0);
});
