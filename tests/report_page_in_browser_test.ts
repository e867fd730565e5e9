import { assert, assertEquals } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { CHROMIUM_TEST, withChromium } from "./support/chromium.ts";
import { ROWS, trainIn } from "./support/train_in.ts";
import { withFolder } from "./support/with_folder.ts";

Deno.test(
  "the page of a run draws its curves in Chromium, without a network",
  CHROMIUM_TEST,
  async () => {
    await withFolder({ "pairs.csv": ROWS }, async (folder) => {
      const evaluated = ["--eval-dataset", join(folder, "pairs.csv"), "--eval-strategy", "steps"];
      const steps = ["--max-steps", "4", "--eval-steps", "2", "--logging-steps", "1"];
      await trainIn(folder, ...evaluated, ...steps, "--report-to", "html");
      const page = toFileUrl(join(folder, "out", "report.html")).href;
      const errors = await withChromium(page, async (page) => {
        await page.waitForSelector("canvas");
        // Loss, learning rate and norm of the gradient, and what was evaluated.
        assert(await page.locator("canvas").count() >= 4);
        const text = await page.textContent("body") ?? "";
        for (const word of ["learning_rate", "per_device_train_batch_size", "grad_norm"]) {
          assert(text.includes(word), word);
        }
      });
      assertEquals(errors, []);
    });
  },
);
