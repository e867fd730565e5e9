// loss = log(1 + sum over pairs with label_i < label_j of exp(scale (s_i - s_j))), over B scores.
//
// No pair is kept: `row_sums` gives each thread one i, which runs over all j with a running maximum and leaves
// v_i = scale s_i + log sum over higher labels of exp(-scale s_j); `total`, one workgroup, takes the maximum of
// 0 and all v_i out of the sum; `backward` gives each thread one i again: all its exponents are at most 0, since
// the loss is no less than any of them. All threads read the same s_j at the same time. Memory is O(B).
// Where there are fewer labels than scores, A of them, score i has label i % A in the first A scores and one minus
// it in all others; without labels label 1 takes its place. A score that is not a number makes the loss so.
#import lib/grid

struct Params {
  scores: u32,
  labels: u32,
  labelled: u32,
  accumulate: u32,
  scale: f32,
}

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<f32>;
@group(0) @binding(2) var<storage, read_write> row_values: array<f32>;
@group(0) @binding(3) var<storage, read> rows: array<f32>;
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;
@group(0) @binding(5) var<storage, read> total_value: array<f32>;
@group(0) @binding(6) var<storage, read> d_loss: array<f32>;
@group(0) @binding(7) var<storage, read_write> d_scores: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;
const LOWEST = -3.4028234e38;

var<workgroup> shares: array<f32, 64>;

fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

fn label_of(i: u32) -> f32 {
  var label = 1.0;
  if (params.labelled != 0u) { label = labels[i % params.labels]; }
  return select(1.0 - label, label, i < params.labels);
}

@compute @workgroup_size(THREADS)
fn row_sums(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * THREADS + thread;
  if (i >= params.scores) { return; }
  let own = label_of(i);
  var top = 0.0;
  var sum = 0.0;
  for (var j = 0u; j < params.scores; j++) {
    if (!(label_of(j) > own)) { continue; }
    let x = -params.scale * scores[j];
    if (sum == 0.0) {
      top = x;
      sum = exp(x - x);
    } else if (x > top) {
      sum = sum * exp(top - x) + 1.0;
      top = x;
    } else {
      sum += exp(x - top);
    }
  }
  let score = params.scale * scores[i];
  var value = score + top + log(sum);
  if (sum == 0.0) { value = LOWEST; }
  if (is_nan(score)) { value = score; }
  row_values[i] = value;
}

@compute @workgroup_size(THREADS)
fn total(@builtin(local_invocation_index) thread: u32) {
  var top = 0.0;
  for (var i = thread; i < params.scores; i += THREADS) { top = max(top, rows[i]); }
  shares[thread] = top;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] = max(shares[thread], shares[thread + half]); }
    workgroupBarrier();
  }
  let maximum = shares[0];
  workgroupBarrier();
  var sum = 0.0;
  for (var i = thread; i < params.scores; i += THREADS) {
    let value = rows[i];
    if (is_nan(value)) { sum = value; }
    else if (value > LOWEST) { sum += exp(value - maximum); }
  }
  shares[thread] = sum;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] += shares[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u) { loss[0] = maximum + log(exp(-maximum) + shares[0]); }
}

@compute @workgroup_size(THREADS)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * THREADS + thread;
  if (i >= params.scores) { return; }
  let own = label_of(i);
  let score = scores[i];
  let whole = total_value[0];
  var sum = 0.0;
  for (var j = 0u; j < params.scores; j++) {
    let label = label_of(j);
    let gap = params.scale * (score - scores[j]);
    if (label > own) { sum += exp(gap - whole); }
    else if (label < own) { sum -= exp(-gap - whole); }
  }
  var value = sum * params.scale * d_loss[0];
  if (params.accumulate != 0u) { value += d_scores[i]; }
  d_scores[i] = value;
}
