import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { choosePrompt } from "../../src/models/choose_prompt.ts";

const MODEL = {
  prompts: { query: "query: ", passage: "passage: " },
  defaultPromptName: null,
  similarity: "cosine",
} as const;

Deno.test("choosePrompt() takes what is given, then what is named, then the default", () => {
  const withDefault = { ...MODEL, defaultPromptName: "passage" };
  assertEquals(choosePrompt({}, MODEL), "");
  assertEquals(choosePrompt({}, withDefault), "passage: ");
  assertEquals(choosePrompt({ promptName: "query" }, withDefault), "query: ");
  assertEquals(choosePrompt({ prompt: "find: ", promptName: "query" }, withDefault), "find: ");
  assertEquals(choosePrompt({ prompt: "", promptName: "nonsense" }, withDefault), "");
});

Deno.test("choosePrompt() takes the prompt of a task where the model has one", () => {
  assertEquals(choosePrompt({ task: "query" }, MODEL), "query: ");
  assertEquals(choosePrompt({ task: "document" }, MODEL), "passage: ");
  assertEquals(choosePrompt({ task: "document", promptName: "query" }, MODEL), "query: ");
  assertEquals(choosePrompt({ task: "query", prompt: "find: " }, MODEL), "find: ");
  const prompts = { corpus: "c: ", passage: "p: ", document: "d: ", other: "o: " };
  const model = { prompts, defaultPromptName: "other" };
  assertEquals(choosePrompt({ task: "document" }, model), "d: ");
  assertEquals(choosePrompt({ task: "query" }, model), "o: ");
});

Deno.test("choosePrompt() refuses a name that the model does not have", () => {
  assertThrows(
    () => choosePrompt({ promptName: "querry" }, MODEL),
    UsageError,
    'Cannot encode with prompt "querry": the model\'s prompts are "query", "passage"; ' +
      'the nearest is "query"',
  );
  const error = assertThrows(
    () => choosePrompt({ promptName: "toString" }, { ...MODEL, prompts: {} }),
    UsageError,
  );
  assertEquals(
    error.message,
    'Cannot encode with prompt "toString": the model\'s prompts are none',
  );
});
