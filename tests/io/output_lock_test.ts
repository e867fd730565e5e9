import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { OutputError } from "../../src/errors.ts";
import { LOCK_NAME, OutputLock } from "../../src/io/output_lock.ts";
import { ownIdentity } from "../../src/io/process_identity.ts";
import { withFolder } from "../support/with_folder.ts";

const SINCE = "2026-01-02T03:04:05.000Z";

/** The lock that a process would have left; by default one of this machine that is long gone. */
async function leave(folder: string, changes: object = {}): Promise<void> {
  const holder = { token: "t", since: SINCE, ...await ownIdentity(), boot: "earlier", ...changes };
  await Deno.writeTextFile(join(folder, LOCK_NAME), JSON.stringify(holder));
}

function isLocked(folder: string): boolean {
  return [...Deno.readDirSync(folder)].some(({ name }) => name === LOCK_NAME);
}

Deno.test("OutputLock refuses a second run in its directory until it is given back", async () => {
  await withFolder({}, async (folder) => {
    const first = await OutputLock.take(folder);
    assertEquals(first.note, null);
    const error = await assertRejects(() => OutputLock.take(folder), OutputError);
    assertMatch(
      error.message,
      /^Cannot train in .+: another run, process \d+, writes there since \S+Z; wait until it is over, or give another output_dir$/,
    );
    assert(error.message.includes(`process ${Deno.pid},`));
    first.release();
    assertEquals(isLocked(folder), false);
    using second = await OutputLock.take(folder);
    assertEquals(second.note, null);
    first.release();
    assertEquals(isLocked(folder), true);
  });
});

Deno.test("OutputLock takes over what a crash has left, and says so", async () => {
  await withFolder({}, async (folder) => {
    const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" })
      .spawn();
    await child.status;
    const { boot } = await ownIdentity();
    for (const changes of [{}, { boot, pid: child.pid, start: null }, { boot, start: "1" }]) {
      await leave(folder, changes);
      using lock = await OutputLock.take(folder);
      assertMatch(
        lock.note ?? "",
        /^The run that wrote to .+ since 2026-\S+ was not ended properly: process \d+ is gone, its lock is taken over$/,
      );
    }
    for (const text of ["{", "[]", '{"pid": 1}']) {
      await Deno.writeTextFile(join(folder, LOCK_NAME), text);
      using lock = await OutputLock.take(folder);
      assertEquals(lock.note, `The lock of ${folder} was damaged and is taken over`);
    }
    // Killed before it had written anything.
    await Deno.writeTextFile(join(folder, LOCK_NAME), "");
    using lock = await OutputLock.take(folder);
    assertEquals(lock.note, null);
  });
});

Deno.test("OutputLock refuses a run of another machine, and says how to remove its lock", async () => {
  await withFolder({}, async (folder) => {
    await leave(folder, { host: "elsewhere", pid: 7 });
    await assertRejects(
      () => OutputLock.take(folder),
      OutputError,
      `Cannot train in ${folder}: a run on another machine, elsewhere, process 7, has written there since ${SINCE}, and whether it still runs cannot be known from here; give another output_dir, or make sure that it is over and remove ${
        join(folder, LOCK_NAME)
      }`,
    );
    assertEquals(isLocked(folder), true);
  });
});

Deno.test("OutputLock is taken over by one of many that try at once", async () => {
  await withFolder({}, async (folder) => {
    for (let round = 0; round < 10; round++) {
      await leave(folder);
      const tries = await Promise.allSettled(
        Array.from({ length: 8 }, () => OutputLock.take(folder)),
      );
      const taken = tries.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
      assertEquals(taken.length, 1);
      assert(tries.every((one) => one.status === "fulfilled" || one.reason instanceof OutputError));
      taken[0].release();
    }
  });
});

Deno.test("OutputLock.confirm() makes a removed directory again, and yields to who came in", async () => {
  await withFolder({}, async (folder) => {
    const place = join(folder, "out");
    await Deno.mkdir(place);
    using lock = await OutputLock.take(place);
    assertEquals(await lock.confirm(), null);
    await Deno.remove(place, { recursive: true });
    assertMatch(await lock.confirm() ?? "", /out was removed or unlocked in the course of the run/);
    assertEquals(await lock.confirm(), null);
    await Deno.remove(join(place, LOCK_NAME));
    using other = await OutputLock.take(place);
    await assertRejects(() => lock.confirm(), OutputError, "another run");
    lock.release();
    assertEquals(await other.confirm(), null);
    await Deno.remove(place, { recursive: true });
    await Deno.writeTextFile(place, "a file");
    await assertRejects(() => lock.confirm(), OutputError, `Cannot write ${place}`);
  });
});

Deno.test("OutputLock says what keeps it from being written", async () => {
  await withFolder({}, async (folder) => {
    const missing = join(folder, "none");
    await assertRejects(
      () => OutputLock.take(missing),
      OutputError,
      `Cannot write ${join(missing, LOCK_NAME)}: its directory does not exist`,
    );
  });
});

Deno.test({
  name: "OutputLock goes by the system's lock where other processes may not be asked for",
  permissions: { read: true, write: true },
  fn: async () => {
    if (Deno.build.os === "windows") return; // Nobody can read a file that is locked there.
    await withFolder({}, async (folder) => {
      // It runs, but Deno may not tell.
      await leave(folder, { boot: null, pid: 1, start: null });
      const other = await Deno.open(join(folder, LOCK_NAME), { read: true, write: true });
      await other.lock(true);
      await assertRejects(() => OutputLock.take(folder), OutputError, "another run, process 1,");
      other.close();
      using lock = await OutputLock.take(folder);
      assertMatch(lock.note ?? "", /process 1 is gone, its lock is taken over$/);
      await assertRejects(() => OutputLock.take(folder), OutputError, "another run, process");
      lock.release();
      using next = await OutputLock.take(folder);
      assertEquals(next.note, null);
    });
  },
});
