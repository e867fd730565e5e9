import { assertEquals } from "@std/assert";
import { resumeNotes } from "../../src/train/resume_notes.ts";

const file = (max_steps: number, world_size?: number) => ({
  max_steps,
  stateful_callbacks: world_size === undefined ? {} : { sentrain: { identity: { world_size } } },
});

Deno.test("resumeNotes() tells nothing of a run that goes on as it was", () => {
  assertEquals(resumeNotes(file(10), { totalSteps: 10, worldSize: 1 }), []);
  assertEquals(resumeNotes(file(10, 4), { totalSteps: 10, worldSize: 4 }), []);
});

Deno.test("resumeNotes() tells of another length and another number of processes", () => {
  assertEquals(resumeNotes(file(10), { totalSteps: 12, worldSize: 2 }), [
    "The run was to have 10 steps and has now 12: its learning rates are others",
    "The run had 1 processes and has now 2: gradients are added up in another order, dropout draws other bits",
  ]);
});
