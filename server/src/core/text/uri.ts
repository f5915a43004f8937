// Converts between file URIs and the core's paths: absolute, with forward slashes. Files that are not on disk
// (`vscode-vfs://github/owner/repository/model.py`) have a path of the form `/@vscode-vfs/github/owner/…`.

/** The path of a file URI; undefined if the URI is not that of a file. */
export function pathOfUri(uri: string): string | undefined {
  const [, scheme = '', hasAuthority, authority = '', path = '', rest = ''] =
    /^([A-Za-z][\w+.-]*):(?:(\/\/)([^/?#]*))?([^?#]*)(.*)$/s.exec(uri) ?? [];
  const decoded = decode(path);
  if (decoded === undefined || !decoded.startsWith('/')) return undefined;
  if (scheme.toLowerCase() === 'file') {
    if (hasAuthority === undefined) return undefined;
    if (authority !== '' && authority !== 'localhost') return `//${authority}${decoded}`;
    return /^\/[A-Za-z]:(?:\/|$)/.test(decoded) ? decoded.slice(1) : decoded;
  }
  // A query (`git:/model.py?HEAD`) selects another version than the file's.
  if (rest !== '') return undefined;
  return `/@${scheme}/${authority === '' ? '@' : authority}${decoded}`.replace(/\/$/, '');
}

/** The URI of a path. */
export function uriOfPath(path: string): string {
  const [, scheme, authority = '', rest = ''] = /^\/@([^/]+)\/([^/]*)(.*)$/s.exec(path) ?? [];
  if (scheme !== undefined) return `${scheme}:${authority === '@' ? '' : `//${authority}`}${encode(rest || '/')}`;
  if (path.startsWith('//')) return `file:${encode(path)}`;
  return `file://${path.startsWith('/') ? '' : '/'}${encode(path)}`;
}

/** Whether a path is that of a virtual file, which is not on disk. */
export const isVirtual = (path: string): boolean => path.startsWith('/@');

function decode(path: string): string | undefined {
  // An escaped slash is part of a name, which a path cannot express.
  if (/%2f/i.test(path)) return undefined;
  try {
    return decodeURIComponent(path).replaceAll('\\', '/');
  } catch {
    return undefined;
  }
}

/** Encodes a path like Node does. */
function encode(path: string): string {
  const whole = path.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
  return encodeURI(whole).replace(/[?#~]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
