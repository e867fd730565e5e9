import { assertEquals } from "@std/assert";
import { addScoreGradients, computeScores, scoreTiles, TILE } from "../../src/ops/score_tiles.ts";
import { Tape } from "../../src/ops/tape.ts";
import { matmul } from "../reference/matmul.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";

Deno.test("scoreTiles covers every score once, row by row", () => {
  assertEquals(scoreTiles([3, 5], [2, 4]), [
    { row: 0, column: 0, rows: 2, columns: 4 },
    { row: 0, column: 4, rows: 2, columns: 1 },
    { row: 2, column: 0, rows: 1, columns: 4 },
    { row: 2, column: 4, rows: 1, columns: 1 },
  ]);
  assertEquals(scoreTiles([1, 1]), [{ row: 0, column: 0, rows: 1, columns: 1 }]);
  assertEquals(scoreTiles([TILE[0] + 1, TILE[1]]).length, 2);
  assertEquals(scoreTiles([0, 4]), []);
});

Deno.test("computeScores and addScoreGradients make the products of the rows that take part", async () => {
  const [rowCount, candidateCount, C] = [5, 9, 8];
  const a = normalValues(7 * C, 1);
  const d = normalValues(10 * C, 2);
  const rows = a.slice(0, rowCount * C);
  const candidates = d.slice(0, candidateCount * C);
  const shape = { M: rowCount, N: candidateCount, K: C };
  const expected = matmul({ a: rows, b: candidates, ...shape, transposeB: true });
  const scores = expected.map((dot) => 2 * Math.fround(dot));
  let seen = 0;
  for (const gpu of await testGpus()) {
    const tape = new Tape(gpu);
    const upload = (data: Float64Array) =>
      tape.upload([data.length / C, C], Float32Array.from(data), "x");
    const factors = { rows: upload(a), rowCount, candidates: upload(d), candidateCount };
    const dRows = { gradient: tape.empty([rowCount, C], "rows"), accumulate: false };
    const dCandidates = { gradient: upload(d), accumulate: true };
    const whole = new Float64Array(expected.length);
    const part = tape.empty([3, 4], "scores");
    for (const tile of scoreTiles([rowCount, candidateCount], [3, 4])) {
      computeScores(gpu, factors, { tile, scores: part, scale: 2 });
      const found = await gpu.read(part);
      for (let at = 0; at < tile.rows * tile.columns; at++) {
        const [i, j] = [Math.floor(at / tile.columns), at % tile.columns];
        whole[(tile.row + i) * candidateCount + tile.column + j] = found[at];
      }
      addScoreGradients(gpu, factors, { tile, gradients: part, dRows, dCandidates });
    }
    const close = { relative: 0, absolute: 2 * 4 * C * floatTolerance(C) };
    assertClose(whole, scores, { op: "computeScores", ...close });
    const size = 2 * 4 ** 2 * C * 4 * floatTolerance(C * candidateCount);
    assertClose(
      await gpu.read(dRows.gradient),
      matmul({ a: scores, b: candidates, M: rowCount, N: C, K: candidateCount }),
      { op: "dRows", relative: 0, absolute: size * candidateCount },
    );
    const sums = matmul({
      a: scores,
      b: rows,
      M: candidateCount,
      N: C,
      K: rowCount,
      transposeA: true,
    });
    assertClose(
      (await gpu.read(dCandidates.gradient)).subarray(0, candidateCount * C),
      sums.map((sum, at) => sum + d[at]),
      { op: "dCandidates", relative: 0, absolute: size * rowCount },
    );
    assertEquals(
      (await gpu.read(dCandidates.gradient)).subarray(candidateCount * C),
      Float32Array.from(d.slice(candidateCount * C)),
    );
    tape.end();
    seen++;
  }
  assertEquals(seen, 2);
});
