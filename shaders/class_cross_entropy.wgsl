// terms_i = lse_i - (1 - e) z_iy - e mean over k of z_ik, with z[R, K] the logits of R rows, y their
// labels, lse_i = log sum over k of exp(z_ik) and e the smoothing.
// Backward, d_z_ik = (softmax_ik - (1 - e) [k = y] - e / K) d_terms_i.
//
// LANES threads own a row and stride over its classes, of which there may be any number; f32 sums of
// fixed order; the maximum is subtracted before every exponential. A label beyond the classes reads none.
#import lib/rows

struct Params {
  rows: u32,
  classes: u32,
  smoothing: f32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<f32>;
@group(0) @binding(2) var<storage, read_write> terms: array<f32>;
@group(0) @binding(3) var<storage, read_write> log_sum_exp: array<f32>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;
@group(0) @binding(5) var<storage, read> d_terms: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_logits: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const LOWEST = -3.4028234e38;

@compute @workgroup_size(ROW_THREADS)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.rows;
  let classes = select(0u, params.classes, inside);
  let start = place.row * params.classes;
  var top = LOWEST;
  for (var k = place.lane; k < classes; k += LANES) { top = max(top, logits[start + k]); }
  let maximum = row_max(top, thread);
  var exponentials = 0.0;
  var scores = 0.0;
  for (var k = place.lane; k < classes; k += LANES) {
    let z = logits[start + k];
    exponentials += exp(z - maximum);
    scores += z - maximum;
  }
  let value = log(row_sum(exponentials, thread));
  let mean = row_sum(scores, thread) / f32(params.classes);
  if (!inside || place.lane != 0u) { return; }
  let label = min(u32(labels[place.row]), params.classes - 1u);
  let wanted = logits[start + label] - maximum;
  var term = value - wanted;
  if (params.smoothing > 0.0) { term += params.smoothing * (wanted - mean); }
  terms[place.row] = term;
  log_sum_exp[place.row] = maximum + value;
}

@compute @workgroup_size(ROW_THREADS)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * ROW_THREADS + thread;
  if (i >= params.rows * params.classes) { return; }
  let row = i / params.classes;
  let wanted = select(0.0, 1.0 - params.smoothing, u32(labels[row]) == i % params.classes) +
    params.smoothing / f32(params.classes);
  var value = (exp(logits[i] - lse[row]) - wanted) * d_terms[row];
  if (params.accumulate != 0u) { value += d_logits[i]; }
  d_logits[i] = value;
}
