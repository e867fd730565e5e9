import { assertEquals } from "@std/assert";
import {
  checkpointingError,
  checkpointingRefusal,
} from "../../../../src/train/arguments/fields/checkpointing_kwargs.ts";

const sound = [null, {}, { use_reentrant: false }, { use_reentrant: true, every_n_layers: 3 }];

Deno.test("checkpointingError() lets known settings with values of their types pass", () => {
  assertEquals([...sound, { offload: 1 }].map(checkpointingError), Array(5).fill(null));
});

Deno.test("checkpointingError() says which value is wrong", () => {
  assertEquals(
    checkpointingError({ use_reentrant: null }),
    "use_reentrant is null; wanted true or false",
  );
  for (const value of [0, 1.5, "2"]) {
    assertEquals(
      checkpointingError({ every_n_layers: value }),
      `every_n_layers is ${JSON.stringify(value)}; wanted an integer of at least 1`,
    );
  }
});

Deno.test("checkpointingRefusal() names an unknown setting, the known ones and the nearest", () => {
  assertEquals(sound.map(checkpointingRefusal), Array(4).fill(null));
  const known = 'use "every_n_layers" or "use_reentrant"';
  assertEquals(checkpointingRefusal({ offload: true }), `"offload" is unknown here; ${known}`);
  assertEquals(
    checkpointingRefusal({ use_reentrent: true }),
    `"use_reentrent" is unknown here; ${known}, the nearest is "use_reentrant"`,
  );
  assertEquals(checkpointingRefusal({ toString: 1 }), `"toString" is unknown here; ${known}`);
});
