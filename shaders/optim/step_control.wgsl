// Decides a step on the GPU, so that the host need not wait: which of the scheduled scalars apply, and,
// with loss scaling, whether a gradient that is not finite skips the step.
//
// state = [scale, finite steps in a row, updates done, steps skipped]. `decide`: one workgroup. A skipped
// step halves the scale and does not count as an update; GROWTH finite ones in a row double it. Row
// `updates done - base` of `table` becomes the scheduled part of `choice`. `scale_loss`: seed = scale * factor.
override GROWTH: f32 = 2000.0;

struct Params {
  base: f32,
  rows: u32,
  width: u32,
  scaling: u32,
  factor: f32,
}

@group(0) @binding(0) var<storage, read> norm: array<f32>;
@group(0) @binding(1) var<storage, read> coefficient: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<f32>;
@group(0) @binding(4) var<storage, read_write> choice: array<f32>;
@group(0) @binding(5) var<storage, read> scale: array<f32>;
@group(0) @binding(6) var<storage, read_write> seed: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// By its bits: some drivers take it for granted that no value is NaN or infinite.
fn is_finite(value: f32) -> bool { return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u; }

@compute @workgroup_size(64)
fn decide(@builtin(local_invocation_index) thread: u32) {
  let row = min(u32(state[2] - params.base), params.rows - 1u) * params.width;
  for (var i = thread; i < params.width; i += 64u) { choice[4u + i] = table[row + i]; }
  storageBarrier();
  if (thread > 0u) { return; }
  let skip = params.scaling != 0u && !is_finite(norm[0]);
  choice[0] = coefficient[0];
  choice[1] = select(0.0, 1.0, skip);
  if (skip) {
    state[0] *= 0.5;
    state[1] = 0.0;
    state[3] += 1.0;
    return;
  }
  state[2] += 1.0;
  if (params.scaling == 0u) { return; }
  state[1] += 1.0;
  if (state[1] == GROWTH) {
    state[0] *= 2.0;
    state[1] = 0.0;
  }
}

@compute @workgroup_size(1)
fn scale_loss() {
  seed[0] = scale[0] * params.factor;
}
