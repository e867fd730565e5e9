// Adafactor over one tensor of `count` elements from element `first` of a parameter on. With g the gradient
// times its factor, s = g^2 + epsilon, and b = 1 - t^-0.8 in update t: for a matrix [rows, columns]
//   row[r] = b row[r] + (1 - b) mean of s over the row,
//   column[c] = b column[c] + (1 - b) mean of s over the column,
//   u = g / sqrt(row[r] / mean(row)) / sqrt(column[c]);
// for a vector moment = b moment + (1 - b) s, u = g / sqrt(moment). Then
//   p = p (1 - lr decay) - lr u / max(1, root mean square of u / clip),
// and the gradient becomes zero.
//
// A matrix takes six dispatches: `reduce_rows` (LANES threads a row), `reduce_columns` (a thread owns four
// columns of a run of rows, a share each), `finish_moments` (one workgroup), `measure` (MEASURERS threads,
// a share each), `finish_step` (one workgroup), `apply` (a thread owns four neighbours). A vector takes one,
// `vector` (one workgroup). Sums are f32 loops and trees of fixed order. Rows may begin anywhere: what is
// read across two vectors is put together, what belongs to a neighbour is masked. Scheduled: lr, b, 1 - b,
// 1 - lr decay.
#import lib/rows
#import lib/step_control

override MEASURERS: u32 = 4096u;

struct Params {
  group: u32,
  decay: u32,
  first: u32,
  count: u32,
  rows: u32,
  columns: u32,
  shares: u32,
  share_rows: u32,
  epsilon: f32,
  clip: f32,
}

#state 0 values
#state 1 gradients
@group(0) @binding(2) var<storage, read_write> row_moment: array<f32>;
@group(0) @binding(3) var<storage, read_write> column_moment: array<f32>;
@group(0) @binding(4) var<storage, read_write> moment: array<f32>;
@group(0) @binding(5) var<storage, read_write> column_shares: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> measured: array<f32>;
// The mean of row_moment, then lr / max(1, root mean square of u / clip).
@group(0) @binding(7) var<storage, read_write> totals: array<f32>;
@group(0) @binding(8) var<storage, read> control: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const FOUR = vec4<u32>(0u, 1u, 2u, 3u);

var<workgroup> tree: array<f32, 256>;

fn tree_sum(value: f32, thread: u32) -> f32 {
  workgroupBarrier();
  tree[thread] = value;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (thread < half) { tree[thread] += tree[thread + half]; }
    workgroupBarrier();
  }
  return tree[0];
}

// Vectors of four columns in a row, the last one perhaps not whole.
fn row_quads() -> u32 { return (params.columns + 3u) / 4u; }

fn is_column(c: u32) -> vec4<bool> { return vec4<u32>(c) + FOUR < vec4<u32>(params.columns); }

// Four gradients from element i of the parameter on.
fn four_gradients(i: u32) -> vec4<f32> {
  let low = gradients_quad(i / 4u) * gradient_factor();
  if (i % 4u == 0u) { return low; }
  let high = gradients_quad(i / 4u + 1u) * gradient_factor();
  switch (i % 4u) {
    case 1u: { return vec4<f32>(low.yzw, high.x); }
    case 2u: { return vec4<f32>(low.zw, high.xy); }
    default: { return vec4<f32>(low.w, high.xyz); }
  }
}

// Gradients of row r from column c on, zero beyond the row.
fn row_gradients(r: u32, c: u32) -> vec4<f32> {
  let g = four_gradients(params.first + r * params.columns + c);
  return select(vec4<f32>(), g, is_column(c));
}

fn squared(g: vec4<f32>, c: u32) -> vec4<f32> {
  return select(vec4<f32>(), g * g + params.epsilon, is_column(c));
}

fn mixed(old: f32, mean: f32) -> f32 { return scheduled(1u) * old + scheduled(2u) * mean; }

@compute @workgroup_size(64)
fn reduce_rows(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let r = place.row;
  var sum = 0.0;
  if (r < params.rows) {
    for (var c = 4u * place.lane; c < params.columns; c += 4u * LANES) {
      sum += across(squared(row_gradients(r, c), c));
    }
  }
  let total = row_sum(sum, thread);
  if (place.lane == 0u && r < params.rows && !is_skipped()) {
    row_moment[r] = mixed(row_moment[r], total / f32(params.columns));
  }
}

@compute @workgroup_size(64)
fn reduce_columns(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  let share = i / row_quads();
  if (share >= params.shares) { return; }
  let c = 4u * (i % row_quads());
  var sum = vec4<f32>();
  let end = min(params.rows, (share + 1u) * params.share_rows);
  for (var r = share * params.share_rows; r < end; r++) { sum += squared(row_gradients(r, c), c); }
  column_shares[i] = sum;
}

@compute @workgroup_size(256)
fn finish_moments(@builtin(local_invocation_index) thread: u32) {
  for (var k = thread; k < row_quads(); k += 256u) {
    var sum = vec4<f32>();
    for (var share = 0u; share < params.shares; share++) {
      sum += column_shares[share * row_quads() + k];
    }
    let mean = sum / f32(params.rows);
    for (var j = 0u; j < 4u; j++) {
      let c = 4u * k + j;
      if (c < params.columns && !is_skipped()) { column_moment[c] = mixed(column_moment[c], mean[j]); }
    }
  }
  var sum = 0.0;
  for (var r = thread; r < params.rows; r += 256u) { sum += row_moment[r]; }
  let total = tree_sum(sum, thread);
  if (thread == 0u) { totals[0] = total / f32(params.rows); }
}

@compute @workgroup_size(64)
fn measure(@builtin(global_invocation_id) id: vec3<u32>) {
  var sum = 0.0;
  for (var i = id.x; i < params.rows * row_quads(); i += MEASURERS) {
    let r = i / row_quads();
    let c = 4u * (i % row_quads());
    let at = min(vec4<u32>(c) + FOUR, vec4<u32>(params.columns - 1u));
    let columns = vec4<f32>(
      column_moment[at.x], column_moment[at.y], column_moment[at.z], column_moment[at.w]);
    let u = row_gradients(r, c) * inverseSqrt(row_moment[r] / totals[0]) * inverseSqrt(columns);
    sum += across(u * u);
  }
  measured[id.x] = sum;
}

fn step_size(total: f32) -> f32 {
  let size = sqrt(total / f32(params.count));
  return scheduled(0u) / max(1.0, size / params.clip);
}

@compute @workgroup_size(256)
fn finish_step(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < MEASURERS; i += 256u) { sum += measured[i]; }
  let total = tree_sum(sum, thread);
  if (thread == 0u) { totals[1] = step_size(total); }
}

// The places of vector i of the parameter within the tensor; those of neighbours lie beyond `count`.
fn places(i: u32) -> vec4<u32> { return vec4<u32>(4u * i) + FOUR - vec4<u32>(params.first); }

fn first_quad() -> u32 { return params.first / 4u; }

fn end_quad() -> u32 { return (params.first + params.count + 3u) / 4u; }

fn move_values(i: u32, inside: vec4<bool>, change: vec4<f32>) {
  let shrink = select(1.0, scheduled(3u), params.decay != 0u);
  let old = values_quad(i);
  values[i] = select(old, old * shrink - change, inside);
}

@compute @workgroup_size(64)
fn apply(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = first_quad() + linear_workgroup(id, count) * 64u + thread;
  if (i >= end_quad()) { return; }
  let raw = gradients_quad(i);
  let inside = places(i) < vec4<u32>(params.count);
  gradients[i] = select(raw, vec4<f32>(), inside);
  if (is_skipped()) { return; }
  let at = min(places(i), vec4<u32>(params.count - 1u));
  let r = at / params.columns;
  let c = at % params.columns;
  let row = vec4<f32>(row_moment[r.x], row_moment[r.y], row_moment[r.z], row_moment[r.w]);
  let column =
    vec4<f32>(column_moment[c.x], column_moment[c.y], column_moment[c.z], column_moment[c.w]);
  let u = raw * gradient_factor() * inverseSqrt(row / totals[0]) * inverseSqrt(column);
  move_values(i, inside, totals[1] * u);
}

// Gradients of vector i, zero where they are neighbours'.
fn own_gradients(i: u32) -> vec4<f32> {
  let g = gradients_quad(i) * gradient_factor();
  return select(vec4<f32>(), g, places(i) < vec4<u32>(params.count));
}

fn own_moments(i: u32) -> vec4<f32> {
  let at = min(places(i), vec4<u32>(params.count - 1u));
  return vec4<f32>(moment[at.x], moment[at.y], moment[at.z], moment[at.w]);
}

@compute @workgroup_size(256)
fn vector(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  if (!is_skipped()) {
    for (var i = first_quad() + thread; i < end_quad(); i += 256u) {
      let g = own_gradients(i);
      let place = places(i);
      for (var j = 0u; j < 4u; j++) {
        let at = place[j];
        if (at < params.count) { moment[at] = mixed(moment[at], g[j] * g[j] + params.epsilon); }
      }
      let u = g * inverseSqrt(own_moments(i));
      sum += across(u * u);
    }
  }
  let size = step_size(tree_sum(sum, thread));
  for (var i = first_quad() + thread; i < end_quad(); i += 256u) {
    let inside = places(i) < vec4<u32>(params.count);
    let u = own_gradients(i) * inverseSqrt(own_moments(i));
    gradients[i] = select(gradients_quad(i), vec4<f32>(), inside);
    if (!is_skipped()) { move_values(i, inside, size * u); }
  }
}
