import { assertClose } from "../../support/assert_close.ts";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { pairSoftmax } from "./pair_softmax.ts";

Deno.test("pairSoftmax averages rows and softmaxes", () => {
  const values = Float64Array.of(1, Math.log(2), Math.log(3));
  const [own, other] = [{ x: 0, y: 1 }, { x: 0, y: 2 }];
  const { loss } = pairSoftmax({
    values,
    C: 1,
    scale: 1,
    rows: [
      { positive: own, softmaxes: [[own, other], [own]] },
      { positive: other, softmaxes: [[own, { ...other, added: Math.log(4) }]] },
    ],
  });
  const expected = (Math.log(5 / 2) / 2 + Math.log(14 / 3)) / 2;
  assertClose([loss], [expected], { op: "loss", absolute: 0, relative: 1e-14 });
});

Deno.test("pairSoftmax agrees with central differences", () => {
  const C = 3;
  const values = normalValues(4 * C, 1);
  const pairs = [{ x: 0, y: 1 }, { x: 0, y: 2, added: 0.3 }, { x: 1, y: 2 }, { x: 3, y: 3 }];
  const rows = [
    { positive: pairs[0], softmaxes: [pairs, [pairs[2], pairs[3]]] },
    { positive: pairs[2], softmaxes: [pairs] },
  ];
  const { gradient } = pairSoftmax({ values, C, scale: 1.5, rows });
  gradientCheck((x) => pairSoftmax({ values: x, C, scale: 1.5, rows }).loss, values, gradient);
});
