// Attention over packed sequences, for GPUs: context_i = sum over j of f_ij p_ij v_j, where
// p_i = softmax over j of score_ij, j runs over the rows of i's sequence that i sees, and f are dropout's
// factors; and lse[T, H], the log of the sum of exp(score_ij). lib/attention_scores.wgsl says what a score
// is, lib/attention_tile.wgsl who owns what. A row that sees nothing of the first rows that its workgroup
// visits sums up rubbish there, which the first row that it sees multiplies by exp(-3e38) = 0.
// The running maximum and sum are those of Milakov and Gimelshein, "Online normalizer calculation for
// softmax", 2018; every thread sums its own visited rows, and the 16 of a row meet at the end, in order.
#import lib/attention_tile

@group(0) @binding(5) var<storage, read_write> log_sum_exp: array<f32>;

fn masked(p: Place, queries: vec4<u32>, key: u32, s: vec4<f32>) -> vec4<f32> {
  let seen = near(queries, vec4<u32>(key)) & vec4<bool>(key < p.end);
  return select(vec4<f32>(LOWEST), query_scores(p.head, queries, key, s), seen);
}

@compute @workgroup_size(128)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let item = linear_workgroup(id, count);
  if (item >= params.tiles * params.heads) { return; }
  let p = place(item);
  let first_of_row = thread / 16u * 16u;
  let q = own_rows(p, thread);
  var t = Sums();
  var maximum = vec4<f32>(LOWEST);
  var sum = vec4<f32>();
  let rows = visited_keys(p);
  for (var first = rows.first; first < rows.end; first += VISIT) {
    let k = first + thread % 16u;
    var s = dots(p, QUERY, KEY, first, thread);
    s = Scores(
      masked(p, q, k, s[0]),
      masked(p, q, k + 16u, s[1]),
      masked(p, q, k + 32u, s[2]),
      masked(p, q, k + 48u, s[3]),
    );
    gather(max(max(s[0], s[1]), max(s[2], s[3])), thread);
    var high = maximum;
    for (var i = 0u; i < 16u; i++) { high = max(high, own[first_of_row + i]); }
    let factor = exp(maximum - high);
    maximum = high;
    s = Scores(exp(s[0] - high), exp(s[1] - high), exp(s[2] - high), exp(s[3] - high));
    sum = sum * factor + ((s[0] + s[1]) + (s[2] + s[3]));
    s = Scores(
      s[0] * factors(p, q, vec4<u32>(k)),
      s[1] * factors(p, q, vec4<u32>(k + 16u)),
      s[2] * factors(p, q, vec4<u32>(k + 32u)),
      s[3] * factors(p, q, vec4<u32>(k + 48u)),
    );
    shrink(&t, factor);
    weigh(&t, s, p, VALUE, first, thread);
  }
  gather(sum, thread);
  var total = vec4<f32>();
  for (var i = 0u; i < 16u; i++) { total += own[first_of_row + i]; }
  shrink(&t, 1.0 / total);
  store(p, CONTEXT, &t, thread);
  let i = thread % 16u;
  if (i < 4u && q[i] < p.end) {
    log_sum_exp[q[i] * params.heads + p.head] = maximum[i] + log(total[i]);
  }
}
