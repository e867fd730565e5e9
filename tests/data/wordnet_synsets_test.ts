import { assertEquals, assertThrows } from "@std/assert";
import { parseSynsets } from "../../src/data/wordnet_synsets.ts";
import { InputError } from "../../src/errors.ts";

const licence = "  1 This software and database is being provided to you  \n";

Deno.test("wordnet synsets: words, definition without examples, wider meanings", () => {
  const text = licence +
    "00002684 03 n 02 object 0 physical_object 0 003 @ 00001930 n 0000 + 00533687 v 0105 " +
    '~ 00003553 n 0000 | a tangible and visible entity; "it was full of balls"; "an object"  \n' +
    "00003316 30 v 01 exhale 0 002 @ 00001740 v 0000 @ 00005041 v 0000 01 + 08 00 | expel air  \n";
  assertEquals(parseSynsets(text, "data.noun"), [
    {
      id: "n00002684",
      lemmas: ["object", "physical object"],
      definition: "a tangible and visible entity",
      hypernyms: ["n00001930"],
    },
    {
      id: "v00003316",
      lemmas: ["exhale"],
      definition: "expel air",
      hypernyms: ["v00001740", "v00005041"],
    },
  ]);
});

Deno.test("wordnet synsets: a hexadecimal number of words", () => {
  const words = Array.from({ length: 18 }, (_, i) => `w${i} 0`).join(" ");
  const [{ lemmas }] = parseSynsets(`00000001 03 n 12 ${words} 000 | x\n`, "data.noun");
  assertEquals(lemmas, Array.from({ length: 18 }, (_, i) => `w${i}`));
});

Deno.test("wordnet synsets: markers of adjectives go, other brackets stay", () => {
  const text = "00020447 00 s 03 out_of_reach(p) 0 galore(ip) 0 f(x) 0 001 & 00019912 a 0000 | x\n";
  const [{ id, lemmas }] = parseSynsets(text, "data.adj");
  assertEquals(id, "a00020447");
  assertEquals(lemmas, ["out of reach", "galore", "f(x)"]);
});

Deno.test("wordnet synsets: a line that is no synset is named", () => {
  for (
    const line of [
      "nonsense",
      "00002684 03 n 02 object 0 003 @ 00001930 n 0000",
      "00002684 03 n 09 object 0 | too few words",
      "00002684 03 n 00 000 | no words",
    ]
  ) {
    assertThrows(
      () => parseSynsets(`${licence}${line}\n`, "data.noun"),
      InputError,
      "Cannot read row 2 of data.noun: not a synset of WordNet",
    );
  }
});
