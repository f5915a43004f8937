// The overview of a network, in the side bar and as an editor tab: forwards the server's messages to the visible pages,
// and says to the server which document they show. While no page is visible, the server is not asked.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { ClientNotifications, OverviewMessage, Requests } from '../../server/src/protocol/index.ts';
import type { FromPage, PageMethod, Question, ToPage } from '../overview/messages.ts';
import { mayBeSpec } from './specs.ts';
import { words } from './words.ts';

export interface Overviews extends vscode.Disposable {
  /** Forwards an update of the document shown. */
  received(message: OverviewMessage): void;
  /** A document turned out to have a network. */
  use(uri: string): void;
  /** Opens the overview as an editor tab beside the text. */
  open(): void;
  /** Asks for everything again, for example after the server was restarted. */
  resend(): void;
  /** Reloads the pages in the current language. */
  reword(): void;
}

/** What the overview needs from the server. */
export interface OverviewServer {
  show(params: ClientNotifications['flopline/didShowOverview']): void;
  answer(question: Question): Promise<Requests[PageMethod]['result']>;
}

const viewType = 'flopline.overview';

const questions: readonly PageMethod[] = [
  'flopline/sweeps',
  'flopline/sweepPoint',
  'flopline/memory',
  'flopline/memoryAt',
  'flopline/time',
];

export function createOverviews(extension: vscode.Uri, { show, answer }: OverviewServer): Overviews {
  const root = vscode.Uri.joinPath(extension, 'dist');
  /** The pages, where they are, and whether they are visible. */
  const pages = new Map<vscode.Webview, { readonly place: 'side' | 'tab'; readonly isVisible: () => boolean }>();
  /** The document that was active last. */
  let uri: string | undefined;
  /** The document that is shown. */
  let shown: string | undefined;
  let panel: vscode.WebviewPanel | undefined;
  const listeners: vscode.Disposable[] = [];

  const visible = (): vscode.Webview[] => [...pages].flatMap(([page, { isVisible }]) => (isVisible() ? [page] : []));
  const post = (message: ToPage): void => {
    for (const page of visible()) page.postMessage(message).then(undefined, () => {});
  };
  const ask = (): void => {
    if (visible().length > 0) {
      if (uri !== undefined) show({ uri });
    } else show({ uri: null });
  };
  const cursor = (): void => {
    const editor = vscode.window.activeTextEditor;
    if (editor) post({ type: 'cursor', uri: editor.document.uri.toString(), line: editor.selection.active.line });
  };

  const look = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !mayBeSpec(document)) return;
    uri = document.uri.toString();
    if (visible().length > 0) {
      if (uri !== shown) ask();
      cursor();
    }
  };

  const add = (page: vscode.Webview, place: 'side' | 'tab', isVisible: () => boolean): void => {
    pages.set(page, { place, isVisible });
    page.options = { enableScripts: true, localResourceRoots: [root] };
    page.html = html(page, root, place);
    page.onDidReceiveMessage((message: FromPage) => {
      switch (message.type) {
        case 'ready':
          ask();
          cursor();
          return;
        case 'reveal':
          reveal(message);
          return;
        case 'save':
          save(message).catch(error => vscode.window.showErrorMessage(String(error.message ?? error)));
          return;
        case 'ask':
          // Only the methods that views need may be called.
          if (!questions.includes(message.method)) return;
          answer(message)
            .catch(() => null)
            .then(found =>
              page.postMessage({ type: 'answer', id: message.id, answer: asWritten(found) } satisfies ToPage),
            )
            .then(undefined, () => {});
      }
    });
  };
  const remove = (page: vscode.Webview): void => {
    pages.delete(page);
    ask();
  };

  const adopt = (own: vscode.WebviewPanel): void => {
    panel = own;
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extension, `icons/overview-${theme}.svg`);
    own.iconPath = { light: icon('light'), dark: icon('dark') };
    add(own.webview, 'tab', () => own.visible);
    own.onDidChangeViewState(() => ask());
    own.onDidDispose(() => {
      if (panel === own) panel = undefined;
      remove(own.webview);
    });
  };

  listeners.push(
    vscode.window.registerWebviewViewProvider(viewType, {
      resolveWebviewView: view => {
        add(view.webview, 'side', () => view.visible);
        view.onDidChangeVisibility(() => ask());
        view.onDidDispose(() => remove(view.webview));
      },
    }),
    vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async own => adopt(own),
    }),
    vscode.window.onDidChangeActiveTextEditor(look),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
      if (textEditor === vscode.window.activeTextEditor && pages.size > 0) cursor();
    }),
  );

  let isUsed = false;
  return {
    received: message => {
      const { uri: own, content } = message;
      shown = content ? own : undefined;
      // Normalize URIs as VS Code writes them, so they can be compared.
      const files = content?.files.map(file => (file === '' ? own : vscode.Uri.parse(file, true).toString()));
      post({ type: 'overview', message: content && files ? { ...message, content: { ...content, files } } : message });
      if (message.serial === 0) cursor();
    },
    use: own => {
      if (!isUsed) {
        isUsed = true;
        // The view container stays hidden until there is a network.
        vscode.commands.executeCommand('setContext', 'flopline.hasNetwork', true);
      }
      if (own !== shown && vscode.window.activeTextEditor?.document.uri.toString() === own) look();
    },
    open: () => {
      look();
      if (panel) {
        panel.reveal(undefined, true);
        return;
      }
      const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
      adopt(vscode.window.createWebviewPanel(viewType, l10n.t('Overview'), where));
    },
    resend: () => {
      if (visible().length > 0) ask();
    },
    reword: () => {
      for (const [page, { place }] of pages) page.html = html(page, root, place);
    },
    dispose: () => {
      for (const listener of listeners) listener.dispose();
    },
  };
}

/** Normalizes the URIs of files as VS Code writes them, so they can be compared; the document's own is empty. */
function asWritten<T>(answer: T): T {
  if (typeof answer !== 'object' || answer === null || !('files' in answer)) return answer;
  const files = answer.files as readonly string[];
  return { ...answer, files: files.map(file => (file === '' ? '' : vscode.Uri.parse(file, true).toString())) };
}

/** Shows a line in an editor that already shows its file, or beside the page. */
async function reveal({ uri, line, focus }: Extract<FromPage, { type: 'reveal' }>): Promise<void> {
  const own = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri);
  const document = own?.document ?? (await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true)));
  const at = Math.min(line, document.lineCount - 1);
  const { firstNonWhitespaceCharacterIndex } = document.lineAt(at);
  const position = new vscode.Position(at, firstNonWhitespaceCharacterIndex);
  const selection = new vscode.Range(position, position);
  const beside = vscode.window.visibleTextEditors[0]?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(document, {
    viewColumn: own?.viewColumn ?? beside,
    preserveFocus: !focus,
    preview: true,
    selection,
  });
}

/** Asks the user where to save a picture; proposes the document's folder. */
async function save({ name, data }: Extract<FromPage, { type: 'save' }>): Promise<void> {
  const document = vscode.window.visibleTextEditors[0]?.document.uri;
  const folder = document && document.scheme !== 'untitled' ? document : vscode.workspace.workspaceFolders?.[0]?.uri;
  const safe = name.replace(/[\\/:*?"<>|]/g, '-');
  const [, ending = ''] = /\.(\w+)$/.exec(safe) ?? [];
  const target = await vscode.window.showSaveDialog({
    ...(folder
      ? {
          defaultUri: folder === document ? vscode.Uri.joinPath(folder, '..', safe) : vscode.Uri.joinPath(folder, safe),
        }
      : {}),
    filters: { [ending.toUpperCase()]: [ending] },
  });
  if (target) await vscode.workspace.fs.writeFile(target, data);
}

/** The page's HTML. Its content security policy allows no remote content, and no scripts but its own. */
function html(page: vscode.Webview, root: vscode.Uri, place: 'side' | 'tab'): string {
  const nonce = crypto.randomUUID();
  const address = (name: string): string => page.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${page.cspSource}`,
    // A picture to be saved is drawn from a data URL.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const { language, contents } = words();
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${attribute(l10n.t('Overview'))}</title>
    <link rel="stylesheet" href="${attribute(address('overview.css'))}">
  </head>
  <body data-place="${place}" data-words="${attribute(JSON.stringify(contents))}">
    <script nonce="${nonce}" src="${attribute(address('overview.js'))}"></script>
  </body>
</html>`;
}

const attribute = (text: string): string => text.replace(/[&"<>]/g, sign => `&#${sign.charCodeAt(0)};`);
