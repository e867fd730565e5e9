import { assert, assertEquals } from "@std/assert";
import { nearest } from "../src/nearest.ts";

Deno.test("nearest: suggests what one or two slips lead away from", () => {
  const known = ["learning_rate", "logging_steps", "lr_scheduler_type"];
  assertEquals(nearest("learing_rate", known), "learning_rate");
  assertEquals(nearest("learningrate", known), "learning_rate");
  assertEquals(nearest("Learning-Rate", known), "learning_rate");
  assertEquals(nearest("loging_step", known), "logging_steps");
  assertEquals(nearest("learning_rate", known), "learning_rate");
});

Deno.test("nearest: a swap of neighbours is one slip", () => {
  assertEquals(nearest("dto", ["dot"]), "dot");
  assertEquals(nearest("otd", ["dot"]), null);
});

Deno.test("nearest: the limit is a third of the longer name, and at least 1", () => {
  assertEquals(nearest("b", ["a"]), "a");
  assertEquals(nearest("abcdxx", ["abcdef"]), "abcdef");
  assertEquals(nearest("abcxxx", ["abcdef"]), null);
});

Deno.test("nearest: of equally close names the first wins", () => {
  assertEquals(nearest("mao", ["map", "mat"]), "map");
  assertEquals(nearest("mao", ["mat", "map"]), "mat");
});

Deno.test("nearest: nothing known, nothing suggested", () => {
  assertEquals(nearest("anything", []), null);
});

Deno.test("nearest: a name as long as a file is compared with none", () => {
  const start = performance.now();
  assertEquals(nearest("a".repeat(10_000_000), ["a".repeat(60), "b"]), null);
  assert(performance.now() - start < 1000);
});
