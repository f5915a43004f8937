// A replacement for node:assert/strict in a browser, as far as the suites use it.

class AssertionError extends Error {
  override name = 'AssertionError';
}

function fail(what: string, message?: string | Error): never {
  throw message instanceof Error ? message : new AssertionError(message === undefined ? what : `${message}\n${what}`);
}

const shown = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, each) =>
      each === undefined ? '<undefined>' : each instanceof Map || each instanceof Set ? ['<of>', ...each] : each,
    2,
  );

export function ok(value: unknown, message?: string | Error): asserts value {
  if (!value) fail(`${shown(value)} is not true.`, message);
}

export function equal(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) fail(`${shown(actual)} is not ${shown(expected)}.`, message);
}

export function notEqual(actual: unknown, expected: unknown, message?: string): void {
  if (Object.is(actual, expected)) fail(`It is ${shown(actual)}.`, message);
}

export function deepEqual(actual: unknown, expected: unknown, message?: string): void {
  if (shown(actual) !== shown(expected)) fail(`${shown(actual)} is not ${shown(expected)}.`, message);
}

export function match(text: string, pattern: RegExp, message?: string): void {
  if (!pattern.test(text)) fail(`${shown(text)} is not as ${pattern}.`, message);
}

export function doesNotMatch(text: string, pattern: RegExp, message?: string): void {
  if (pattern.test(text)) fail(`${shown(text)} is as ${pattern}.`, message);
}

export async function rejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  const refusal = await promise.then(
    () => undefined,
    error => String(error),
  );
  if (refusal === undefined) fail('It was not rejected.');
  match(refusal, pattern);
}

export default { ok, equal, notEqual, deepEqual, match, doesNotMatch, rejects };
