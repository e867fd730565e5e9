// y[r] = shift + factor * measure(a[r % A], b[r]) over rows of C columns, A rows of a, N A rows of b.
//
//   cosine     a . b / (max(|a|, epsilon) max(|b|, epsilon))
//   dot        a . b
//   angle      |a . T b| / (max(|a|, epsilon) max(|b|, epsilon)), T (c, d) = (c - d, c + d) on halves of a row
//   euclidean  |a - b + epsilon|
//   manhattan  sum of |a - b + epsilon|
//
// `forward`: LANES threads own a row of b. It leaves (p, q_a, q_b) a row, of which all gradients are made:
// d_a = factor d_y (p u - q_a a), d_b = factor d_y (p v - q_b b), where u is b, T b, a - b + epsilon or its signs,
// and v is a, T^t a, or -u. A length below epsilon is a constant; a distance of 0 has no gradient.
// `backward_a`: a thread owns four columns of a row of a and adds its N copies in order; `backward_b`: the
// same of a row of b. C is a multiple of 4, for angles of 8. Accumulation is f32.
#import lib/rows

struct Params {
  anchors: u32,
  rows: u32,
  quads: u32,
  measure: u32,
  accumulate: u32,
  epsilon: f32,
  factor: f32,
  shift: f32,
}

const COSINE = 0u;
const DOT = 1u;
const ANGLE = 2u;
const EUCLIDEAN = 3u;

#operand 0 a
#operand 1 b
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> saved: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> d_y: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_a: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> d_b: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

// Four columns of T b, of the row that begins at `start`.
fn turned_b(start: u32, c: u32) -> vec4<f32> {
  let half = params.quads / 2u;
  if (c < half) { return b_quad(start + c) - b_quad(start + c + half); }
  return b_quad(start + c - half) + b_quad(start + c);
}

// Four columns of T^t a.
fn turned_a(start: u32, c: u32) -> vec4<f32> {
  let half = params.quads / 2u;
  if (c < half) { return a_quad(start + c) + a_quad(start + c + half); }
  return a_quad(start + c) - a_quad(start + c - half);
}

@compute @workgroup_size(ROW_THREADS)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.rows;
  let quads = select(0u, params.quads, inside);
  let a_start = place.row % params.anchors * params.quads;
  let b_start = place.row * params.quads;
  var main = vec4<f32>();
  var squares_a = vec4<f32>();
  var squares_b = vec4<f32>();
  for (var c = place.lane; c < quads; c += LANES) {
    let left = a_quad(a_start + c);
    let right = b_quad(b_start + c);
    if (params.measure <= ANGLE) {
      if (params.measure == ANGLE) { main += left * turned_b(b_start, c); }
      else { main += left * right; }
      squares_a += left * left;
      squares_b += right * right;
    } else {
      let difference = left - right + params.epsilon;
      main += select(abs(difference), difference * difference, params.measure == EUCLIDEAN);
    }
  }
  let sum = row_sum(across(main), thread);
  let length_a = sqrt(row_sum(across(squares_a), thread));
  let length_b = sqrt(row_sum(across(squares_b), thread));
  if (!inside || place.lane != 0u) { return; }
  let row = outcome(sum, length_a, length_b);
  y[place.row] = params.shift + params.factor * row.w;
  state[place.row] = vec4<f32>(row.xyz, 0.0);
}

// (p, q_a, q_b, measure)
fn outcome(sum: f32, length_a: f32, length_b: f32) -> vec4<f32> {
  if (params.measure == EUCLIDEAN) {
    let distance = sqrt(sum);
    return vec4<f32>(select(0.0, 1.0 / distance, distance > 0.0), 0.0, 0.0, distance);
  }
  if (params.measure > ANGLE || params.measure == DOT) { return vec4<f32>(1.0, 0.0, 0.0, sum); }
  let a = max(length_a, params.epsilon);
  let b = max(length_b, params.epsilon);
  let signed = sum / a / b;
  let direction = select(1.0, sign(signed), params.measure == ANGLE);
  let value = select(signed, abs(signed), params.measure == ANGLE);
  return vec4<f32>(
    direction / a / b,
    select(0.0, value / a / a, length_a > params.epsilon),
    select(0.0, value / b / b, length_b > params.epsilon),
    value,
  );
}

// The gradient of the measure of rows that begin at `a_start` and `b_start`, four columns of it, for a.
fn along_a(row: vec4<f32>, a_start: u32, b_start: u32, c: u32) -> vec4<f32> {
  let left = a_quad(a_start + c);
  let right = b_quad(b_start + c);
  if (params.measure == ANGLE) { return row.x * turned_b(b_start, c) - row.y * left; }
  if (params.measure < ANGLE) { return row.x * right - row.y * left; }
  let difference = left - right + params.epsilon;
  return select(sign(difference), row.x * difference, params.measure == EUCLIDEAN);
}

@compute @workgroup_size(64)
fn backward_a(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.anchors * params.quads) { return; }
  let anchor = i / params.quads;
  let c = i % params.quads;
  var sum = vec4<f32>();
  for (var row = anchor; row < params.rows; row += params.anchors) {
    let gradient = params.factor * d_y[row];
    sum += gradient * along_a(saved[row], anchor * params.quads, row * params.quads, c);
  }
  if (params.accumulate != 0u) { sum += d_a[i]; }
  d_a[i] = sum;
}

@compute @workgroup_size(64)
fn backward_b(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * params.quads) { return; }
  let row = i / params.quads;
  let c = i % params.quads;
  let a_start = row % params.anchors * params.quads;
  let b_start = row * params.quads;
  let facts = saved[row];
  var value = vec4<f32>();
  if (params.measure == ANGLE) {
    value = facts.x * turned_a(a_start, c) - facts.z * b_quad(b_start + c);
  } else if (params.measure < ANGLE) {
    value = facts.x * a_quad(a_start + c) - facts.z * b_quad(b_start + c);
  } else {
    value = -along_a(facts, a_start, b_start, c);
  }
  value *= params.factor * d_y[row];
  if (params.accumulate != 0u) { value += d_b[i]; }
  d_b[i] = value;
}
