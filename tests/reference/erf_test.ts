import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { erf, erfc } from "./erf.ts";

// x, erf(x), erfc(x): the Taylor series summed with 120 decimal digits, then rounded to float64.
const table = [
  [0.0009765625, 0.0011019324300718147, 0.9988980675699282],
  [0.1, 0.1124629160182849, 0.887537083981715],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [0.84375, 0.7672256612323416, 0.23277433876765838],
  [0.999, 0.8422852702064969, 0.15771472979350307],
  [1, 0.8427007929497149, 0.15729920705028513],
  [1.25, 0.9229001282564583, 0.07709987174354177],
  [1.5, 0.9661051464753108, 0.033894853524689274],
  [2, 0.9953222650189527, 0.004677734981047266],
  [2.7, 0.9998656672600594, 0.0001343327399405242],
  [3.5, 0.9999992569016276, 7.430983723414128e-7],
  [5, 0.9999999999984626, 1.537459794428035e-12],
  [6, 1, 2.1519736712498913e-17],
  [10, 1, 2.088487583762545e-45],
  [26, 1, 5.663192408856143e-296],
];

const tight = { absolute: 0, relative: 1e-15 };

Deno.test("erf and erfc are right to 1e-15, on both sides of zero", () => {
  const [x, direct, complement] = [0, 1, 2].map((column) => table.map((row) => row[column]));
  assertClose(x.map(erf), direct, { op: "erf", ...tight });
  assertClose(x.map(erfc), complement, { op: "erfc", ...tight });
  assertClose(x.map((v) => erf(-v)), direct.map((v) => -v), { op: "erf of -x", ...tight });
  assertClose(x.map((v) => erfc(-v)), direct.map((v) => 1 + v), { op: "erfc of -x", ...tight });
});

Deno.test("erf and erfc at zero, at infinity and of NaN", () => {
  assertEquals([erf(0), erf(Infinity), erf(-Infinity), erf(NaN)], [0, 1, -1, NaN]);
  assertEquals([erfc(0), erfc(Infinity), erfc(-Infinity), erfc(NaN)], [1, 0, 2, NaN]);
});
