/**
 * A kernel is data: the text of a shader, an entry point and constants. A pipeline is made from it
 * once per device.
 *
 * @module
 */
import { DeviceError } from "../errors.ts";
import {
  assembleShader,
  type EntryPointReflection,
  type OperandForm,
  reflectShader,
} from "./shader_source.ts";
import type { HalfType } from "./tensor.ts";

/** What a {@linkcode Kernel} is made of. */
export interface KernelInit {
  /** The shader's file name below `shaders/`, for messages and profiles. */
  name: string;
  /** The shader's text. */
  source: string;
  /** The entry point to run. */
  entryPoint: string;
  /** Values of `const` in the generated header: sizes of register tiles. */
  constants?: Readonly<Record<string, number>>;
  /** Values of `override` declarations: workgroup sizes and tile edges. */
  overrides?: Readonly<Record<string, number>>;
  /** Element types by the names of storage variables and operands. Default: `f32` or `u32`. */
  elements?: Readonly<Record<string, HalfType>>;
  /** Files of `shaders/lib/` that take the place of others. Default: none. */
  imports?: Readonly<Record<string, string>>;
}

/** A kernel's text for one kind of operands. */
export interface KernelForm {
  /** Assembled WGSL. */
  readonly code: string;
  /** The entry point's bindings and uniform fields. */
  readonly reflection: EntryPointReflection;
}

/** One entry point of one shader with its constants. */
export class Kernel {
  /** `name.entryPoint`, for messages and profiles, with the element types that are halves. */
  readonly label: string;
  /** The entry point to run. */
  readonly entryPoint: string;
  /** Values of `override` declarations. */
  readonly overrides: Readonly<Record<string, number>>;
  /** Element types that are halves, by the names of storage variables and operands. */
  readonly elements: Readonly<Record<string, HalfType>>;
  readonly #init: KernelInit;
  readonly #forms = new Map<OperandForm, KernelForm>();

  /**
   * Keeps what it is made of; assembles and compiles nothing.
   *
   * @param init The parts.
   */
  constructor(init: KernelInit) {
    this.elements = init.elements ?? {};
    const halves = Object.entries(this.elements).map(([name, type]) => ` ${name}:${type}`).join("");
    this.label = `${init.name}.${init.entryPoint}${halves}`;
    this.entryPoint = init.entryPoint;
    this.overrides = init.overrides ?? {};
    this.#init = init;
  }

  /**
   * Assembles and reads the shader, once for each form.
   *
   * @param operands What its operands become.
   * @returns Text and reflection.
   * @throws {SyntaxError} If the shader has no such entry point.
   */
  form(operands: OperandForm): KernelForm {
    let form = this.#forms.get(operands);
    if (form === undefined) {
      const { name, source, entryPoint, constants, elements, imports } = this.#init;
      const text = assembleShader(source, { constants, operands, elements, imports });
      const code = withDirectives(text);
      const reflection = reflectShader(code).get(entryPoint);
      if (reflection === undefined) {
        throw new SyntaxError(`Cannot find entry point "${entryPoint}" in shaders/${name}.wgsl`);
      }
      form = { code, reflection };
      this.#forms.set(operands, form);
    }
    return form;
  }
}

/** Browsers want to be told that a shader uses subgroups, on its first line; Deno does not know the line. */
function withDirectives(text: string): string {
  const isDeno = navigator.userAgent.startsWith("Deno/");
  return isDeno || !/\bsubgroup[A-Z]/.test(text) ? text : `enable subgroups; ${text}`;
}

/** A pipeline with the layout of its storage bindings. */
export interface CompiledKernel {
  /** The pipeline. */
  readonly pipeline: GPUComputePipeline;
  /** The layout of `@group(0)`. */
  readonly layout: GPUBindGroupLayout;
  /** The entry point's bindings and uniform fields. */
  readonly reflection: EntryPointReflection;
  /** Bind groups by the buffers that they hold. */
  readonly bindGroups: Map<string, GPUBindGroup>;
}

/** The pipelines of one device. */
export class KernelCache {
  readonly #device: GPUDevice;
  readonly #uniformLayout: GPUBindGroupLayout;
  readonly #operands: OperandForm;
  readonly #onError: (error: Error) => void;
  readonly #modules = new Map<string, GPUShaderModule>();
  readonly #compiled = new Map<Kernel, CompiledKernel>();

  /**
   * An empty cache.
   *
   * @param device The device to compile for.
   * @param uniformLayout The layout of `@group(1)`.
   * @param operands What operands become.
   * @param onError Receives compilation errors, which arrive late.
   */
  constructor(
    device: GPUDevice,
    uniformLayout: GPUBindGroupLayout,
    operands: OperandForm,
    onError: (error: Error) => void,
  ) {
    this.#device = device;
    this.#uniformLayout = uniformLayout;
    this.#operands = operands;
    this.#onError = onError;
  }

  /** The number of pipelines made so far. */
  get size(): number {
    return this.#compiled.size;
  }

  /**
   * The pipeline of a kernel, made at the first call.
   *
   * @param kernel The kernel.
   * @returns Its pipeline and layout.
   */
  get(kernel: Kernel): CompiledKernel {
    let compiled = this.#compiled.get(kernel);
    if (compiled === undefined) {
      compiled = this.#compile(kernel);
      this.#compiled.set(kernel, compiled);
    }
    return compiled;
  }

  /** Forgets every bind group, so that the buffers in them can be freed. */
  clearBindGroups(): void {
    for (const { bindGroups } of this.#compiled.values()) bindGroups.clear();
  }

  #compile(kernel: Kernel): CompiledKernel {
    const device = this.#device;
    const { code, reflection } = kernel.form(this.#operands);
    let module = this.#modules.get(code);
    if (module === undefined) {
      module = device.createShaderModule({ label: kernel.label, code });
      this.#modules.set(code, module);
      void this.#reportCompilation(module, kernel.label);
    }
    const layout = device.createBindGroupLayout({
      label: kernel.label,
      entries: reflection.bindings.map(({ binding, writable, texture }) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        ...(texture
          ? { storageTexture: { access: "read-only", format: texture } }
          : { buffer: { type: writable ? "storage" : "read-only-storage" } }),
      })),
    });
    const pipeline = device.createComputePipeline({
      label: kernel.label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout, this.#uniformLayout] }),
      compute: { module, entryPoint: kernel.entryPoint, constants: { ...kernel.overrides } },
    });
    return { pipeline, layout, reflection, bindGroups: new Map() };
  }

  async #reportCompilation(module: GPUShaderModule, label: string): Promise<void> {
    const { messages } = await module.getCompilationInfo();
    const error = messages.find((message) => message.type === "error");
    if (error === undefined) return;
    this.#onError(
      new DeviceError(
        `Cannot compile shader ${label}, line ${error.lineNum}, column ${error.linePos}: ${error.message}`,
      ),
    );
  }
}
