/** Freezes a value and all that it leads to: what changes it from here on throws. Private fields, which cache, stay free. */
export function frozen<T>(value: T): T {
  const seen = new Set<unknown>();
  const left: unknown[] = [value];
  while (left.length > 0) {
    const at = left.pop();
    if (at === null || (typeof at !== 'object' && typeof at !== 'function') || seen.has(at)) continue;
    seen.add(at);
    // Typed arrays cannot be frozen; they are private everywhere.
    if (!ArrayBuffer.isView(at)) Object.freeze(at);
    if (at instanceof Map) for (const [key, each] of at) left.push(key, each);
    else if (at instanceof Set) left.push(...at);
    for (const { value: each } of Object.values(Object.getOwnPropertyDescriptors(at))) left.push(each);
  }
  return value;
}
