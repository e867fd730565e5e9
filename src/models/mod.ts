/**
 * Models and what they are made of: this room's share of the public face.
 *
 * @module
 */
export {
  type EncodeOptions,
  type LoadOptions,
  type NewModel,
  SentenceTransformer,
} from "./sentence_transformer.ts";
export type { LocateOptions } from "../hub/locate_model.ts";
export type { DownloadProgress } from "../hub/download_file.ts";
export type { LoraConfig } from "./lora_config.ts";
export type { ModuleConfig } from "../io/module_config.ts";
export type { PoolingConfig, PoolingMode } from "../io/pooling_config.ts";
export type { DenseActivation, DenseConfig } from "../io/dense_config.ts";
export { newSmallModel } from "./new_small_model.ts";
