import { assertEquals } from "@std/assert";
import { TRIPLET_CITATION } from "../../src/losses/triplet_citation.ts";

Deno.test("TRIPLET_CITATION is one entry of BibTeX", () => {
  assertEquals(
    TRIPLET_CITATION.match(/^@misc\{hermans2017defense,\n( {4}\w+=\{[^}]*\},?\n)+\}$/)?.index,
    0,
  );
});
