import { assertEquals } from "@std/assert";
import { RowKernel } from "../../src/ops/row_kernel.ts";
import { testGpu } from "../support/gpu.ts";

/** y[r] = the sum of row r, one element a lane and stride. */
const SUMS = new RowKernel({
  name: "row_sums",
  entryPoint: "sums",
  source: `#import lib/rows
struct Params { rows: u32, columns: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;
@compute @workgroup_size(ROW_THREADS)
fn sums(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let columns = select(0u, params.columns, place.row < params.rows);
  var sum = 0.0;
  for (var c = place.lane; c < columns; c += LANES) { sum += x[place.row * columns + c]; }
  let whole = row_sum(sum, thread);
  if (columns > 0u && place.lane == LANES - 1u) { y[place.row] = whole; }
}`,
});

Deno.test("RowKernel gives every row its lanes, and each lane the whole sum", async () => {
  const gpu = await testGpu();
  const [rows, columns] = [131, 70];
  const x = gpu.upload([rows, columns], new Float32Array(rows * columns).map((_, i) => i % 5), "x");
  const expected = Array.from(
    { length: rows },
    (_, r) =>
      Array.from({ length: columns }, (_, c) => (r * columns + c) % 5)
        .reduce((a, b) => a + b),
  );
  for (const lanes of [1, 2, 8, 32, 64, undefined]) {
    const y = gpu.tensor([rows], "y");
    SUMS.dispatch(gpu, { tensors: { x, y }, params: { rows, columns }, rows, lanes });
    assertEquals([...await gpu.read(y)], expected);
    gpu.release(y);
  }
  gpu.release(x);
});
