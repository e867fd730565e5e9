// terms_r = distance of x_r, a row of x[S, G], from its target t:
//   METRIC 0   mean over c of (x_c - t_c)^2
//   METRIC 1   |x - t|
//   METRIC 2   1 - x . t / (max(|x|, 1e-8) max(|t|, 1e-8))
// The target of row r begins at element (r % batch) stride + (r / batch) step of `targets`: rows of one
// batch after the other share their targets with step 0, or have parts of a longer target each.
//
// Backward, times d_terms_r: 2 (x - t) / G; (x - t) / |x - t|, and 0 where that is 0;
// (cos x / |x| - t / |t|) / |x|, without the first term where |x| is below 1e-8.
//
// LANES threads own a row and stride over its columns, any number; f32 sums of fixed order. `state` keeps
// of each row |x - t|, or |x|, |t| and the cosine.
#import lib/rows

struct Params {
  rows: u32,
  width: u32,
  batch: u32,
  stride: u32,
  step: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> targets: array<f32>;
@group(0) @binding(2) var<storage, read_write> terms: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> saved: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> d_terms: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_x: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const SHORTEST = 1e-8;

fn target_start(row: u32) -> u32 {
  return row % params.batch * params.stride + row / params.batch * params.step;
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
  let goal = target_start(place.row);
  // (x - t)^2, or x x, t t and x t.
  var sums = vec3<f32>();
  for (var c = place.lane; c < width; c += LANES) {
    let a = x[start + c];
    let b = targets[goal + c];
    if (METRIC == 2u) { sums += vec3<f32>(a * a, b * b, a * b); } else { sums.x += (a - b) * (a - b); }
  }
  let square = row_sum(sums.x, thread);
  var kept = vec4<f32>(sqrt(square), 0.0, 0.0, 0.0);
  var term = select(square / f32(params.width), kept.x, METRIC == 1u);
  if (METRIC == 2u) {
    let other = sqrt(row_sum(sums.y, thread));
    let product = row_sum(sums.z, thread);
    let found = vec2<f32>(kept.x, other);
    // A NaN is not below and stays one.
    let lengths = select(found, vec2<f32>(SHORTEST), found < vec2<f32>(SHORTEST));
    let cosine = product / lengths.x / lengths.y;
    kept = vec4<f32>(lengths, cosine, 0.0);
    term = 1.0 - cosine;
  }
  if (inside && place.lane == 0u) {
    terms[place.row] = term;
    state[place.row] = kept;
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
  let kept = saved[row];
  let a = x[i];
  let b = targets[target_start(row) + i % params.width];
  var slope = 2.0 * (a - b) / f32(params.width);
  if (METRIC == 1u) { slope = select((a - b) / kept.x, 0.0, kept.x == 0.0); }
  if (METRIC == 2u) {
    let along = select(kept.z * (a / kept.x), 0.0, kept.x <= SHORTEST);
    slope = (along - b / kept.y) / kept.x;
  }
  var value = slope * d_terms[row];
  if (params.accumulate != 0u) { value += d_x[i]; }
  d_x[i] = value;
}
