import { assertEquals } from "@std/assert";
import {
  optionsOf,
  upstreamEnum,
  upstreamEnums,
} from "../../../src/train/arguments/upstream_enum.ts";

const list = "['no', 'yes']";

Deno.test("upstreamEnum() has upstream's sentence for a text that is no name", () => {
  const sentence = upstreamEnum("Answer", ["no", "yes"]);
  assertEquals(
    sentence("maybe"),
    `maybe is not a valid Answer, please select one of ${list}`,
  );
  assertEquals(["no", "yes", null, 7].map(sentence), [null, null, null, null]);
});

Deno.test("upstreamEnums() has the sentence for the first wrong name of several", () => {
  const sentence = upstreamEnums("Answer", ["no", "yes"]);
  for (const value of ["no maybe never", ["no", "maybe"]]) {
    assertEquals(sentence(value), `maybe is not a valid Answer, please select one of ${list}`);
  }
  assertEquals([sentence("no yes"), sentence(""), sentence([]), sentence(null)], [
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("optionsOf() splits a text at spaces and takes a list as it is", () => {
  assertEquals(optionsOf(" a  b "), ["a", "b"]);
  assertEquals(optionsOf(["a", "", "b"]), ["a", "b"]);
  assertEquals([optionsOf(""), optionsOf(null)], [[], []]);
});
