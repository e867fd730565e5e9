import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { DeviceError, InputError, OutputError, UsageError } from "../../../src/errors.ts";
import type { CallbackMoment, TrainerCallback } from "../../../src/train/callbacks/callback.ts";
import { CallbackHandler } from "../../../src/train/callbacks/callback_handler.ts";
import type { CallbackState } from "../../../src/train/callbacks/callback_state.ts";
import { DefaultFlowCallback } from "../../../src/train/callbacks/default_flow_callback.ts";
import { EarlyStoppingCallback } from "../../../src/train/callbacks/early_stopping_callback.ts";
import { TrainerControl } from "../../../src/train/callbacks/trainer_control.ts";
import { MOMENTS, newRun } from "./simulated_run.ts";

const ALL = Object.keys(MOMENTS) as CallbackMoment[];

/** Keeps one number. */
class Counter implements TrainerCallback {
  count = 0;
  onStepEnd(): void {
    this.count++;
  }
  state(): CallbackState {
    return { args: {}, attributes: { count: this.count } };
  }
  restore({ attributes }: CallbackState): void {
    this.count = attributes.count as number;
  }
}

Deno.test("CallbackHandler knows all moments, and calls none but those that are there", async () => {
  assertEquals(ALL.length, 15);
  const run = newRun({}, 1);
  for (const moment of ALL) {
    const events: string[] = [];
    const handler = new CallbackHandler([{ [moment]: () => void events.push(moment) }]);
    for (const other of ALL) {
      assertEquals(handler.listens(other), other === moment);
      assertEquals(handler.call(other, run) === undefined, other !== moment);
    }
    await Promise.resolve();
    assertEquals(events, [moment]);
  }
});

Deno.test("CallbackHandler without callbacks has nothing to wait for, and resets the control", () => {
  const handler = new CallbackHandler();
  const run = newRun({}, 1);
  const off: Partial<Record<CallbackMoment, (keyof TrainerControl)[]>> = {
    onTrainBegin: ["shouldTrainingStop"],
    onEpochBegin: ["shouldEpochStop"],
    onStepBegin: ["shouldSave", "shouldEvaluate", "shouldLog"],
    onLog: ["shouldLog"],
    onEvaluate: ["shouldEvaluate"],
    onSave: ["shouldSave"],
  };
  const names = Object.keys(run.control) as (keyof TrainerControl)[];
  assertEquals(names.length, 5);
  for (const moment of ALL) {
    Object.assign(run.control, Object.fromEntries(names.map((name) => [name, true])));
    assertStrictEquals(handler.call(moment, run), undefined);
    const expected = names.filter((name) => !off[moment]?.includes(name));
    assertEquals(names.filter((name) => run.control[name] === true), expected, moment);
  }
  assertEquals(Object.keys(handler.state(run.control)), ["TrainerControl"]);
});

Deno.test("CallbackHandler looks for methods once, not at every step", () => {
  let looks = 0;
  const callback: TrainerCallback = {
    get onSubstepEnd() {
      looks++;
      return undefined;
    },
  };
  const handler = new CallbackHandler([callback]);
  const run = newRun({}, 1);
  for (let step = 0; step < 100; step++) handler.call("onSubstepEnd", run);
  assertEquals(looks, 1);
});

Deno.test("CallbackHandler waits for one callback before it calls the next", async () => {
  const events: string[] = [];
  const slow: TrainerCallback = {
    async onStepEnd() {
      await new Promise((done) => setTimeout(done, 5));
      events.push("slow");
    },
  };
  const handler = new CallbackHandler([slow, { onStepEnd: () => void events.push("fast") }]);
  await handler.call("onStepEnd", newRun({}, 1));
  assertEquals(events, ["slow", "fast"]);
});

Deno.test("CallbackHandler.onLog lets a callback change the record for the next one", async () => {
  const handler = new CallbackHandler([{ onLog: ({ logs }) => void (logs!.extra = 7) }]);
  const logs: Record<string, number> = { loss: 1 };
  await handler.call("onLog", { ...newRun({}, 1), logs });
  assertEquals(logs, { loss: 1, extra: 7 });
});

Deno.test("CallbackHandler adds at the end, and takes out by instance or class", () => {
  const [first, second] = [new Counter(), new Counter()];
  const handler = new CallbackHandler([first]);
  handler.add(DefaultFlowCallback);
  handler.add(second);
  const names = () => handler.callbacks.map(({ constructor }) => constructor.name);
  assertEquals(names(), ["Counter", "DefaultFlowCallback", "Counter"]);
  assertStrictEquals(handler.pop(second), second);
  assertEquals([handler.pop(second), handler.remove(second)], [null, false]);
  handler.add(second);
  assertStrictEquals(handler.pop(Counter), first);
  assertEquals([handler.remove(Counter), handler.remove(Counter)], [true, false]);
  assertEquals([handler.pop(EarlyStoppingCallback), names()], [null, ["DefaultFlowCallback"]]);
});

Deno.test("CallbackHandler hears callbacks that come late, and no longer those that went", async () => {
  const counter = new Counter();
  const handler = new CallbackHandler();
  const run = newRun({}, 1);
  await handler.call("onStepEnd", run);
  handler.add(counter);
  await handler.call("onStepEnd", run);
  assertEquals([counter.count, handler.listens("onStepEnd")], [1, true]);
  handler.remove(counter);
  await handler.call("onStepEnd", run);
  assertEquals([counter.count, handler.listens("onStepEnd")], [1, false]);
});

Deno.test("CallbackHandler names callback and moment of an error, and calls no further ones", async () => {
  class Broken implements TrainerCallback {
    onStepEnd(): void {
      throw new RangeError("no more");
    }
  }
  const later = new Counter();
  const run = newRun({}, 1);
  const error = await assertRejects(
    async () => await new CallbackHandler([new Broken(), later]).call("onStepEnd", run),
    Error,
    "Callback Broken failed in onStepEnd: no more",
  );
  assert(error.cause instanceof RangeError);
  assertEquals(later.count, 0);
  const named: TrainerCallback = { name: "Mine", onLog: () => Promise.reject("a text") };
  await assertRejects(
    async () => await new CallbackHandler([named]).call("onLog", run),
    Error,
    "Callback Mine failed in onLog: a text",
  );
});

Deno.test("CallbackHandler keeps the class of errors that may be caught", async () => {
  const kinds = [UsageError, InputError, OutputError, DeviceError];
  for (const Kind of kinds) {
    const callback: TrainerCallback = {
      onSave() {
        throw new Kind("so");
      },
    };
    const error = await assertRejects(
      async () => await new CallbackHandler([callback]).call("onSave", newRun({}, 1)),
      Error,
      "failed in onSave: so",
    );
    assert(error instanceof Kind);
    assert(error.cause instanceof Kind);
  }
});

Deno.test("CallbackHandler.state has upstream's form, with a list for callbacks of one name", () => {
  const control = new TrainerControl();
  const [first, second] = [new Counter(), new Counter()];
  first.count = 3;
  second.count = 4;
  const handler = new CallbackHandler([
    new DefaultFlowCallback(),
    first,
    new EarlyStoppingCallback({ earlyStoppingPatience: 2, earlyStoppingThreshold: 0.5 }),
    second,
  ]);
  assertEquals(handler.state(control), {
    Counter: [
      { args: {}, attributes: { count: 3 } },
      { args: {}, attributes: { count: 4 } },
    ],
    EarlyStoppingCallback: {
      args: { early_stopping_patience: 2, early_stopping_threshold: 0.5 },
      attributes: { early_stopping_patience_counter: 0 },
    },
    TrainerControl: control.toJson(),
  });
});

Deno.test("CallbackHandler.restore gives every callback its own state back", () => {
  const make = (...counts: number[]) => {
    const counters = counts.map((count) => Object.assign(new Counter(), { count }));
    const named = Object.assign(new Counter(), { name: "named", count: 10 * counts[0] });
    return { counters, named, handler: new CallbackHandler([...counters, named]) };
  };
  const saved = make(3, 4);
  const control = new TrainerControl();
  control.shouldLog = true;
  const states = JSON.parse(JSON.stringify(saved.handler.state(control)));
  const back = make(0, 0, 9);
  const backControl = new TrainerControl();
  assertEquals(back.handler.restore(states, backControl), []);
  assertEquals(back.counters.map(({ count }) => count), [3, 4, 9]);
  assertEquals([back.named.count, backControl.shouldLog], [30, true]);
  const fewer = make(0);
  fewer.handler.restore(states, backControl);
  assertEquals([fewer.counters[0].count, fewer.named.count], [3, 30]);
});

Deno.test("CallbackHandler.restore tells states that nobody takes, and leaves other entries alone", () => {
  const counter = Object.assign(new Counter(), { count: 5 });
  const state = { args: {}, attributes: {} };
  const states = { Gone: state, Lost: [state, state], sentrain: { loss: 1 }, none: [] };
  const handler = new CallbackHandler([counter]);
  assertEquals(handler.restore(states, new TrainerControl()), ["Gone", "Lost"]);
  assertEquals(counter.count, 5);
});

Deno.test("CallbackHandler.restore refuses a damaged state of a callback that is there", () => {
  const handler = new CallbackHandler([new Counter()]);
  const damaged = [null, 3, "x", {}, { args: {} }, { args: [], attributes: {} }, [[]]];
  for (const state of damaged) {
    assertThrows(
      () => handler.restore({ Counter: state }, new TrainerControl()),
      InputError,
      "Cannot restore Counter: found",
    );
  }
});
