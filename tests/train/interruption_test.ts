import { assertEquals } from "@std/assert";
import { Interruption } from "../../src/train/interruption.ts";

Deno.test("Interruption tells who asked, how far the run is and where it lies", () => {
  const saved = new Interruption("SIGTERM", { step: 12, checkpoint: "out/checkpoint-12" });
  assertEquals(
    saved.message,
    "Stopped by SIGTERM at step 12: saved out/checkpoint-12; to go on, give it as resume_from_checkpoint",
  );
  assertEquals([saved.name, saved.checkpoint], ["Interruption", "out/checkpoint-12"]);
  const early = new Interruption(new DOMException("a timeout", "AbortError"), { step: 0 });
  assertEquals(early.message, "Stopped by a timeout at step 0: there is nothing to save");
  assertEquals(early.checkpoint, null);
});
