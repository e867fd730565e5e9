// Marks the first step whose gradient is not finite, and the last element of a slab that is not.
//
// marks[2 slot] = the least step at which a gradient of the slab was not finite, marks[2 slot + 1] = 1 + the
// greatest index of such an element at that step. THREADS threads stride over the slab, and end at once
// where the norm of all gradients is finite or an earlier step is marked: a sound step costs the dispatch
// alone. Atomics are of integers, so that the order of threads changes nothing. Elements are compared by
// their bits: some drivers take it for granted that no value is NaN.
override THREADS: u32 = 4096u;

struct Params {
  size: u32,
  slot: u32,
  step: u32,
}

@group(0) @binding(0) var<storage, read> gradients: array<u32>;
@group(0) @binding(1) var<storage, read> norm: array<u32>;
@group(0) @binding(2) var<storage, read_write> marks: array<atomic<u32>>;
@group(1) @binding(0) var<uniform> params: Params;

fn is_finite(bits: u32) -> bool { return (bits & 0x7f800000u) != 0x7f800000u; }

@compute @workgroup_size(64)
fn mark(@builtin(global_invocation_id) id: vec3<u32>) {
  if (is_finite(norm[0])) { return; }
  let at = 2u * params.slot;
  if (atomicLoad(&marks[at]) < params.step) { return; }
  var last = 0u;
  for (var i = id.x; i < params.size; i += THREADS) {
    if (!is_finite(gradients[i])) { last = i + 1u; }
  }
  if (last == 0u) { return; }
  atomicMin(&marks[at], params.step);
  atomicMax(&marks[at + 1u], last);
}
