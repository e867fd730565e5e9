// y[t, c] = x[t, c] + a_t u(t, c), a_t = alpha / sqrt(L_t C), L_t the length of token t's sequence.
//
// u is one of the 2^24 odd multiples of 2^-24 in (-1, 1), whose mean is 0; a pure function of key, row and
// column, so that a replay draws the same. LANES threads own a row and stride over its columns, four at a
// time; each finds the row's sequence in `starts` once, by halving. `backward`: a thread adds four
// neighbours of d_y to d_x. C is a multiple of 4.
#import lib/random
#import lib/rows

struct Params {
  rows: u32,
  quads: u32,
  sequences: u32,
  key_0: u32,
  key_1: u32,
  first_row: u32,
  // alpha / sqrt(C) / 2^24
  scale: f32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
#operand 3 d_y
@group(0) @binding(4) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

fn length_of(row: u32) -> u32 {
  var first = 0u;
  var last = params.sequences - 1u;
  while (first < last) {
    let middle = (first + last) / 2u;
    if (starts[middle + 1u] > row) { last = middle; } else { first = middle + 1u; }
  }
  return starts[first + 1u] - starts[first];
}

// 2^24 u
fn draw(row: u32, column: u32) -> f32 {
  let key = vec2<u32>(params.key_0, params.key_1);
  let word = hash3(vec3<u32>(row ^ key.x, column ^ key.y, key.x + key.y)).x;
  return f32(i32(word >> 8u) * 2 - 16777215);
}

@compute @workgroup_size(ROW_THREADS)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let row = place.row;
  if (row >= params.rows) { return; }
  let start = row * params.quads;
  let scale = params.scale / sqrt(f32(length_of(row)));
  for (var i = place.lane; i < params.quads; i += LANES) {
    let c = 4u * i;
    let r = params.first_row + row;
    let drawn = vec4<f32>(draw(r, c), draw(r, c + 1u), draw(r, c + 2u), draw(r, c + 3u));
    y[start + i] = x_quad(start + i) + drawn * scale;
  }
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.rows * params.quads) { d_x[i] += d_y_quad(i); }
}
