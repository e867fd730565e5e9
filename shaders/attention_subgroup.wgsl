// Attention over packed sequences, for software adapters: what attention.wgsl computes, by rows in the
// lanes of a subgroup; lib/attention_lanes.wgsl says who owns what.
#import lib/attention_lanes

@group(0) @binding(5) var<storage, read_write> log_sum_exp: array<f32>;

fn masked(p: Place, keys: vec4<u32>, s: vec4<f32>) -> vec4<f32> {
  let seen = near(vec4<u32>(p.row), keys) & (keys < vec4<u32>(p.end));
  return select(vec4<f32>(LOWEST), key_scores(p.head, p.row, keys, s), seen);
}

@compute @workgroup_size(8)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let item = linear_workgroup(id, count);
  if (item >= params.tiles * params.heads * params.parts) { return; }
  let p = place(item, lane);
  let q = vec4<u32>(p.row);
  var t = Sums();
  var top = LOWEST;
  var sum = 0.0;
  let rows = visited_keys(p);
  for (var first = rows.first; first < rows.end; first += 16u) {
    let y = min(first + lane, p.end - 1u);
    let z = min(first + lane + 8u, p.end - 1u);
    let k = first + vec4<u32>(0u, 1u, 2u, 3u);
    var s = dots(QKV, at_qkv(p, p.row, 0u), QKV, at_qkv(p, y, 1u), at_qkv(p, z, 1u));
    s[0] = masked(p, k, s[0]);
    s[1] = masked(p, k + 4u, s[1]);
    s[2] = masked(p, k + 8u, s[2]);
    s[3] = masked(p, k + 12u, s[3]);
    let high = max(max(s[0], s[1]), max(s[2], s[3]));
    let next = max(top, max(max(high.x, high.y), max(high.z, high.w)));
    let decay = exp(top - next);
    top = next;
    s = Scores(exp(s[0] - top), exp(s[1] - top), exp(s[2] - top), exp(s[3] - top));
    sum = sum * decay + dot((s[0] + s[1]) + (s[2] + s[3]), vec4<f32>(1.0));
    s[0] *= factors(p, q, k);
    s[1] *= factors(p, q, k + 4u);
    s[2] *= factors(p, q, k + 8u);
    s[3] *= factors(p, q, k + 12u);
    weigh(&t, decay, s, QKV, at_qkv(p, y, 2u) + p.part, at_qkv(p, z, 2u) + p.part);
  }
  store(p, at_context(p, p.row) + p.part, &t, 1.0 / sum);
  if (p.inside && p.part == 0u) { log_sum_exp[p.row * params.heads + p.head] = top + log(sum); }
}
