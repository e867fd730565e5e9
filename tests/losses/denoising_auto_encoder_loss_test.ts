import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { DenoisingAutoEncoderLoss } from "../../src/losses/denoising_auto_encoder_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("DenoisingAutoEncoderLoss wants a decoder, tied by default", () => {
  const loss = new DenoisingAutoEncoderLoss();
  assertEquals(loss.config, { tie_encoder_decoder: true, decoder_name_or_path: null });
  assertEquals(loss.wants, { reconstruction: { tied: true } });
  const untied = new DenoisingAutoEncoderLoss({ tie_encoder_decoder: false });
  assertEquals(untied.wants, { reconstruction: { tied: false } });
});

Deno.test("DenoisingAutoEncoderLoss refuses options that have no sense", () => {
  const cases: [object, string][] = [
    [
      { decoder_name_or_path: "bert-base-uncased" },
      'decoder_name_or_path is "bert-base-uncased": wanted null: the decoder is made of the model\'s own encoder',
    ],
    [{ tie_encoder_decoder: 1 }, "tie_encoder_decoder is 1"],
    [{ tie_encoder: true }, 'has no option "tie_encoder"'],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => new DenoisingAutoEncoderLoss(options), UsageError, message);
  }
});

Deno.test("DenoisingAutoEncoderLoss checks columns and labels", () => {
  const loss = new DenoisingAutoEncoderLoss();
  loss.checkColumns(["damaged", "original"], null);
  for (const columns of [["text"], ["a", "b", "c"], []]) {
    assertThrows(
      () => loss.checkColumns(columns, null),
      UsageError,
      "denoisingDataset makes them of one column by deleting words with probability 0.6",
    );
  }
  const labels = { width: 1, minimum: 0, maximum: 1, isWhole: true };
  assertThrows(
    () => loss.checkColumns(["damaged", "original"], labels),
    UsageError,
    "found labels of one number a row, from 0 to 1, wanted none",
  );
});

Deno.test("DenoisingAutoEncoderLoss is what the decoder makes of the embeddings", async () => {
  const loss = new DenoisingAutoEncoderLoss();
  const tape = new Tape(await testGpu());
  const embeddings = tape.empty([2, 4], "embeddings");
  const columns = [{ name: "damaged", first: 0, count: 2 }];
  const batch = { embeddings, columns, labels: null };
  assertThrows(() => loss.forward(tape, batch), TypeError, "wanted a decoder");
  const value = tape.empty([], "value");
  const found = loss.forward(tape, {
    ...batch,
    reconstruct: (given, x) => {
      assertStrictEquals(given, tape);
      assertStrictEquals(x, embeddings);
      return value;
    },
  });
  assertStrictEquals(found, value);
  tape.end();
});
