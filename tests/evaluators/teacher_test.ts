import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { meanSquaredError, teach } from "../../src/evaluators/teacher.ts";
import { embeddingsOf, FakeEmbedder } from "./fake_embedder.ts";

Deno.test("teach: asks a model, or takes the embeddings that it gave", async () => {
  const model = new FakeEmbedder([["a", [1, 2]], ["b", [3, 4]]]);
  assertEquals(await teach(model, ["b", "a"]), embeddingsOf([[3, 4], [1, 2]]));
  assertEquals(await teach(model, ["b"], 1), embeddingsOf([[3]]));
  const given = embeddingsOf([[5, 6]]);
  assertEquals(await teach(given, ["x"]), given);
  assertEquals(await teach(given, ["x"], 1), embeddingsOf([[5]]));
  await assertRejects(() => teach(given, ["x", "y"]), InputError, "found 1 for 2 texts");
});

Deno.test("meanSquaredError: the mean of squared differences, times 100", () => {
  const a = embeddingsOf([[1, 2], [3, 4]]);
  assertEquals(meanSquaredError(a, embeddingsOf([[1, 3], [1, 4]])), 100 * (1 + 4) / 4);
  assertThrows(
    () => meanSquaredError(a, embeddingsOf([[1], [2]])),
    InputError,
    "found [2, 1], wanted [2, 2]",
  );
});
