// terms_i = sum over k of p_ik (log p_ik - log q_ik), p = softmax over k of b t_ik and q of a s_ik, with
// s[R, K] the student's and t[R, K] the teacher's scores, a and b their inverse temperatures.
// Backward, d_s_ik = a (q_ik - p_ik) d_terms_i; the teacher gets none.
//
// LANES threads own a row and stride over its K scores, any number; f32 sums of fixed order; maxima are
// subtracted before every exponential, and logarithms never taken of a probability, so that one that
// underflows to 0 adds 0. `lse` holds both log-sum-exps of a row.
#import lib/rows

struct Params {
  rows: u32,
  width: u32,
  student_factor: f32,
  teacher_factor: f32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> student: array<f32>;
@group(0) @binding(1) var<storage, read> teacher: array<f32>;
@group(0) @binding(2) var<storage, read_write> terms: array<f32>;
@group(0) @binding(3) var<storage, read_write> lse: array<vec2<f32>>;
@group(0) @binding(4) var<storage, read> saved: array<vec2<f32>>;
@group(0) @binding(5) var<storage, read> d_terms: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_student: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const LOWEST = -3.4028234e38;

// Scaled scores of student and teacher.
fn scores(i: u32) -> vec2<f32> {
  return vec2<f32>(params.student_factor * student[i], params.teacher_factor * teacher[i]);
}

@compute @workgroup_size(ROW_THREADS)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.rows;
  let width = select(0u, params.width, inside);
  let start = place.row * params.width;
  var top = vec2<f32>(LOWEST);
  for (var k = place.lane; k < width; k += LANES) { top = max(top, scores(start + k)); }
  let maxima = vec2<f32>(row_max(top.x, thread), row_max(top.y, thread));
  var sums = vec2<f32>();
  for (var k = place.lane; k < width; k += LANES) { sums += exp(scores(start + k) - maxima); }
  let logs = log(vec2<f32>(row_sum(sums.x, thread), row_sum(sums.y, thread)));
  var sum = 0.0;
  for (var k = place.lane; k < width; k += LANES) {
    let log_share = scores(start + k) - maxima - logs;
    sum += exp(log_share.y) * (log_share.y - log_share.x);
  }
  let term = row_sum(sum, thread);
  if (inside && place.lane == 0u) {
    terms[place.row] = term;
    lse[place.row] = maxima + logs;
  }
}

@compute @workgroup_size(ROW_THREADS)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * ROW_THREADS + thread;
  if (i >= params.rows * params.width) { return; }
  let row = i / params.width;
  let shares = exp(scores(i) - saved[row]);
  var value = params.student_factor * (shares.x - shares.y) * d_terms[row];
  if (params.accumulate != 0u) { value += d_student[i]; }
  d_student[i] = value;
}
