// A file system provider with files in memory, which tests change.
import * as vscode from 'vscode';

type Node = { text: Uint8Array; changed: number } | { inside: Map<string, Node>; changed: number };

export class Memory implements vscode.FileSystemProvider {
  readonly #changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changes.event;
  readonly #top: Node = { inside: new Map(), changed: 0 };
  #clock = 1;

  /** How often each path was read, so tests can check which files were. */
  readonly read = new Map<string, number>();

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const node = this.#find(uri);
    const isFile = 'text' in node;
    return {
      type: isFile ? vscode.FileType.File : vscode.FileType.Directory,
      ctime: 0,
      mtime: node.changed,
      size: isFile ? node.text.length : 0,
    };
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    const node = this.#find(uri);
    if ('text' in node) throw vscode.FileSystemError.FileNotADirectory(uri);
    return [...node.inside].map(([name, each]) => [
      name,
      'text' in each ? vscode.FileType.File : vscode.FileType.Directory,
    ]);
  }

  createDirectory(uri: vscode.Uri): void {
    this.#put(uri, { inside: new Map(), changed: this.#clock++ });
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const node = this.#find(uri);
    if (!('text' in node)) throw vscode.FileSystemError.FileIsADirectory(uri);
    this.read.set(uri.path, (this.read.get(uri.path) ?? 0) + 1);
    return node.text;
  }

  writeFile(uri: vscode.Uri, text: Uint8Array): void {
    this.#put(uri, { text, changed: this.#clock++ });
  }

  delete(uri: vscode.Uri): void {
    const [folder, name] = this.#place(uri);
    if (!folder.delete(name)) throw vscode.FileSystemError.FileNotFound(uri);
    this.#fire(vscode.FileChangeType.Deleted, uri);
  }

  rename(from: vscode.Uri, to: vscode.Uri): void {
    const node = this.#find(from);
    this.delete(from);
    this.#put(to, node);
  }

  #put(uri: vscode.Uri, node: Node): void {
    const [folder, name] = this.#place(uri);
    const isThere = folder.has(name);
    folder.set(name, node);
    this.#fire(isThere ? vscode.FileChangeType.Changed : vscode.FileChangeType.Created, uri);
  }

  #find(uri: vscode.Uri): Node {
    let node: Node = this.#top;
    for (const name of uri.path.split('/').filter(part => part !== '')) {
      const next: Node | undefined = 'inside' in node ? node.inside.get(name) : undefined;
      if (!next) throw vscode.FileSystemError.FileNotFound(uri);
      node = next;
    }
    return node;
  }

  /** The folder of a file, which is created if necessary, and the file's name. */
  #place(uri: vscode.Uri): readonly [Map<string, Node>, string] {
    const names = uri.path.split('/').filter(part => part !== '');
    let node: Node = this.#top;
    for (const name of names.slice(0, -1)) {
      if (!('inside' in node)) throw vscode.FileSystemError.FileNotADirectory(uri);
      let next: Node | undefined = node.inside.get(name);
      if (!next) {
        next = { inside: new Map(), changed: this.#clock++ };
        node.inside.set(name, next);
      }
      node = next;
    }
    if (!('inside' in node)) throw vscode.FileSystemError.FileNotADirectory(uri);
    return [node.inside, names.at(-1)!];
  }

  #fire(type: vscode.FileChangeType, uri: vscode.Uri): void {
    // Like other providers, reports changes later and several at once.
    setTimeout(() => this.#changes.fire([{ type, uri }]), 5);
  }
}
