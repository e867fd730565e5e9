import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { freeSpace } from "../../src/io/free_space.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("freeSpace() is what a file system has left, also for a path that is yet to be made", async () => {
  await withFolder({}, async (folder) => {
    const here = await freeSpace(folder);
    assert(here !== null && here > 0, String(here));
    const later = await freeSpace(join(folder, "a", "b"));
    // Others write meanwhile: the order of magnitude is what tells that it is the same place.
    assert(later !== null && later > here / 2 && later < here * 2, `${later} is not about ${here}`);
  });
  if (Deno.build.os === "linux") assertEquals(await freeSpace("/proc/self"), 0);
});
