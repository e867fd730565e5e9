import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { encodeOwnState, type OwnState, parseOwnState } from "../../src/train/own_state.ts";

const STATE: OwnState = {
  position: { epoch: 1, index: 3 },
  pending: {
    loss: NaN,
    steps: 2,
    totalLoss: Infinity,
    totalSteps: 5,
    gradientNorm: 0.5,
    skippedSteps: 1,
    components: { base: [-Infinity, 2], regularizer: [0.1 + 0.2, 2] },
  },
  bestMetric: -Infinity,
  identity: { seed: 42, losses: [{ name: "a" }] },
};

/** As it comes back from a file. */
function reread(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("encodeOwnState() and parseOwnState() keep every number, infinities and NaN too", () => {
  const read = parseOwnState(reread(encodeOwnState(STATE)), "trainer_state.json");
  assertEquals(read, STATE);
  assertEquals(parseOwnState(reread(encodeOwnState({ ...STATE, bestMetric: null })), "f"), {
    ...STATE,
    bestMetric: null,
  });
});

Deno.test("parseOwnState() takes a file of another program", () => {
  assertEquals(parseOwnState(undefined, "trainer_state.json"), null);
});

Deno.test("parseOwnState() refuses what is damaged, and says where", () => {
  const good = reread(encodeOwnState(STATE));
  const { position, pending } = good as Record<string, object>;
  const cases: [unknown, string][] = [
    [null, "sentrain."],
    [{ ...good, position: undefined }, "sentrain.position"],
    [{ ...good, position: { ...position, index: -1 } }, "sentrain.position.index"],
    [{ ...good, position: { ...position, epoch: 0.5 } }, "sentrain.position.epoch"],
    [{ ...good, pending: { ...pending, loss: null } }, "sentrain.pending.loss"],
    [{ ...good, pending: { ...pending, loss: "many" } }, "sentrain.pending.loss"],
    [{ ...good, pending: { ...pending, components: { a: [1] } } }, "pending.components.a"],
    [{ ...good, identity: [] }, "sentrain.identity"],
  ];
  for (const [value, place] of cases) {
    const error = assertThrows(() => parseOwnState(value, "state.json"), InputError, place);
    assertEquals(error.message.startsWith("Cannot read state.json: "), true, error.message);
  }
  assertEquals(cases.length, 8);
});
