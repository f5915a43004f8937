// “New Network…” and “Open an Example”: packaged texts, each opened as an untitled document.
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { NetworkTotals } from '../../server/src/protocol/index.ts';
import { createDocument } from './documents.ts';

/** A packaged text that can be opened. */
interface Text {
  readonly file: string;
  readonly label: string;
  readonly detail: string;
}

/** The totals of a packaged text; null if they cannot be computed. */
type Ask = (uri: string, content: string, token: vscode.CancellationToken) => Promise<NetworkTotals | null>;

export interface Texts {
  /** Lets the user pick a template, or opens the given one. */
  create(file?: string): Promise<void>;
  /** The same for an example. */
  example(file?: string): Promise<void>;
}

const templates = (): readonly Text[] => [
  {
    file: 'classifier.net.yaml',
    label: l10n.t('Image classifier'),
    detail: l10n.t('Flopline YAML: a few convolutions for small images'),
  },
  {
    file: 'resnet.net.yaml',
    label: l10n.t('ResNet'),
    detail: l10n.t('Flopline YAML: residual blocks, with a shortcut where the size changes'),
  },
  {
    file: 'mobilenet.net.yaml',
    label: l10n.t('MobileNet'),
    detail: l10n.t('Flopline YAML: depthwise separable convolutions and inverted residuals'),
  },
  {
    file: 'unet.net.yaml',
    label: l10n.t('U-Net'),
    detail: l10n.t('Flopline YAML: an encoder and a decoder, joined at each size'),
  },
  {
    file: 'vit.net.yaml',
    label: l10n.t('Vision Transformer'),
    detail: l10n.t('Flopline YAML: patches of an image as a sequence, with attention'),
  },
  {
    file: 'transformer.net.yaml',
    label: l10n.t('Transformer'),
    detail: l10n.t('Flopline YAML: embeddings and attention for text'),
  },
  {
    file: 'detector.yaml',
    label: l10n.t('YOLO detector'),
    detail: l10n.t('Ultralytics YAML: a backbone, a head and five scales'),
  },
  {
    file: 'module.py',
    label: l10n.t('PyTorch module'),
    detail: l10n.t('Python: an nn.Module with residual blocks'),
  },
];

const examples = (): readonly Text[] => [
  {
    file: 'googlenet-naive.net.yaml',
    label: l10n.t('GoogLeNet without bottlenecks'),
    detail: l10n.t('Wide convolutions that quick fixes make cheaper'),
  },
  {
    file: 'googlenet.net.yaml',
    label: l10n.t('GoogLeNet'),
    detail: l10n.t('Nine inception modules from one block'),
  },
  {
    file: 'vgg16.net.yaml',
    label: l10n.t('VGG-16'),
    detail: l10n.t('One linear layer that has most of the parameters'),
  },
  {
    file: 'resnet50.net.yaml',
    label: l10n.t('ResNet-50'),
    detail: l10n.t('Bottleneck blocks with residuals'),
  },
  {
    file: 'mobilenet-v2.net.yaml',
    label: l10n.t('MobileNet v2'),
    detail: l10n.t('Inverted residuals, with expressions and conditions'),
  },
  {
    file: 'gridspot.yaml',
    label: l10n.t('A YOLO detector'),
    detail: l10n.t('Ultralytics YAML with scales'),
  },
  {
    file: 'tiny-detector.cfg',
    label: l10n.t('A Darknet detector'),
    detail: l10n.t('Sections, routes and shortcuts'),
  },
  {
    file: 'googlenet-head.prototxt',
    label: l10n.t('A Caffe network'),
    detail: l10n.t('The beginning of GoogLeNet as a prototxt'),
  },
  {
    file: 'python/resnet18.py',
    label: l10n.t('ResNet-18 in Python'),
    detail: l10n.t('Costs at the lines that make layers and call them'),
  },
  {
    file: 'python/gpt.py',
    label: l10n.t('GPT in Python'),
    detail: l10n.t('Attention, an embedding that is used twice, and a guessed input'),
  },
];

export function createTexts(extension: vscode.Uri, ask: Ask): Texts {
  const offer = async (folder: string, texts: readonly Text[], placeHolder: string, file?: string): Promise<void> => {
    const text = texts.find(each => each.file === file) ?? (await pick(folder, texts, placeHolder));
    if (text) await openCopy(vscode.Uri.joinPath(extension, folder, text.file));
  };

  /** Shows the list at once; totals follow as the server computes them. */
  const pick = async (folder: string, texts: readonly Text[], placeHolder: string): Promise<Text | undefined> => {
    const list = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly text: Text }>();
    const totals = new Map<Text, string>();
    const cancellation = new vscode.CancellationTokenSource();
    const show = (): void => {
      const at = list.items.indexOf(list.activeItems[0]!);
      const fresh = texts.map(text => ({
        label: text.label,
        description: totals.get(text) ?? '',
        detail: text.detail,
        text,
      }));
      list.items = fresh;
      if (fresh[at]) list.activeItems = [fresh[at]];
    };
    list.placeholder = placeHolder;
    list.matchOnDescription = true;
    list.matchOnDetail = true;
    show();
    const picked = await new Promise<Text | undefined>(resolve => {
      list.onDidAccept(() => {
        resolve(list.activeItems[0]?.text);
        list.hide();
      });
      list.onDidHide(() => resolve(undefined));
      list.show();
      fill();
    });
    cancellation.cancel();
    list.dispose();
    return picked;

    async function fill(): Promise<void> {
      const { token } = cancellation;
      for (const text of texts) {
        const uri = vscode.Uri.joinPath(extension, folder, text.file);
        const found = await contentOf(uri)
          .then(content => ask(uri.toString(), content, token))
          .catch(() => null);
        if (token.isCancellationRequested) return;
        if (!found) continue;
        totals.set(text, found.text);
        show();
      }
    }
  };

  return {
    create: file => offer('templates', templates(), l10n.t('Select what to begin with'), file),
    example: file => offer('examples', examples(), l10n.t('Select an example'), file),
  };
}

/** The languages of texts, by file name ending. */
const languages: readonly (readonly [ending: string, language: string])[] = [
  ['.net.yaml', 'flopline'],
  ['.yaml', 'yaml'],
  ['.py', 'python'],
  ['.cfg', 'darknet-cfg'],
  ['.prototxt', 'prototxt'],
];

/** Opens a copy, so the packaged file is never edited. */
async function openCopy(uri: vscode.Uri): Promise<void> {
  const content = await contentOf(uri);
  const language = languages.find(([ending]) => uri.path.endsWith(ending))![1];
  await vscode.window.showTextDocument(await createDocument(content, language));
}

async function contentOf(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}
