import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { chooseAdapter } from "../../src/distributed/choose_adapter.ts";
import { UsageError } from "../../src/errors.ts";
import { withFolder } from "../support/with_folder.ts";

/** A server: two NVIDIA GPUs, the graphics of the processor and of the board, a network card. */
const DEVICES: [string, string, string][] = [
  ["0000:41:00.0", "0x10de", "0x030200"],
  ["0000:01:00.0", "0x10de", "0x030000"],
  ["0000:00:02.0", "0x8086", "0x030000"],
  ["0000:03:00.0", "0x1a03", "0x030000"],
  ["0000:05:00.0", "0x8086", "0x020000"],
];
const LAYER = { "layers/VkLayer_MESA_device_select.json": "{}" };

function files(devices: typeof DEVICES): Record<string, string> {
  return Object.fromEntries(devices.flatMap(([address, vendor, kind]) => [
    [`pci/${address}/vendor`, `${vendor}\n`],
    [`pci/${address}/class`, `${kind}\n`],
  ]));
}

/** Chooses on the machine that a folder shows. */
function choose(
  folder: string,
  [localRank, localSize]: number[],
  variables: [string, string][] = [],
) {
  const environment = new Map(variables);
  const chosen = chooseAdapter({ localRank, localSize }, {
    environment: {
      get: (name) => environment.get(name),
      set: (name, value) => void environment.set(name, value),
    },
    devices: join(folder, "pci"),
    layers: [join(folder, "nowhere"), join(folder, "layers")],
  });
  return { chosen, prime: environment.get("DRI_PRIME"), variables: environment.size };
}

Deno.test("chooseAdapter gives each rank of a machine a GPU of its own", async () => {
  await withFolder({ ...files(DEVICES), ...LAYER }, (folder) => {
    assertEquals(choose(folder, [0, 2]), {
      chosen: "0000:01:00.0",
      prime: "pci-0000_01_00_0",
      variables: 2,
    });
    assertEquals(choose(folder, [1, 2]).prime, "pci-0000_41_00_0");
  });
});

Deno.test("chooseAdapter chooses nothing where there is no choice, or the user made it", async () => {
  await withFolder({ ...files(DEVICES), ...LAYER }, (folder) => {
    assertEquals(choose(folder, [0, 1]).chosen, null);
    assertEquals(choose(folder, [1, 2], [["DRI_PRIME", "1"]]), {
      chosen: null,
      prime: "1",
      variables: 1,
    });
  });
  for (const devices of [[], DEVICES.slice(2), DEVICES.slice(1)]) {
    await withFolder({ ...files(devices), ...LAYER }, (folder) => {
      assertEquals(choose(folder, [3, 4]), { chosen: null, prime: undefined, variables: 0 });
    });
  }
});

Deno.test("chooseAdapter takes the GPUs that the user names, one of them several times too", async () => {
  await withFolder(LAYER, (folder) => {
    const named = (list: string): [string, string][] => [["SENTRAIN_ADAPTERS", list]];
    const twice = named("0000:C1:00.0, 0000:C1:00.0");
    assertEquals(choose(folder, [1, 2], twice).prime, "pci-0000_c1_00_0");
    assertEquals(choose(folder, [0, 1], twice).prime, "pci-0000_c1_00_0");
    assertThrows(
      () => choose(folder, [0, 1], named("card0")),
      UsageError,
      'Cannot take "card0" of SENTRAIN_ADAPTERS for a GPU: wanted a PCI address',
    );
  });
});

Deno.test("chooseAdapter refuses more ranks than GPUs, and a machine without the layer", async () => {
  await withFolder({ ...files(DEVICES), ...LAYER }, (folder) => {
    assertThrows(
      () => choose(folder, [2, 3]),
      UsageError,
      "Cannot give each of 3 processes of this machine a GPU: found 2 (0000:01:00.0, 0000:41:00.0)",
    );
  });
  await withFolder(files(DEVICES), (folder) => {
    assertThrows(
      () => choose(folder, [0, 2]),
      UsageError,
      "Cannot choose among 2 GPUs: Vulkan's layer VkLayer_MESA_device_select.json is missing",
    );
  });
});
