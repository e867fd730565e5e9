/**
 * Which GPU of its machine a rank computes on.
 *
 * @module
 */
import { join } from "@std/path";
import { environmentVariable } from "../host/environment.ts";
import { UsageError } from "../errors.ts";

/** Names the GPUs of a machine's ranks, in their order: PCI addresses with commas between them. */
export const ADAPTERS_VARIABLE = "SENTRAIN_ADAPTERS";

/** Where a rank runs. */
export interface Place {
  /** Number of the process among those of its machine. */
  readonly localRank: number;
  /** Number of processes on the machine. */
  readonly localSize: number;
}

/** What the choice depends on. */
export interface AdapterSources {
  /** Variables of the environment; the choice is written into them. Default: those of the process. */
  environment?: Pick<typeof Deno.env, "get" | "set">;
  /** Folder of the PCI devices. Default: Linux's. */
  devices?: string;
  /** Folders of Vulkan's implicit layers. Default: the loader's. */
  layers?: readonly string[];
}

const LAYER_FOLDERS = ["/usr/share", "/usr/local/share", "/etc"]
  .map((folder) => `${folder}/vulkan/implicit_layer.d`);
const LAYER = "VkLayer_MESA_device_select.json";

/** NVIDIA and AMD, and Intel where there is neither: beside them its GPU is the one of the processor. */
const VENDORS = [["0x10de", "0x1002"], ["0x8086"]];

/** PCI classes of display controllers and of processing accelerators. */
const CLASSES = /^0x(03|12)/;

/**
 * Chooses a GPU for this rank, before the first adapter is asked for. WebGPU cannot list adapters;
 * Mesa's Vulkan layer for the choice of a device, which serves drivers of all vendors, is told by
 * variables of the environment to show one GPU alone. Nothing is chosen where the rank is alone on
 * its machine, where the machine has no or one GPU (a software adapter serves many ranks), outside
 * Linux, and where the user set `DRI_PRIME`.
 *
 * Source: `src/vulkan/device-select-layer` of Mesa.
 *
 * @param place Which rank of its machine this is.
 * @param sources What the choice depends on.
 * @returns PCI address of the GPU, such as `0000:41:00.0`, or null where nothing was chosen.
 * @throws {UsageError} If there are fewer GPUs than ranks, or the layer is not installed.
 */
export function chooseAdapter(
  { localRank, localSize }: Place,
  { environment = permitted, devices = "/sys/bus/pci/devices", layers = LAYER_FOLDERS }:
    AdapterSources = {},
): string | null {
  const named = environment.get(ADAPTERS_VARIABLE)?.split(",").map((name) => name.trim()) ?? [];
  if (environment.get("DRI_PRIME") !== undefined) return null;
  const gpus = named.length > 0 ? named : localSize > 1 ? listGpus(devices) : [];
  if (named.length === 0 && gpus.length < 2) return null;
  const gpu = gpus.at(localRank);
  if (gpu === undefined) {
    throw new UsageError(
      `Cannot give each of ${localSize} processes of this machine a GPU: found ${gpus.length} ` +
        `(${
          gpus.join(", ")
        }); start as many processes as there are GPUs, or name one for each in ` +
        `${ADAPTERS_VARIABLE}, where one may stand several times`,
    );
  }
  const [, domain, bus, device, part] =
    /^([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/i.exec(gpu) ?? [];
  if (part === undefined) {
    throw new UsageError(
      `Cannot take "${gpu}" of ${ADAPTERS_VARIABLE} for a GPU: wanted a PCI address such as ` +
        "0000:41:00.0, as lspci -D shows it",
    );
  }
  if (!layers.some((folder) => exists(join(folder, LAYER)))) {
    throw new UsageError(
      `Cannot choose among ${gpus.length} GPUs: Vulkan's layer ${LAYER} is missing; install Mesa's ` +
        "Vulkan drivers (Debian and Ubuntu: apt-get install mesa-vulkan-drivers), or set DRI_PRIME " +
        "for each process",
    );
  }
  environment.set("DRI_PRIME", `pci-${domain}_${bus}_${device}_${part}`.toLowerCase());
  environment.set("MESA_VK_DEVICE_SELECT_FORCE_DEFAULT_DEVICE", "1");
  return gpu;
}

const permitted: NonNullable<AdapterSources["environment"]> = {
  get: environmentVariable,
  set: (name, value) => Deno.env.set(name, value),
};

/** PCI addresses of the GPUs, in ascending order. */
function listGpus(folder: string): string[] {
  if (!exists(folder)) return [];
  const addresses = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const gpus = addresses.map((address) => ({
    address,
    vendor: read(join(folder, address, "vendor")),
    kind: read(join(folder, address, "class")),
  })).filter(({ kind }) => CLASSES.test(kind));
  for (const vendors of VENDORS) {
    const found = gpus.filter(({ vendor }) => vendors.includes(vendor));
    if (found.length > 0) return found.map(({ address }) => address);
  }
  return [];
}

function read(path: string): string {
  return exists(path) ? Deno.readTextFileSync(path).trim() : "";
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
