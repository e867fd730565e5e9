import { assertEquals } from "@std/assert";
import { taggedScalars } from "../../../src/reporters/tensorboard/tagged_scalars.ts";

Deno.test("taggedScalars() renames as upstream: eval_, test_, and all else to train/", () => {
  const tagged = taggedScalars({
    loss: 1,
    eval_loss: 2,
    eval_dev_cosine_accuracy: 3,
    test_loss: 4,
    train_runtime: 5,
    evaluation: 6,
    total_flos: 0,
  });
  assertEquals(tagged, {
    "train/loss": 1,
    "eval/loss": 2,
    "eval/dev_cosine_accuracy": 3,
    "test/loss": 4,
    "train/train_runtime": 5,
    "train/evaluation": 6,
  });
});
