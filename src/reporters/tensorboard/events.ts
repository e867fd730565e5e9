/**
 * The events of event files: numbers, texts, hyper-parameters. Source: `event.proto`, `summary.proto`
 * and `tensor.proto` of TensorFlow, `plugin_data.proto` and `api.proto` of TensorBoard's hparams plugin.
 *
 * @module
 */
import type { Histogram } from "../histogram.ts";
import { ProtobufMessage } from "./protobuf.ts";

/** What `dtype` of a tensor says of texts. */
const DT_STRING = 7;

/** What `status` says of a session that ended. */
const STATUS = { success: 1, failure: 2 };

/** Version of the messages of the plugin. */
const HPARAMS_VERSION = 0;

/** Where an event belongs. */
export interface EventPlace {
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** Optimizer steps done. */
  readonly step: number;
}

/** A value of a hyper-parameter. */
export type Hyperparameter = boolean | number | string;

/**
 * The first event of a file: which version of the format it has.
 *
 * @param wallTime Seconds since 1970.
 */
export function versionEvent(wallTime: number): ProtobufMessage {
  return new ProtobufMessage().double(1, wallTime).text(3, "brain.Event:2");
}

/**
 * Numbers by their tags.
 *
 * @param values The numbers, kept in 32 bits.
 * @param place Step and time.
 */
export function scalarsEvent(
  values: Readonly<Record<string, number>>,
  place: EventPlace,
): ProtobufMessage {
  const summary = new ProtobufMessage();
  for (const [tag, value] of Object.entries(values)) {
    summary.message(1, new ProtobufMessage().text(1, tag).float(2, value));
  }
  return summaryEvent(summary, place);
}

/**
 * Histograms by their tags.
 *
 * @param histograms The histograms.
 * @param place Step and time.
 */
export function histogramsEvent(
  histograms: Readonly<Record<string, Histogram>>,
  place: EventPlace,
): ProtobufMessage {
  const summary = new ProtobufMessage();
  for (
    const [tag, { min, max, count, sum, sumOfSquares, ...buckets }] of Object.entries(histograms)
  ) {
    const histogram = new ProtobufMessage().double(1, min).double(2, max).double(3, count)
      .double(4, sum).double(5, sumOfSquares).doubles(6, buckets.limits).doubles(7, buckets.counts);
    summary.message(1, new ProtobufMessage().text(1, tag).message(5, histogram));
  }
  return summaryEvent(summary, place);
}

/**
 * A text for the tab of texts, where it is read as Markdown.
 *
 * @param tag Its name.
 * @param text The text.
 * @param place Step and time.
 */
export function textEvent(tag: string, text: string, place: EventPlace): ProtobufMessage {
  const shape = new ProtobufMessage().message(2, new ProtobufMessage().integer(1, 1));
  const tensor = new ProtobufMessage().integer(1, DT_STRING).message(2, shape).text(8, text);
  const value = new ProtobufMessage()
    .text(1, `${tag}/text_summary`)
    .message(8, tensor)
    .message(9, metadata("text", new ProtobufMessage()));
  return summaryEvent(new ProtobufMessage().message(1, value), place);
}

/**
 * What opens a run in the tab of hyper-parameters: which there are, their values in this run, and
 * which numbers to show beside them. The session names no group, so that TensorBoard shows it by its
 * directory: sessions of one group count as repetitions, with the values of the first and means of
 * their numbers.
 *
 * @param hparams The values.
 * @param metrics The tags of the numbers.
 * @param place Step and time.
 */
export function hparamsEvent(
  hparams: Readonly<Record<string, Hyperparameter>>,
  metrics: readonly string[],
  place: EventPlace,
): ProtobufMessage {
  const experiment = new ProtobufMessage();
  for (const [key, value] of Object.entries(hparams)) {
    experiment.message(4, new ProtobufMessage().text(1, key).integer(4, dataType(value)));
  }
  for (const tag of metrics) {
    experiment.message(5, new ProtobufMessage().message(1, new ProtobufMessage().text(2, tag)));
  }
  const session = new ProtobufMessage();
  for (const [key, value] of Object.entries(hparams)) {
    session.message(1, new ProtobufMessage().text(1, key).message(2, protobufValue(value)));
  }
  session.double(5, place.wallTime);
  const summary = new ProtobufMessage()
    .message(1, hparamsValue("experiment", 2, experiment))
    .message(1, hparamsValue("session_start_info", 3, session));
  return summaryEvent(summary, place);
}

/**
 * What closes a run in the tab of hyper-parameters.
 *
 * @param status How it ended.
 * @param place Step and time.
 */
export function hparamsEndEvent(
  status: "success" | "failure",
  place: EventPlace,
): ProtobufMessage {
  const end = new ProtobufMessage().integer(1, STATUS[status]).double(2, place.wallTime);
  const value = hparamsValue("session_end_info", 4, end);
  return summaryEvent(new ProtobufMessage().message(1, value), place);
}

function summaryEvent(
  summary: ProtobufMessage,
  { wallTime, step }: EventPlace,
): ProtobufMessage {
  return new ProtobufMessage().double(1, wallTime).integer(2, step).message(5, summary);
}

function metadata(plugin: string, content: ProtobufMessage): ProtobufMessage {
  return new ProtobufMessage().message(
    1,
    new ProtobufMessage().text(1, plugin).message(2, content),
  );
}

function hparamsValue(tag: string, field: number, data: ProtobufMessage): ProtobufMessage {
  const content = new ProtobufMessage().integer(1, HPARAMS_VERSION).message(field, data);
  return new ProtobufMessage().text(1, `_hparams_/${tag}`).message(9, metadata("hparams", content));
}

/** `DataType` of a hyper-parameter. */
function dataType(value: Hyperparameter): number {
  return typeof value === "string" ? 1 : typeof value === "boolean" ? 2 : 3;
}

/** `google.protobuf.Value`. */
function protobufValue(value: Hyperparameter): ProtobufMessage {
  const message = new ProtobufMessage();
  if (typeof value === "number") return message.double(2, value);
  return typeof value === "string" ? message.text(3, value) : message.integer(4, Number(value));
}
