// Paths as the core has them: absolute, with forward slashes.

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The name of a file or a folder without the folders that it is in. */
export function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A folder and so many above it, the nearest first; not the file system's own, nor what is directly in it. */
export function foldersAbove(folder: string, mostLevels: number): readonly string[] {
  const found: string[] = [];
  for (let at = folder; found.length < mostLevels; at = parentOf(at)) {
    if (found.length > 0 && at.split('/').filter(part => part !== '' && !part.endsWith(':')).length < 2) break;
    found.push(at);
    if (!at.includes('/')) break;
  }
  return found;
}

/** A path as it is written in a file of a folder, made absolute. */
export function joined(folder: string, written: string): string {
  const path = written.replaceAll('\\', '/');
  const isAbsolute = path.startsWith('/') || /^[A-Za-z]:\//.test(path);
  const parts: string[] = [];
  const root = isAbsolute ? path : `${folder}/${path}`;
  for (const part of root.split('/')) {
    if (part === '..') {
      if (parts.length > 1) parts.pop();
    } else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  return parts.length === 1 && parts[0] === '' ? '/' : parts.join('/');
}
