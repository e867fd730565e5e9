// terms_i = mean over j = 1..n of ((s_i0 - s_ij) - m_ij)^2, with s[B, n + 1] the scores of a positive and
// its n negatives, and m the margins that a teacher sees: `labels` holds them, or, with RAW = 1, the
// teacher's own n + 1 scores, whose differences they are.
// Backward, with g_j = 2 ((s_i0 - s_ij) - m_ij) / n d_terms_i: d_s_ij = -g_j, d_s_i0 = the sum of all g_j.
//
// A thread owns a row. Sums are f32, in the order of j.
#import lib/grid

struct Params {
  rows: u32,
  negatives: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<f32>;
@group(0) @binding(2) var<storage, read_write> terms: array<f32>;
@group(0) @binding(3) var<storage, read> d_terms: array<f32>;
@group(0) @binding(4) var<storage, read_write> d_scores: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// What the margin of row i and negative j, from 1 on, is off by.
fn error(i: u32, j: u32) -> f32 {
  let row = i * (params.negatives + 1u);
  var margin = 0.0;
  if (RAW == 1u) {
    margin = labels[row] - labels[row + j];
  } else {
    margin = labels[i * params.negatives + j - 1u];
  }
  return scores[row] - scores[row + j] - margin;
}

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows) { return; }
  var sum = 0.0;
  for (var j = 1u; j <= params.negatives; j++) { sum += error(i, j) * error(i, j); }
  terms[i] = sum / f32(params.negatives);
}

fn put(at: u32, value: f32) {
  if (params.accumulate != 0u) { d_scores[at] += value; } else { d_scores[at] = value; }
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows) { return; }
  let row = i * (params.negatives + 1u);
  let factor = 2.0 / f32(params.negatives) * d_terms[i];
  var sum = 0.0;
  for (var j = 1u; j <= params.negatives; j++) {
    let g = factor * error(i, j);
    sum += g;
    put(row + j, -g);
  }
  put(row, sum);
}
