import { assertEquals } from "@std/assert";
import { missingPermission } from "../../src/host/missing_permission.ts";

/** The error that an action without permission ends with. */
function refused(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

Deno.test({
  name: "missingPermission() names the flag for each kind of refusal",
  permissions: "none",
  fn: () => {
    const cases: [() => unknown, string][] = [
      [() => Deno.readTextFileSync("a.csv"), "to read a.csv is missing; add --allow-read=a.csv"],
      [() => Deno.mkdirSync("out"), "to write out is missing; add --allow-write=out"],
      [() => Deno.env.get("A"), "to read the variable A is missing; add --allow-env=A"],
      [
        () => Deno.hostname(),
        "to ask the system for hostname is missing; add --allow-sys=hostname",
      ],
      [
        () => Deno.listen({ hostname: "127.0.0.1", port: 1 }),
        "to reach 127.0.0.1:1 is missing; add --allow-net=127.0.0.1:1",
      ],
      [
        () => new Deno.Command("ls").outputSync(),
        "to run ls is missing; add --allow-run=ls",
      ],
    ];
    assertEquals(cases.length, 6);
    for (const [action, text] of cases) {
      assertEquals(missingPermission(refused(action)), `the permission ${text}`);
    }
  },
});

Deno.test({
  name: "missingPermission() says which folders temporary files need",
  permissions: "none",
  fn: () => {
    assertEquals(
      missingPermission(refused(() => Deno.makeTempFileSync())),
      "the permission for temporary files is missing; add their folder, that of TMPDIR or else " +
        "/tmp, to --allow-read and --allow-write",
    );
  },
});

Deno.test("missingPermission() finds the refusal among the causes, and names what it is told to", () => {
  const refusal = new Deno.errors.NotCapable('Requires write access to "out/.tmp", run again with');
  const error = new Error("Cannot go on", { cause: new Error("why", { cause: refusal }) });
  assertEquals(
    missingPermission(error, (path) => path.replace(/\/.*/, "")),
    "the permission to write out is missing; add --allow-write=out",
  );
  const all = new Deno.errors.NotCapable('Requires all access to "/proc/1", run again with');
  assertEquals(missingPermission(all), "the permission to open /proc/1 is missing; add -A");
});

Deno.test("missingPermission() tells of refusals alone, and gives an unknown one as it is", () => {
  for (const error of [new Error("x"), new Deno.errors.PermissionDenied("x"), "x", undefined]) {
    assertEquals(missingPermission(error), null);
  }
  assertEquals(
    missingPermission(new Deno.errors.NotCapable("no such power")),
    "a permission is missing (no such power); add it, or -A for all",
  );
});
