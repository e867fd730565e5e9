// Spreads a table of biases table[N, H] over distances, as lib/attention_scores.wgsl reads them: line h < H
// of y holds table[buckets[d + reach], h], line H the bucket itself, of four distances d a quad, the first
// of which is n - reach - 3 for quad n; each is brought to [-reach, reach]. A thread owns a quad.
#import lib/grid

struct Params {
  heads: u32,
  reach: u32,
}

@group(0) @binding(0) var<storage, read> table: array<f32>;
@group(0) @binding(1) var<storage, read> buckets: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

fn value(line: u32, n: u32) -> f32 {
  // The distance plus reach.
  let i = clamp(i32(n) - 3, 0, 2 * i32(params.reach));
  let bucket = buckets[i];
  if (line == params.heads) { return f32(bucket); }
  return table[bucket * params.heads + line];
}

@compute @workgroup_size(64)
fn spread(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  let quads = 2u * params.reach + 4u;
  if (i >= (params.heads + 1u) * quads) { return; }
  let line = i / quads;
  let n = i % quads;
  y[i] = vec4<f32>(value(line, n), value(line, n + 1u), value(line, n + 2u), value(line, n + 3u));
}
