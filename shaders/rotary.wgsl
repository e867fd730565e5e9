// Rotates the queries and keys of qkv[T, 3 C] by their positions: with angle_i of column pair (i, i + D / 2)
// of a head of D columns, y_i = x_i cos - x_(i + D / 2) sin and y_(i + D / 2) = x_(i + D / 2) cos + x_i sin;
// values are copied. Backward is the same with `sine` -1 in place of 1: the inverse of a rotation is its
// transpose. turns[P, D] holds the cosines of a position's D / 2 angles, then their sines.
//
// A thread owns four neighbours of the first half of a head and those of the second half that belong to
// them. D is a multiple of 8; `halves` is D / 8.
#import lib/grid

struct Params {
  rows: u32,
  heads: u32,
  halves: u32,
  sine: f32,
  accumulate: u32,
}

#operand 0 x
#operand 1 turns
@group(0) @binding(2) var<storage, read> positions: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

fn put(at: u32, value: vec4<f32>) {
  if (params.accumulate != 0u) { y[at] += value; } else { y[at] = value; }
}

@compute @workgroup_size(64)
fn rotate(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * 3u * params.heads * params.halves) { return; }
  let line = i / params.halves;
  let column = i % params.halves;
  let at = line * 2u * params.halves + column;
  let left = x_quad(at);
  let right = x_quad(at + params.halves);
  let row = line / (3u * params.heads);
  if (line % (3u * params.heads) >= 2u * params.heads) {
    put(at, left);
    put(at + params.halves, right);
    return;
  }
  let turn = positions[row] * 2u * params.halves + column;
  let cosine = turns_quad(turn);
  let sine = turns_quad(turn + params.halves) * params.sine;
  put(at, left * cosine - right * sine);
  put(at + params.halves, right * cosine + left * sine);
}
