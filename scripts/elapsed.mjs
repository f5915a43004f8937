/** Minutes and seconds since `start` (as `Date.now()` gave it): `1:05`. */
export function elapsed(start) {
  const seconds = Math.round((Date.now() - start) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
