/**
 * The device and what lies on it: this room's share of the public face.
 *
 * @module
 */
export { type AdapterKind, Gpu, type GpuOptions } from "./device.ts";
export type { OperandForm } from "./shader_source.ts";
export {
  type Allocation,
  type DataType,
  type HalfType,
  Tensor,
  type TensorInit,
} from "./tensor.ts";
export {
  Parameter,
  type ParameterInit,
  type ParameterPart,
  type ParameterSlab,
  ParameterStore,
  type PartValues,
} from "./parameter_slab.ts";
