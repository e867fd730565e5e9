// y = exp(s) x, with s a trained scalar. Backward, d_x = exp(s) d_y and d_s = sum of d_y y.
//
//   forward    a thread owns four neighbours; backward it runs on d_y
//   row_dots   LANES threads own a row r and stride over its columns: products_r = d_y_r . x_r
//   total      one workgroup: d_s = exp(s) sum of products, a tree of fixed order
// C is a multiple of 4. Accumulation is f32.
#import lib/rows

struct Params {
  rows: u32,
  width: u32,
  accumulate: u32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read> log_scale: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
#operand 3 d_y
@group(0) @binding(4) var<storage, read_write> products: array<f32>;
@group(0) @binding(5) var<storage, read> all_products: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_log_scale: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(ROW_THREADS)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * ROW_THREADS + thread;
  if (i >= params.rows * params.width) { return; }
  var value = exp(log_scale[0]) * x_quad(i);
  if (params.accumulate != 0u) { value += y[i]; }
  y[i] = value;
}

@compute @workgroup_size(ROW_THREADS)
fn row_dots(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.rows;
  let width = select(0u, params.width, inside);
  let start = place.row * params.width;
  var sum = vec4<f32>();
  for (var c = place.lane; c < width; c += LANES) { sum += x_quad(start + c) * d_y_quad(start + c); }
  let value = row_sum(across(sum), thread);
  if (inside && place.lane == 0u) { products[place.row] = value; }
}

@compute @workgroup_size(ROW_THREADS)
fn total(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.rows; i += ROW_THREADS) { sum += all_products[i]; }
  row_shares[thread] = sum;
  workgroupBarrier();
  for (var half = ROW_THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { row_shares[thread] += row_shares[thread + half]; }
    workgroupBarrier();
  }
  if (thread != 0u) { return; }
  var value = exp(log_scale[0]) * row_shares[0];
  if (params.accumulate != 0u) { value += d_log_scale[0]; }
  d_log_scale[0] = value;
}
