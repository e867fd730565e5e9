import { assert, assertEquals, assertThrows } from "@std/assert";
import { completions } from "../../src/cli/completions.ts";
import { UsageError } from "../../src/errors.ts";
import { captureOutput } from "../support/capture_output.ts";

Deno.test("completions() prints the script of a shell", async () => {
  const wanted = {
    bash: "complete -F _sentrain ",
    zsh: "#compdef ",
    fish: "complete -c sentrain ",
  };
  for (const [shell, part] of Object.entries(wanted)) {
    const script = await captureOutput(() => completions([shell]));
    assert(script.includes(part) && script.includes("max-steps"), shell);
  }
});

Deno.test("completions() refuses other shells, none, several, and flags", () => {
  const message = (tokens: string[]) => assertThrows(() => completions(tokens), UsageError).message;
  assertEquals(
    message(["fihs"]),
    'Cannot print completions: found "fihs", wanted one of bash, zsh, fish; the nearest is "fish"',
  );
  assertEquals(
    message([]),
    "Cannot print completions: found no shell, wanted one of bash, zsh, fish",
  );
  assert(message(["bash", "zsh"]).startsWith('Cannot print completions: found "bash zsh", '));
  assertEquals(message(["--all", "bash"]), "Cannot read --all: completions takes no flags");
});
