import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "@std/assert";

const cyclic: Record<string, unknown> = { name: "loop" };
cyclic.self = cyclic;

/** Keeps what it holds from its own properties. */
class Hidden {
  readonly #value: number;

  constructor(value: number) {
    this.#value = value;
  }

  get value(): number {
    return this.#value;
  }
}

/** Errors made in one place, as their stack is compared too. */
const errors = ["x", "x", "y"].map((message) => new Error(message));

const equalPairs: [unknown, unknown][] = [
  [1, 1],
  [0, -0],
  [NaN, NaN],
  ["a", "a"],
  [null, null],
  [[1, [2, 3]], [1, [2, 3]]],
  [{ a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  [new Float32Array([1, NaN]), new Float32Array([1, NaN])],
  [new Date(5), new Date(5)],
  [/a/g, /a/g],
  [new Set([1, 2]), new Set([2, 1])],
  [new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
  [new Map([["a", [1]], ["b", [2]]]), new Map([["b", [2]], ["a", [1]]])],
  [cyclic, cyclic.self],
  [errors[0], errors[1]],
  [new Hidden(1), new Hidden(1)],
  [new DataView(Uint8Array.of(1).buffer), new DataView(Uint8Array.of(1).buffer)],
  [Uint8Array.of(1).buffer, Uint8Array.of(1).buffer],
  [new Float32Array([0]), new Float32Array([-0])],
  [new URL("file:///a"), new URL("file:///a")],
  [new Map([[{ a: 1 }, NaN], [{ a: 2 }, 0]]), new Map([[{ a: 2 }, -0], [{ a: 1 }, NaN]])],
  [new WeakRef(cyclic), new WeakRef(cyclic)],
  [new Intl.Locale("en"), new Intl.Locale("en")],
  [new Date(NaN), new Date(NaN)],
];

const differentPairs: [unknown, unknown][] = [
  [1, 2],
  [1, "1"],
  [null, undefined],
  [[1, 2], [1, 2, 3]],
  [{ a: 1 }, { a: 1, b: undefined }],
  [{ a: undefined }, { b: undefined }],
  [[1], new Float32Array([1])],
  [new Float32Array([1]), new Float64Array([1])],
  [new Float32Array([1]), new Float32Array([2])],
  [new Date(5), new Date(6)],
  [/a/g, /a/],
  [new Set([1]), new Set([2])],
  [new Map([["a", 1]]), new Map([["a", 2]])],
  [{}, []],
  [
    { a: 1 },
    new (class Other {
      a = 1;
    })(),
  ],
  [errors[0], errors[2]],
  [new Error("x"), new TypeError("x")],
  [new Error("x", { cause: 1 }), new Error("x", { cause: 2 })],
  [new Hidden(1), new Hidden(2)],
  [new DataView(Uint8Array.of(1).buffer), new DataView(Uint8Array.of(2).buffer)],
  [Uint8Array.of(1).buffer, Uint8Array.of(2).buffer],
  [new Uint8Array([1]), new Uint8ClampedArray([1])],
  [new URL("file:///a"), new URL("file:///b")],
  [new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 2]])],
  [new WeakRef(cyclic), new WeakRef(errors[0])],
  [new Intl.Locale("en"), new Intl.Locale("de")],
  [new Date(NaN), new Date(0)],
  [1n, 1],
  [[undefined], []],
  [{ self: 1 }, cyclic],
];

Deno.test("assertEquals accepts equal values and assertNotEquals refuses them", () => {
  assertEquals(equalPairs.length, 25);
  for (const [left, right] of equalPairs) {
    assertEquals(left, right);
    assertThrows(() => assertNotEquals(left, right), AssertionError);
  }
});

Deno.test("assertEquals refuses different values and assertNotEquals accepts them", () => {
  assertEquals(differentPairs.length, 30);
  for (const [left, right] of differentPairs) {
    assertNotEquals(left, right);
    assertThrows(() => assertEquals(left, right), AssertionError);
    assertThrows(() => assertEquals(right, left), AssertionError);
  }
});

Deno.test("assertEquals throws a TypeError for what cannot be read", () => {
  for (const [left, right] of [[new WeakMap(), new WeakMap()], [new WeakSet(), new WeakSet()]]) {
    assertThrows(() => assertEquals(left, right), TypeError, "Cannot compare Weak");
    assertEquals(left, left);
  }
});

const passing: (() => void)[] = [
  () => assert("x"),
  () => assertFalse(0),
  () => assertStrictEquals(cyclic, cyclic),
  () => assertNotStrictEquals<unknown>({}, {}),
  () => assertAlmostEquals(0.1 + 0.2, 0.3),
  () => assertAlmostEquals(1, 1.5, 0.5),
  () => assertGreater(2, 1),
  () => assertGreaterOrEqual(2, 2),
  () => assertLess(1, 2),
  () => assertLessOrEqual(2, 2),
  () => assertExists(0),
  () => assertInstanceOf(new RangeError("x"), Error),
  () => assertStringIncludes("anchor", "cho"),
  () => assertMatch("anchor", /^a/),
];

const failing: (() => void)[] = [
  () => assert(""),
  () => assertFalse("x"),
  () => assertStrictEquals<unknown>({}, {}),
  () => assertNotStrictEquals(cyclic, cyclic),
  () => assertAlmostEquals(1, 1.00001),
  () => assertAlmostEquals(1, 1.6, 0.5),
  () => assertAlmostEquals(NaN, 1, 0.5),
  () => assertGreater(1, 1),
  () => assertGreaterOrEqual(1, 2),
  () => assertLess(2, 2),
  () => assertLessOrEqual(NaN, 2),
  () => assertExists(undefined),
  () => assertInstanceOf(new Error("x"), RangeError),
  () => assertStringIncludes("anchor", "oh"),
  () => assertMatch("anchor", /^b/),
  () => fail("reason"),
  () => unreachable(),
];

Deno.test("each assertion accepts what holds", () => {
  for (const check of passing) check();
  assertEquals(passing.length, 14);
});

Deno.test("each assertion throws an AssertionError for what does not hold", () => {
  for (const check of failing) assertThrows(check, AssertionError);
  assertEquals(failing.length, 17);
});

Deno.test("assertThrows returns the error and checks class and message", () => {
  const thrown = new RangeError("out of range");
  const raise = () => {
    throw thrown;
  };
  assertStrictEquals(assertThrows(raise), thrown);
  assertStrictEquals(assertThrows(raise, RangeError, "of range"), thrown);
  assertThrows(() => assertThrows(raise, TypeError), AssertionError);
  assertThrows(() => assertThrows(raise, RangeError, "in range"), AssertionError);
  assertThrows(() => assertThrows(() => 0), AssertionError);
});

Deno.test("assertRejects resolves to the error and checks class and message", async () => {
  const reason = new RangeError("out of range");
  const reject = () => Promise.reject(reason);
  assertStrictEquals(await assertRejects(reject), reason);
  assertStrictEquals(await assertRejects(reject, RangeError, "of range"), reason);
  await assertRejects(() => assertRejects(reject, TypeError), AssertionError);
  await assertRejects(() => assertRejects(reject, RangeError, "in range"), AssertionError);
  await assertRejects(() => assertRejects(() => Promise.resolve(0)), AssertionError);
  const throwing = () => {
    throw reason;
  };
  await assertRejects(() => assertRejects(throwing), AssertionError);
});
