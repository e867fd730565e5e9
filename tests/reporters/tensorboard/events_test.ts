import { assertEquals } from "@std/assert";
import {
  histogramsEvent,
  hparamsEndEvent,
  hparamsEvent,
  scalarsEvent,
  textEvent,
} from "../../../src/reporters/tensorboard/events.ts";
import { type Decoded, decodeMessage } from "./read_events.ts";

const PLACE = { wallTime: 1.5, step: 7 };

function valuesOf(bytes: Uint8Array): Decoded[] {
  const { wall_time, step, summary } = decodeMessage("Event", bytes);
  assertEquals({ wallTime: wall_time, step }, PLACE);
  return summary.value;
}

Deno.test("scalarsEvent() holds numbers by their tags", () => {
  const { bytes } = scalarsEvent({ "train/loss": 0.1, "eval/x": NaN }, PLACE);
  assertEquals(valuesOf(bytes), [
    { tag: "train/loss", simple_value: Math.fround(0.1) },
    { tag: "eval/x", simple_value: NaN },
  ]);
});

Deno.test("histogramsEvent() holds buckets and sums", () => {
  const histogram = {
    ...{ min: -1, max: 3, count: 4, sum: 2, sumOfSquares: 12 },
    ...{ limits: [-1, 2, 4], counts: [1, 2, 1] },
  };
  assertEquals(valuesOf(histogramsEvent({ "gradients/w": histogram }, PLACE).bytes), [{
    tag: "gradients/w",
    histo: {
      ...{ min: -1, max: 3, num: 4, sum: 2, sum_squares: 12 },
      ...{ bucket_limit: [-1, 2, 4], bucket: [1, 2, 1] },
    },
  }]);
});

Deno.test("textEvent() is a tensor of one text for the plugin of texts", () => {
  const [value] = valuesOf(textEvent("args", '{"ü": 1}', PLACE).bytes);
  assertEquals(value.tag, "args/text_summary");
  assertEquals(value.metadata.plugin_data, { plugin_name: "text" });
  const { dtype, tensor_shape, string_val } = value.tensor;
  assertEquals([dtype, tensor_shape], [7, { dim: [{ size: 1 }] }]);
  assertEquals(new TextDecoder().decode(Uint8Array.from(string_val[0])), '{"ü": 1}');
});

Deno.test("hparamsEvent() declares hyper-parameters and opens a session that is a group of its own", () => {
  const hparams = { learning_rate: 2e-5, optim: "adamw_torch", fp16: false };
  const { bytes } = hparamsEvent(hparams, ["eval/loss"], PLACE);
  const [experiment, session] = valuesOf(bytes).map(({ tag, metadata }) => {
    assertEquals(metadata.plugin_data.plugin_name, "hparams");
    const content = Uint8Array.from(metadata.plugin_data.content);
    return [tag, decodeMessage("HParamsPluginData", content)] as const;
  });
  assertEquals(experiment, ["_hparams_/experiment", {
    experiment: {
      hparam_infos: [
        { name: "learning_rate", type: 3 },
        { name: "optim", type: 1 },
        { name: "fp16", type: 2 },
      ],
      metric_infos: [{ name: { tag: "eval/loss" } }],
    },
  }]);
  assertEquals(session, ["_hparams_/session_start_info", {
    session_start_info: {
      hparams: {
        learning_rate: { number_value: 2e-5 },
        optim: { string_value: "adamw_torch" },
        fp16: { bool_value: false },
      },
      start_time_secs: 1.5,
    },
  }]);
});

Deno.test("hparamsEndEvent() ends the session, well or not", () => {
  for (const [name, status] of [["success", 1], ["failure", 2]] as const) {
    const [{ tag, metadata }] = valuesOf(hparamsEndEvent(name, PLACE).bytes);
    assertEquals(tag, "_hparams_/session_end_info");
    const content = Uint8Array.from(metadata.plugin_data.content);
    assertEquals(decodeMessage("HParamsPluginData", content).session_end_info, {
      status,
      end_time_secs: 1.5,
    });
  }
});
