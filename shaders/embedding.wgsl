// y[t, c] = word[ids[t], c] + position[positions[t] + offset, c] + type[0, c], the last two where asked for.
//
// `forward`: a thread owns four neighbours. `backward_table`: a workgroup owns one group of rows of d_y and
// adds them, in their order, to one row of d_table; threads stride over the columns, four at a time. The
// rows of group u are order[starts[u]] up to order[starts[u + 1]]: the tokens of one id, or, where an id
// has more than 128, first the tokens of each piece, then the sums of the pieces. No atomics, so the sum is
// the same every time. C is a multiple of 4.
#import lib/grid

struct Params {
  tokens: u32,
  quads: u32,
  has_position: u32,
  offset: u32,
  has_type: u32,
  groups: u32,
}

@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> positions: array<u32>;
#operand 2 word
#operand 3 position
#operand 4 kind
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> order: array<u32>;
@group(0) @binding(7) var<storage, read> starts: array<u32>;
@group(0) @binding(8) var<storage, read> distinct: array<u32>;
#operand 9 d_y
@group(0) @binding(10) var<storage, read_write> d_table: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.tokens * params.quads) { return; }
  let t = i / params.quads;
  let c = i % params.quads;
  var value = word_quad(ids[t] * params.quads + c);
  if (params.has_position != 0u) {
    value += position_quad((positions[t] + params.offset) * params.quads + c);
  }
  if (params.has_type != 0u) { value += kind_quad(c); }
  y[i] = value;
}

@compute @workgroup_size(32)
fn backward_table(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let group = linear_workgroup(id, count);
  if (group >= params.groups) { return; }
  let row = (distinct[group] + params.offset) * params.quads;
  for (var c = thread; c < params.quads; c += 32u) {
    var sum = vec4<f32>();
    for (var i = starts[group]; i < starts[group + 1u]; i++) {
      sum += d_y_quad(order[i] * params.quads + c);
    }
    d_table[row + c] += sum;
  }
}
