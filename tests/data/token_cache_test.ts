import { assert, assertEquals } from "@std/assert";
import { TokenCache } from "../../src/data/token_cache.ts";

const ids = Uint32Array.of(101, 102);

Deno.test("token cache: keyed by text and maximum length", () => {
  const cache = new TokenCache(1e6);
  cache.set("a", 8, ids);
  assert(cache.get("a", 8) === ids);
  assertEquals(cache.get("a", 9), undefined);
  assertEquals(cache.get("b", 8), undefined);
});

Deno.test("token cache: forgets what is not in use and keeps what is", () => {
  const cache = new TokenCache(20_000);
  cache.set("used", 8, ids);
  cache.set("unused", 8, ids);
  for (let i = 0; i < 1000; i++) {
    cache.set(`text ${i}`, 8, ids);
    assert(cache.get("used", 8) === ids, `lost after ${i} others`);
  }
  assertEquals(cache.get("unused", 8), undefined);
  const kept = Array.from({ length: 1000 }, (_, i) => cache.get(`text ${i}`, 8))
    .filter((found) => found !== undefined).length;
  assert(kept > 20 && kept < 100, `kept ${kept}`);
});

Deno.test("token cache: a text larger than the cache is not kept", () => {
  const cache = new TokenCache(2000);
  cache.set("x".repeat(1000), 8, ids);
  assertEquals(cache.get("x".repeat(1000), 8), undefined);
});
