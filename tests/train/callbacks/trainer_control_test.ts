import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../../src/errors.ts";
import { TrainerControl } from "../../../src/train/callbacks/trainer_control.ts";

function allOn(): TrainerControl {
  const control = new TrainerControl();
  control.shouldTrainingStop = control.shouldEpochStop = true;
  control.shouldSave = control.shouldEvaluate = control.shouldLog = true;
  return control;
}

/** Stop training, stop epoch, save, evaluate, log. */
function switches(control: TrainerControl): boolean[] {
  const { shouldTrainingStop, shouldEpochStop, shouldSave, shouldEvaluate, shouldLog } = control;
  return [shouldTrainingStop, shouldEpochStop, shouldSave, shouldEvaluate, shouldLog];
}

Deno.test("TrainerControl begins with everything off", () => {
  assertEquals(switches(new TrainerControl()), [false, false, false, false, false]);
});

Deno.test("TrainerControl resets what belongs to a training, an epoch, a step", () => {
  const cases: [(control: TrainerControl) => void, boolean[]][] = [
    [(control) => control.newTraining(), [false, true, true, true, true]],
    [(control) => control.newEpoch(), [true, false, true, true, true]],
    [(control) => control.newStep(), [true, true, false, false, false]],
  ];
  for (const [reset, expected] of cases) {
    const control = allOn();
    reset(control);
    assertEquals(switches(control), expected);
  }
});

Deno.test("TrainerControl.toJson has upstream's form", () => {
  const control = new TrainerControl();
  control.shouldSave = true;
  assertEquals(control.toJson(), {
    args: {
      should_training_stop: false,
      should_epoch_stop: false,
      should_save: true,
      should_evaluate: false,
      should_log: false,
    },
    attributes: {},
  });
});

Deno.test("TrainerControl.restore takes what toJson gave, each switch by itself", () => {
  let seen = 0;
  for (let bits = 0; bits < 32; bits++) {
    const control = new TrainerControl();
    const [stop, epoch, save, evaluate, log] = [1, 2, 4, 8, 16].map((bit) => (bits & bit) !== 0);
    Object.assign(control, {
      shouldTrainingStop: stop,
      shouldEpochStop: epoch,
      shouldSave: save,
      shouldEvaluate: evaluate,
      shouldLog: log,
    });
    const back = allOn();
    back.restore(JSON.parse(JSON.stringify(control.toJson())));
    assertEquals(switches(back), [stop, epoch, save, evaluate, log]);
    seen++;
  }
  assertEquals(seen, 32);
});

Deno.test("TrainerControl.restore turns off what is missing, and refuses what is no switch", () => {
  const control = allOn();
  control.restore({ args: { should_log: true }, attributes: {} });
  assertEquals(switches(control), [false, false, false, false, true]);
  assertThrows(
    () => control.restore({ args: { should_save: true, should_log: "yes" }, attributes: {} }),
    InputError,
    'Cannot restore TrainerControl: should_log is "yes", wanted true or false',
  );
  assertEquals(switches(control), [false, false, false, false, true]);
});
