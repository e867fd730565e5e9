// y[r, c] = x[r, c] + bias[c], for rows of any width. Backward, d_x = d_y, and d_bias[c] gets the sum of
// d_y[r, c] over the rows.
//
//   forward      a thread owns an element; rows of C columns
//   accumulate   y += x, where d_x has a gradient already
//   add_sums     d_bias += sums: a thread owns a column and adds its rows in order, in f32. Made for the few
//                rows of a loss; column_sums.wgsl takes many, of a multiple of 4 columns.
#import lib/grid

struct Params {
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> bias: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> d_bias: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.rows * params.columns) { y[i] = x[i] + bias[i % params.columns]; }
}

@compute @workgroup_size(64)
fn accumulate(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.rows * params.columns) { y[i] += x[i]; }
}

@compute @workgroup_size(64)
fn add_sums(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let column = linear_workgroup(id, count) * 64u + thread;
  if (column >= params.columns) { return; }
  var sum = 0.0;
  for (var row = 0u; row < params.rows; row++) { sum += x[row * params.columns + column]; }
  d_bias[column] += sum;
}
