import { assert, assertEquals, assertInstanceOf, assertMatch, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { profileOf } from "../../src/cli/profile_of.ts";
import { train } from "../../src/cli/train.ts";
import { UsageError } from "../../src/errors.ts";
import { ProfileCallback } from "../../src/train/callbacks/profile_callback.ts";
import { captureOutput } from "../support/capture_output.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

type Own = Parameters<typeof profileOf>[0]["own"];

const own = (flags: Record<string, string>) =>
  new Map(Object.entries(flags).map(([name, text]) => [name, [text]])) as unknown as Own;

Deno.test("profileOf() reads file and steps", () => {
  assertEquals(profileOf({ own: own({ model: "m" }) }), undefined);
  const file = { profile: "trace.json" };
  assertInstanceOf(profileOf({ own: own(file) }), ProfileCallback);
  assertInstanceOf(profileOf({ own: own({ ...file, "profile-steps": "1:3" }) }), ProfileCallback);
});

Deno.test("profileOf() refuses steps without a file, and what are no steps", () => {
  assertThrows(
    () => profileOf({ own: own({ "profile-steps": "5:10" }) }),
    UsageError,
    "Cannot use --profile-steps 5:10 without --profile; give both",
  );
  for (const steps of ["", "5", "0:3", "5:0", "5:10:2", "a:b", "-1:2", "1.5:2", "5-10"]) {
    assertThrows(
      () => profileOf({ own: own({ profile: "trace.json", "profile-steps": steps }) }),
      UsageError,
      `Cannot read --profile-steps: found "${steps}", wanted FIRST:COUNT`,
    );
  }
});

Deno.test("train() with --profile writes a trace and shows tables", async () => {
  await withFolder({ "pairs.csv": "question,answer\na cat,it purrs\n" }, async (folder) => {
    const file = join(folder, "traces/trace.json");
    const text = await captureOutput(() =>
      train([
        ...["--model", TINY_BERT, "--train-dataset", join(folder, "pairs.csv")],
        ...["--output-dir", join(folder, "out"), "--max-steps", "4"],
        ...["--profile", file, "--profile-steps", "2:2"],
      ])
    );
    assertMatch(text, /\nProfile of 2 steps in [\d.]+ ms[:;] /);
    assertMatch(text, /\nstep +1\.0 +\d/);
    const { otherData, traceEvents } = JSON.parse(await Deno.readTextFile(file));
    assertEquals(otherData.steps, { first: 2, last: 3 });
    assert(traceEvents.length > 100);
  });
});
