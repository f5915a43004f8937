// Navigation: definitions, references, highlights, rename, call hierarchy; also folding and selection ranges.
import {
  type CallHierarchyItem,
  type CallHierarchyOptions,
  DocumentHighlightKind,
  type DocumentLink,
  FoldingRangeKind,
  LSPErrorCodes,
  ResponseError,
  SelectionRange,
  type ServerCapabilities,
  SymbolKind,
} from 'vscode-languageserver';
import {
  type Analysed,
  type Call,
  definitionOf,
  fedBy,
  feeding,
  foldings,
  highlights,
  Lines,
  layerAt,
  links,
  prepareRename,
  referencesTo,
  rename,
  selectionsAt,
  textOfFile,
  uriOfPath,
} from '../core/index.ts';
import { toProto } from './convert.ts';
import type { Session, Token } from './session.ts';

export const navigationCapabilities = {
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentLinkProvider: {},
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  callHierarchyProvider: {} satisfies CallHierarchyOptions,
} satisfies ServerCapabilities;

export function answerNavigation(session: Session): void {
  const { connection } = session;

  connection.onDefinition(({ textDocument: { uri }, position }, token) =>
    session.answer('definition', uri, token, null, analysed => {
      const { lines } = analysed.document;
      const found = definitionOf(analysed, lines.offset(position));
      if (!found) return null;
      const { file } = found;
      const text = file === undefined ? undefined : textOfFile(analysed.document, analysed.spec, file);
      if (file !== undefined && text === undefined) return null;
      const there = text === undefined ? lines : new Lines(text);
      const targetUri = file === undefined ? uri : uriOfPath(file);
      const [whole, at] = [toProto.range(there, found.whole), toProto.range(there, found.at)];
      if (!session.client.textDocument?.definition?.linkSupport) return { uri: targetUri, range: at };
      const from = found.from && { originSelectionRange: toProto.range(lines, found.from) };
      return [{ targetUri, targetRange: whole, targetSelectionRange: at, ...from }];
    }),
  );

  connection.onReferences(({ textDocument: { uri }, position, context }, token) =>
    session.answer('references', uri, token, null, analysed => {
      const { lines } = analysed.document;
      const found = referencesTo(analysed, lines.offset(position), context.includeDeclaration);
      return found.map(range => ({ uri, range: toProto.range(lines, range) }));
    }),
  );

  connection.onDocumentHighlight(({ textDocument: { uri }, position }, token) =>
    session.answer('highlights', uri, token, null, analysed => {
      const { lines } = analysed.document;
      const found = highlights(analysed, lines.offset(position));
      if (!found) return null;
      return found.map(({ range, writes }) => ({
        range: toProto.range(lines, range),
        kind: writes ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      }));
    }),
  );

  connection.onPrepareRename(async ({ textDocument: { uri }, position }, token) => {
    const found = await session.answer('prepare rename', uri, token, undefined, analysed => {
      const { lines } = analysed.document;
      const renaming = prepareRename(analysed, lines.offset(position));
      if (!renaming || 'refused' in renaming) return renaming;
      return { range: toProto.range(lines, renaming.range), placeholder: renaming.name };
    });
    if (found && 'refused' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.refused);
    return found ?? null;
  });

  connection.onRenameRequest(async ({ textDocument: { uri }, position, newName }, token) => {
    const found = await session.answer('rename', uri, token, undefined, analysed => {
      const { lines } = analysed.document;
      const renamed = rename(analysed, lines.offset(position), newName);
      if (!renamed || 'refused' in renamed) return renamed;
      return { edit: toProto.workspaceEdit(lines, renamed.edits, session.edited(uri)) };
    });
    if (found && 'refused' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.refused);
    return found?.edit ?? null;
  });

  connection.onDocumentLinks(({ textDocument: { uri } }, token) =>
    session.answer<DocumentLink[]>('links', uri, token, [], ({ document }) =>
      links(document).map(({ range, url, tooltip }) => ({
        range: toProto.range(document.lines, range),
        target: url,
        tooltip,
      })),
    ),
  );

  connection.onFoldingRanges(({ textDocument: { uri } }, token) =>
    session.answer('folding', uri, token, null, ({ document, spec }) => {
      // Editors fold programs by their own rules unless a server provides ranges.
      if (spec.program) return null;
      return foldings(document).map(({ first, last, isComment }) => ({
        startLine: first,
        endLine: last,
        ...(isComment && { kind: FoldingRangeKind.Comment }),
      }));
    }),
  );

  connection.onSelectionRanges(({ textDocument: { uri }, positions }, token) =>
    session.answer('selections', uri, token, null, ({ document, spec }) => {
      if (spec.program) return null;
      const { lines } = document;
      return positions.map(position => {
        const ranges = selectionsAt(document, lines.offset(position)).map(range => toProto.range(lines, range));
        // From the outermost range inwards; there is always at least the whole text.
        return ranges.reduceRight<SelectionRange | undefined>(
          (parent, range) => SelectionRange.create(range, parent),
          undefined,
        )!;
      });
    }),
  );

  connection.languages.callHierarchy.onPrepare(({ textDocument: { uri }, position }, token) =>
    session.answer('call hierarchy', uri, token, null, analysed => {
      // The call hierarchy of Python code comes from the Python extension.
      if (analysed.spec.program) return null;
      const layer = layerAt(analysed, analysed.document.lines.offset(position));
      return layer ? [callItem(analysed, uri, layer)] : null;
    }),
  );

  connection.languages.callHierarchy.onIncomingCalls(({ item }, token) =>
    neighbours(item, token, feeding).then(items => items.map(from => ({ from, fromRanges: [from.selectionRange] }))),
  );

  connection.languages.callHierarchy.onOutgoingCalls(({ item }, token) =>
    neighbours(item, token, fedBy).then(items => items.map(to => ({ to, fromRanges: [to.selectionRange] }))),
  );

  const neighbours = (
    { uri, selectionRange }: CallHierarchyItem,
    token: Token,
    find: (analysed: Analysed, offset: number) => readonly Call[],
  ): Promise<CallHierarchyItem[]> =>
    session.answer<CallHierarchyItem[]>('call hierarchy', uri, token, [], analysed =>
      find(analysed, analysed.document.lines.offset(selectionRange.start)).map(call => callItem(analysed, uri, call)),
    );
}

function callItem({ document: { lines } }: Analysed, uri: string, call: Call): CallHierarchyItem {
  return {
    name: call.name,
    detail: call.detail,
    kind: SymbolKind.Field,
    uri,
    range: toProto.range(lines, call.range),
    selectionRange: toProto.range(lines, call.selection),
  };
}
