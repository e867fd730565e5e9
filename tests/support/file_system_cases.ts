/**
 * What every host's files must do, told of a folder that is empty.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { isNotADirectory, isNotFound } from "../../src/host/file_errors.ts";
import type { FileSystem } from "../../src/host/file_system.ts";

/** Tries one thing below `root`. */
export type FileSystemCase = (files: FileSystem, root: string) => Promise<void>;

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const textOf = async (files: FileSystem, path: string) => decode(await files.readFile(path));

async function namesIn(files: FileSystem, path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isFile } of files.readDir(path)) names.push(name + (isFile ? "" : "/"));
  return names.sort();
}

async function fails(work: () => Promise<unknown>, is: (error: unknown) => boolean): Promise<void> {
  const error = await assertRejects(work, Error);
  assert(is(error), `${error.name}: ${error.message}`);
}

/** By what they show. */
export const FILE_SYSTEM_CASES: Readonly<Record<string, FileSystemCase>> = {
  "what is written is read, appended to and replaced": async (files, root) => {
    const path = `${root}/a`;
    await files.writeFile(path, "one");
    files.writeFileSync(path, encode(" two"), { append: true });
    assertEquals(await textOf(files, path), "one two");
    assertEquals(decode(files.readFileSync(path)), "one two");
    await files.writeFile(path, "3");
    assertEquals(await textOf(files, path), "3");
    const { isFile, isDirectory, size } = await files.stat(path);
    assertEquals([isFile, isDirectory, size], [true, false, 1]);
  },
  "what is read does not change with the file, nor the file with what was written": async (
    files,
    root,
  ) => {
    const written = encode("one");
    await files.writeFile(`${root}/a`, written);
    written.fill(0);
    const read = await files.readFile(`${root}/a`);
    read.fill(0);
    assertEquals(await textOf(files, `${root}/a`), "one");
  },
  "a new file is not made where one is": async (files, root) => {
    await files.writeFile(`${root}/a`, "one", { createNew: true });
    await assertRejects(() => files.writeFile(`${root}/a`, "two", { createNew: true }), Error);
    await assertRejects(() => files.open(`${root}/a`, { write: true, createNew: true }), Error);
    assertEquals(await textOf(files, `${root}/a`), "one");
  },
  "what is missing is not found": async (files, root) => {
    const gone = `${root}/gone`;
    await fails(() => files.readFile(gone), isNotFound);
    await fails(() => files.stat(gone), isNotFound);
    await fails(() => files.lstat(gone), isNotFound);
    await fails(() => files.realPath(gone), isNotFound);
    await fails(() => files.open(gone), isNotFound);
    await fails(() => files.open(gone, { write: true }), isNotFound);
    await fails(() => files.remove(gone), isNotFound);
    await fails(() => files.rename(gone, `${root}/b`), isNotFound);
    await fails(() => files.copyFile(gone, `${root}/b`), isNotFound);
    await fails(() => files.link(gone, `${root}/b`), isNotFound);
    await fails(() => files.writeFile(`${gone}/below`, ""), isNotFound);
    await fails(() => namesIn(files, gone), isNotFound);
    assert(isNotFound(assertThrows(() => files.statSync(gone))));
    assert(isNotFound(assertThrows(() => [...files.readDirSync(gone)])));
  },
  "below a file is nothing, and that is said": async (files, root) => {
    await files.writeFile(`${root}/a`, "");
    await fails(() => files.stat(`${root}/a/b`), isNotADirectory);
    await fails(() => files.readFile(`${root}/a/b/c`), isNotADirectory);
    await fails(() => namesIn(files, `${root}/a`), isNotADirectory);
    await assertRejects(() => files.mkdir(`${root}/a/b`), Error);
    await assertRejects(() => files.readFile(root), Error);
  },
  "folders are made with those above them, and listed": async (files, root) => {
    await files.mkdir(`${root}/a/b`);
    await files.mkdir(`${root}/a/b`);
    files.mkdirSync(`${root}/c`);
    await files.writeFile(`${root}/a/x`, "");
    assertEquals(await namesIn(files, root), ["a/", "c/"]);
    assertEquals(await namesIn(files, `${root}/a`), ["b/", "x"]);
    assertEquals([...files.readDirSync(`${root}/a`)].map(({ name }) => name).sort(), ["b", "x"]);
    assert((await files.stat(`${root}/a`)).isDirectory);
  },
  "a renamed file takes the place of another, a folder that of an empty one": async (
    files,
    root,
  ) => {
    await files.writeFile(`${root}/a`, "one");
    await files.writeFile(`${root}/b`, "two");
    await files.rename(`${root}/a`, `${root}/b`);
    assertEquals([await namesIn(files, root), await textOf(files, `${root}/b`)], [["b"], "one"]);
    await files.mkdir(`${root}/c/d`);
    await files.writeFile(`${root}/c/d/e`, "deep");
    await files.mkdir(`${root}/f`);
    await files.rename(`${root}/c`, `${root}/f`);
    assertEquals(await textOf(files, `${root}/f/d/e`), "deep");
    await files.mkdir(`${root}/full/x`);
    await assertRejects(() => files.rename(`${root}/f`, `${root}/full`), Error);
    await assertRejects(() => files.rename(`${root}/b`, `${root}/full`), Error);
    await assertRejects(() => files.rename(`${root}/full`, `${root}/full/x/y`), Error);
    assertEquals(await namesIn(files, root), ["b", "f/", "full/"]);
  },
  "a folder with something in it is removed only with all that it holds": async (files, root) => {
    await files.mkdir(`${root}/a/b`);
    await assertRejects(() => files.remove(`${root}/a`), Error);
    await files.remove(`${root}/a/b`);
    await files.mkdir(`${root}/a/b/c`);
    await files.remove(`${root}/a`, { recursive: true });
    await files.writeFile(`${root}/x`, "");
    files.removeSync(`${root}/x`);
    assertEquals(await namesIn(files, root), []);
  },
  "a link is a second path, a copy a second file": async (files, root) => {
    await files.writeFile(`${root}/a`, "one");
    await files.link(`${root}/a`, `${root}/linked`);
    await files.copyFile(`${root}/a`, `${root}/copied`);
    await files.writeFile(`${root}/a`, "two");
    assertEquals(await textOf(files, `${root}/linked`), "two");
    assertEquals(await textOf(files, `${root}/copied`), "one");
    await files.remove(`${root}/a`);
    assertEquals(await textOf(files, `${root}/linked`), "two");
    await assertRejects(() => files.link(`${root}/linked`, `${root}/copied`), Error);
  },
  "an open file has a place, and tells its size": async (files, root) => {
    const path = `${root}/a`;
    {
      using file = await files.open(path, { write: true, create: true });
      await file.write(encode("0123456789"));
      file.seek(2);
      file.writeSync(encode("xy"));
      await file.sync();
      assertEquals(file.stat().size, 10);
      await file.truncate(8);
      assertThrows(() => file.readSync(new Uint8Array(1)), Error);
    }
    assertEquals(await textOf(files, path), "01xy4567");
    const file = files.openSync(path);
    const part = new Uint8Array(6);
    assertEquals([await file.read(part), decode(part)], [6, "01xy45"]);
    assertEquals([file.readSync(part), decode(part.subarray(0, 2))], [2, "67"]);
    assertEquals([await file.read(part), file.readSync(part)], [null, null]);
    file.seek(7);
    assertEquals([file.readSync(part), part[0]], [1, encode("7")[0]]);
    assertThrows(() => file.writeSync(part), Error);
    file.close();
    assertThrows(() => file.readSync(part), Error);
    using again = await files.open(path, { write: true, truncate: true });
    assertEquals(again.stat().size, 0);
  },
  "an open file goes on when its path is gone": async (files, root) => {
    await files.writeFile(`${root}/a`, "one");
    using file = await files.open(`${root}/a`);
    const [opened, named] = [file.stat(), await files.stat(`${root}/a`)];
    assertEquals([opened.ino, opened.dev], [named.ino, named.dev]);
    await files.remove(`${root}/a`);
    await files.writeFile(`${root}/a`, "two");
    assert((await files.stat(`${root}/a`)).ino !== opened.ino);
    const read = new Uint8Array(3);
    assertEquals([file.readSync(read), decode(read)], [3, "one"]);
  },
  "a lock keeps another open file out until it is closed": async (files, root) => {
    await files.writeFile(`${root}/a`, "");
    const [one, two] = [await files.open(`${root}/a`), await files.open(`${root}/a`)];
    assert(await one.tryLock());
    assert(!await two.tryLock());
    let isLocked = false;
    const waiting = two.lock().then(() => isLocked = true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals(isLocked, false);
    one.close();
    await waiting;
    two.close();
  },
  "a temporary file has no name, and is read and written": async (files, root) => {
    const { path, file } = files.openTemporary({
      directory: root,
      prefix: "sentrain_",
      suffix: ".x",
    });
    using temporary = file;
    assert(/[\\/]sentrain_[^\\/]+\.x$/.test(path), path);
    assertEquals(await namesIn(files, root), []);
    temporary.writeSync(encode("kept"));
    temporary.seek(1);
    const read = new Uint8Array(3);
    assertEquals([temporary.readSync(read), decode(read)], [3, "ept"]);
  },
  "a file that is changed tells a later time": async (files, root) => {
    await files.writeFile(`${root}/a`, "one");
    const before = (await files.stat(`${root}/a`)).mtime!;
    await new Promise((resolve) => setTimeout(resolve, 20));
    await files.writeFile(`${root}/a`, "two");
    assert((await files.stat(`${root}/a`)).mtime! > before);
  },
};
