/** The WebAssembly of web-tree-sitter. */
export function runtime(): Uint8Array | Promise<Uint8Array>;
/** That of tree-sitter-python. */
export function grammar(): Uint8Array | Promise<Uint8Array>;
/** Before WebAssembly is started. */
export function prepare(): void;
