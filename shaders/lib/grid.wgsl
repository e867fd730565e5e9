// An axis of a dispatch ends at 65,535 workgroups; longer work lies over x and y.

// The workgroup's place on a line that was folded into x and y.
fn linear_workgroup(id: vec3<u32>, count: vec3<u32>) -> u32 {
  return id.y * count.x + id.x;
}
