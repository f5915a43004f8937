// Completion and signature help.
import * as l10n from '@vscode/l10n';
import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  type CompletionOptions,
  InsertTextFormat,
  InsertTextMode,
  type SignatureHelp,
  type SignatureHelpOptions,
} from 'vscode-languageserver';
import { type Completion, completions, type Lines, signatureHelp } from '../core/index.ts';
import { toProto } from './convert.ts';
import type { Session } from './session.ts';

/** The characters before a value, a reference or a key in any of the formats; words trigger completion anyway. */
export const completionOptions: CompletionOptions = {
  triggerCharacters: ['[', ',', ' ', '=', '$', '"', '{', '('],
};

export const signatureOptions: SignatureHelpOptions = { triggerCharacters: ['[', ','], retriggerCharacters: [','] };

export function answerCompletion(session: Session): void {
  const { connection } = session;

  connection.onCompletion(({ textDocument: { uri }, position }, token) =>
    session.answer<CompletionList>('completion', uri, token, { isIncomplete: false, items: [] }, analysed => {
      const { lines } = analysed.document;
      const { snippetSupport, labelDetailsSupport } = session.client.textDocument?.completion?.completionItem ?? {};
      const abilities = { snippets: snippetSupport === true, labelDetails: labelDetailsSupport === true };
      const found = completions(analysed, lines.offset(position));
      return { isIncomplete: false, items: found.map((one, at) => itemOf(lines, one, at, abilities)) };
    }),
  );

  connection.onSignatureHelp(({ textDocument: { uri }, position }, token) =>
    session.answer<SignatureHelp | null>('signature help', uri, token, null, analysed => {
      const found = signatureHelp(analysed, analysed.document.lines.offset(position));
      if (!found) return null;
      const { label, documentation, parameters, active } = found;
      return {
        signatures: [
          {
            label,
            documentation: { kind: 'markdown', value: documentation },
            parameters: parameters.map(parameter => ({
              label: [parameter.from, parameter.to],
              documentation: { kind: 'markdown', value: parameter.documentation },
            })),
          },
        ],
        activeSignature: 0,
        activeParameter: active,
      };
    }),
  );
}

/** What the editor can display. */
interface Abilities {
  readonly snippets: boolean;
  readonly labelDetails: boolean;
}

function itemOf(lines: Lines, one: Completion, at: number, { snippets, labelDetails }: Abilities): CompletionItem {
  const { label, kind, range, text, snippet, filter, detail, documentation, misfit } = one;
  const isSnippet = snippets && snippet !== undefined;
  // The list has room for few words, so the reason goes into `detail` and the documentation.
  const details = {
    ...(misfit === undefined ? {} : { detail: `  ${l10n.t('does not fit')}` }),
    ...(detail === '' ? {} : { description: detail }),
  };
  const line = [detail, misfit ?? ''].filter(part => part !== '').join(' · ');
  return {
    label,
    kind: kinds[kind],
    ...(kind === 'reference' && labelDetails ? { labelDetails: details } : {}),
    ...(line === '' ? {} : { detail: line }),
    ...(documentation === '' ? {} : { documentation: { kind: 'markdown', value: documentation } }),
    // Keeps the order from core.
    sortText: String(at).padStart(5, '0'),
    filterText: filter,
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    // The lines already have their indentation.
    insertTextMode: InsertTextMode.asIs,
    textEdit: toProto.textEdits(lines, [{ ...range, text: isSnippet ? snippet : text }])[0]!,
  };
}

const kinds: Record<Completion['kind'], CompletionItemKind> = {
  operator: CompletionItemKind.Class,
  block: CompletionItemKind.Function,
  key: CompletionItemKind.Property,
  choice: CompletionItemKind.EnumMember,
  value: CompletionItemKind.Value,
  reference: CompletionItemKind.Reference,
  parameter: CompletionItemKind.Variable,
  snippet: CompletionItemKind.Snippet,
};
