import { assertEquals, assertThrows } from "@std/assert";
import { InputError, UsageError } from "../../src/errors.ts";
import {
  basics,
  compared,
  comparing,
  count,
  type EvaluatorData,
  factory,
  hint,
  labelsOf,
  named,
  needed,
  similarity,
  textColumns,
} from "../../src/evaluators/evaluator_factory.ts";

const data: EvaluatorData = { columns: new Map([["q", ["a"]], ["d", ["x"]]]), labels: null };

Deno.test("factory: options are checked, and what is out of range is a matter of usage", () => {
  const make = factory({ ...comparing, k: count }, (_name, _data, { k }) => {
    throw new RangeError(`k is ${k}`);
  });
  assertThrows(() => make("X", data, { k: 2 }), UsageError, "Cannot create X: k is 2");
  assertThrows(() => make("X", data, { k: 0 }), UsageError, 'Cannot create X: option "k"');
  assertThrows(() => make("X", data, { truncate_dim: 1.5 }), UsageError, 'option "truncate_dim"');
  assertThrows(
    () => make("X", data, { nam: "" }),
    UsageError,
    'unknown option "nam"; did you mean "name"? known: name, truncate_dim, score_functions',
  );
  const broken = factory(basics, () => {
    throw new InputError("as it is");
  });
  assertThrows(() => broken("X", data, {}), InputError, "as it is");
});

Deno.test("compared and named: upstream's names become the constructors'", () => {
  assertEquals(named({ name: "dev", truncate_dim: 3 }), { name: "dev", truncateDim: 3 });
  assertEquals(compared({ score_functions: ["dot"], main_similarity: "dot" }), {
    name: undefined,
    truncateDim: undefined,
    scoreFunctions: ["dot"],
    mainScoreFunction: "dot",
  });
  const other = compared({ similarity_fn_names: ["dot"], main_similarity_function: "cosine" });
  assertEquals([other.scoreFunctions, other.mainScoreFunction], [["dot"], "cosine"]);
  assertEquals(similarity.safeParse("cos").success, false);
});

Deno.test("textColumns, labelsOf and needed: what is missing is said", () => {
  assertEquals(textColumns("X", data, 2), [["a"], ["x"]]);
  assertThrows(
    () => textColumns("X", data, 3),
    InputError,
    'Cannot create X: found 2 text columns ("q", "d"), wanted at least 3',
  );
  const ragged = { columns: new Map([["q", ["a"]], ["d", []]]), labels: null };
  assertThrows(() => textColumns("X", ragged, 1), InputError, 'column "d" has 0 rows, wanted 1');
  assertEquals(labelsOf("X", { ...data, labels: [3] }, "a class"), [3]);
  assertThrows(
    () => labelsOf("X", data, "a class"),
    InputError,
    "has no labels, wanted a class; add",
  );
  assertEquals(needed("X", 5, "a number"), 5);
  assertThrows(() => needed("X", undefined, "a teacher"), UsageError, "it needs a teacher, which");
});

Deno.test("hint: the nearest name and all of them", () => {
  assertEquals(
    hint("tripled", ["triplet", "pair"]),
    'did you mean "triplet"? known: triplet, pair',
  );
  assertEquals(hint("x", ["triplet"]), "known: triplet");
});
