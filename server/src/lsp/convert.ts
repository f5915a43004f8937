// Converts between core's offsets and the protocol's lines and characters. All conversions are here.
import {
  type CodeAction,
  CodeActionKind,
  type CodeLens,
  type Diagnostic,
  DiagnosticSeverity,
  type DocumentSymbol,
  type InlayHint,
  type Hover as ProtocolHover,
  type Range as ProtocolRange,
  type TextEdit as ProtocolTextEdit,
  SymbolKind,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import {
  type Advice,
  type FixOffer,
  type Hint,
  type Hover,
  type IgnoreOffer,
  type Lens,
  type Lines,
  type Problem,
  type Range,
  type RowNumber,
  type SymbolNode,
  type TextEdit,
  textOf,
  uriOfPath,
} from '../core/index.ts';
import type { InputLensArguments } from '../protocol/index.ts';

/** The command with which the user confirms that the row numbers of a document (its argument) are right. */
export const acceptCommand = 'flopline.acceptNumbers';

export const fromProto = {
  range: (lines: Lines, { start, end }: ProtocolRange): Range => ({ from: lines.offset(start), to: lines.offset(end) }),
};

/**
 * Attached to an inlay hint to resolve its tooltip later: the number of its document and the version of the text. Every
 * visible hint carries it at every keystroke, so it is short.
 */
export type HintData = readonly [document: number, version: number];

/** Attached to a code action for advice to resolve its edit later. */
export type AdviceData = readonly [document: number, version: number, from: number, key: string];

/** The client's commands that code lenses run. */
export interface LensCommands {
  readonly menu: string;
  readonly entry: string;
  readonly input: string;
  readonly compare: string;
}

/** The document that an edit is for. */
export interface EditedDocument {
  readonly uri: string;
  readonly version: number;
  /** Whether the client rejects an edit that was made for another version. */
  readonly versioned: boolean;
  /** Whether the client shows the explanation of an edit in its preview. */
  readonly annotated: boolean;
}

const gap = '\u2009';

export const toProto = {
  range,

  /**
   * The tooltip is resolved later, using `data`. The label starts with a space because the padding alone is too narrow:
   * after a comment, the hint would look like a part of it.
   */
  inlayHint(lines: Lines, hint: Hint, data: HintData): InlayHint {
    return { position: lines.position(hint.at), label: `${gap}${hint.label}`, paddingLeft: true, data };
  },

  rowNumber(lines: Lines, { at, number }: RowNumber, data: HintData): InlayHint {
    return { position: lines.position(at), label: String(number), paddingRight: true, data };
  },

  hover(lines: Lines, hover: Hover): ProtocolHover {
    return { contents: { kind: 'markdown', value: hover.markdown }, range: range(lines, hover.range) };
  },

  /**
   * `uri` is passed if the client can show related places, `link` if it can open the page of a problem code (in place
   * of `{code}`).
   */
  diagnostic(
    lines: Lines,
    problem: Problem,
    uri: string | undefined,
    link: string | undefined,
    linesOf?: (file: string) => Lines | undefined,
  ): Diagnostic {
    const diagnostic: Diagnostic = {
      range: range(lines, problem.range),
      severity: severities[problem.severity],
      code: problem.code,
      source: 'flopline',
      message: textOf(problem),
    };
    if (link !== undefined) diagnostic.codeDescription = { href: link.replace('{code}', problem.code) };
    if (uri !== undefined && problem.related?.length)
      diagnostic.relatedInformation = problem.related.flatMap(({ range: place, message, file }) => {
        if (file === undefined) return [{ location: { uri, range: range(lines, place) }, message }];
        const other = linesOf?.(file);
        return other ? [{ location: { uri: uriOfPath(file), range: range(other, place) }, message }] : [];
      });
    return diagnostic;
  },

  /** `reported` are the client's diagnostics; the fix is attached to those it belongs to. */
  fix(
    lines: Lines,
    { problem, fix, preferred }: FixOffer,
    document: EditedDocument,
    reported: readonly Diagnostic[],
  ): CodeAction {
    return {
      title: fix.title,
      kind: CodeActionKind.QuickFix,
      isPreferred: preferred,
      ...ofDiagnostics(lines, reported, problem.code, problem.range),
      ...(fix.edits.length > 0 ? { edit: toProto.workspaceEdit(lines, fix.edits, document) } : {}),
      ...(fix.accepts ? { command: { title: fix.title, command: acceptCommand, arguments: [document.uri] } } : {}),
    };
  },

  /** A quick fix if it belongs to a reported diagnostic or finding, else a refactoring. */
  advice(
    lines: Lines,
    { answers, range: place, title, refused }: Advice,
    kind: CodeActionKind,
    reported: readonly Diagnostic[],
  ): CodeAction {
    return {
      title,
      kind,
      ...(kind === CodeActionKind.QuickFix ? ofDiagnostics(lines, reported, answers, place) : {}),
      ...(refused === null ? {} : { disabled: { reason: refused } }),
    };
  },

  /** The edit of a piece of advice, with its reasons for the client's preview. */
  adviceEdit(lines: Lines, { title, why, edits }: Advice, document: EditedDocument): WorkspaceEdit {
    return toProto.workspaceEdit(lines, edits, document, { label: title, description: why.replace(/\s+/g, ' ') });
  },

  ignore(
    lines: Lines,
    { problem, title, edits }: IgnoreOffer,
    document: EditedDocument,
    reported: readonly Diagnostic[],
  ): CodeAction {
    return {
      title,
      kind: CodeActionKind.QuickFix,
      ...ofDiagnostics(lines, reported, problem.code, problem.range),
      edit: toProto.workspaceEdit(lines, edits, document),
    };
  },

  workspaceEdit(
    lines: Lines,
    edits: readonly TextEdit[],
    { uri, version, versioned, annotated }: EditedDocument,
    annotation?: { readonly label: string; readonly description: string },
  ): WorkspaceEdit {
    const changes = toProto.textEdits(lines, edits);
    const textDocument = { uri, version };
    if (versioned && annotated && annotation) {
      return {
        documentChanges: [{ textDocument, edits: changes.map(change => ({ ...change, annotationId: 'why' })) }],
        // No confirmation: users who want to see the change first can open the preview.
        changeAnnotations: { why: { ...annotation, needsConfirmation: false } },
      };
    }
    return versioned ? { documentChanges: [{ textDocument, edits: changes }] } : { changes: { [uri]: changes } };
  },

  textEdits(lines: Lines, edits: readonly TextEdit[]): ProtocolTextEdit[] {
    return edits.map(({ from, to, text }) => ({ range: range(lines, { from, to }), newText: text }));
  },

  /** `commands` are the client's; a lens whose command is empty is plain text. */
  codeLens(lines: Lines, lens: Lens, uri: string, commands: LensCommands): CodeLens {
    const { title, tooltip, action } = lens;
    const run =
      action?.kind === 'input'
        ? {
            command: commands.input,
            arguments: [uri, action.name, range(lines, action.edit), action.edit.text] satisfies InputLensArguments,
          }
        : { command: commands[action?.kind ?? 'menu'] };
    return {
      range: range(lines, lens.range),
      command: tooltip === undefined ? { title, ...run } : { title, ...run, tooltip },
    };
  },

  documentSymbol(lines: Lines, symbol: SymbolNode): DocumentSymbol {
    return {
      // VS Code rejects the whole outline if one name is empty.
      name: symbol.name || symbol.kind,
      detail: symbol.detail,
      kind: symbolKinds[symbol.kind],
      range: range(lines, symbol.range),
      selectionRange: range(lines, symbol.selection),
      children: symbol.children.map(child => toProto.documentSymbol(lines, child)),
    };
  },
};

/** The client's diagnostics that a fix belongs to: those with its code and range. */
function ofDiagnostics(
  lines: Lines,
  reported: readonly Diagnostic[],
  code: string,
  place: Range,
): Pick<CodeAction, 'diagnostics'> {
  const { start } = range(lines, place);
  const own = reported.filter(
    ({ code: other, range: at }) =>
      other === code && at.start.line === start.line && at.start.character === start.character,
  );
  return own.length > 0 ? { diagnostics: own } : {};
}

function range(lines: Lines, { from, to }: Range): ProtocolRange {
  return { start: lines.position(from), end: lines.position(to) };
}

const severities: Record<Problem['severity'], DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const symbolKinds: Record<SymbolNode['kind'], SymbolKind> = {
  network: SymbolKind.Module,
  block: SymbolKind.Class,
  section: SymbolKind.Namespace,
  layer: SymbolKind.Field,
};
