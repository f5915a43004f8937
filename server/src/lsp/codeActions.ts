// Code actions: fixes, advice with its price, and comments that silence a problem.
import * as l10n from '@vscode/l10n';
import {
  type CodeAction,
  CodeActionKind,
  CodeActionTriggerKind,
  LSPErrorCodes,
  ResponseError,
} from 'vscode-languageserver';
import {
  type Advice,
  type Analysed,
  adviceCandidates,
  type Candidate,
  candidateKey,
  commentFixes,
  fixes,
  ignores,
  priceAdvice,
  type Range,
} from '../core/index.ts';
import type { Budgets } from './budgets.ts';
import { type AdviceData, fromProto, toProto } from './convert.ts';
import type { Session } from './session.ts';

/** The kind an editor requests on save, if the user has configured it. */
export const fixAllKind: CodeActionKind = `${CodeActionKind.SourceFixAll}.flopline`;

/** More than a single line has: a long selection is not priced until the user asks for it. */
const manyCandidates = 48;

export function answerCodeActions(session: Session, budgets: Budgets): void {
  const { connection, workspace } = session;

  connection.onCodeAction(({ textDocument: { uri }, range, context }, token) =>
    session.answer<CodeAction[]>('code actions', uri, token, [], async analysed => {
      const asks = (kind: CodeActionKind): boolean =>
        context.only?.some(wanted => wanted === '' || kind === wanted || kind.startsWith(`${wanted}.`)) ?? true;
      const { lines } = analysed.document;
      // It changes the whole file, so it is offered only on request.
      const edits = context.only && asks(fixAllKind) ? commentFixes(analysed) : [];
      const fixAll: CodeAction[] =
        edits.length === 0
          ? []
          : [
              {
                title: l10n.t('Update all outdated comments'),
                kind: fixAllKind,
                edit: toProto.workspaceEdit(lines, edits, session.edited(uri)),
              },
            ];
      if (!asks(CodeActionKind.QuickFix) && !asks(CodeActionKind.RefactorRewrite)) return fixAll;
      const place = fromProto.range(lines, range);
      const document = session.edited(uri);
      const reported = context.diagnostics;
      const wantsFixes = asks(CodeActionKind.QuickFix);
      const rewrites = asks(CodeActionKind.RefactorRewrite);
      const found: CodeAction[] = [...fixAll];
      if (wantsFixes) found.push(...fixes(analysed, place).map(offer => toProto.fix(lines, offer, document, reported)));
      if (wantsFixes) {
        const isAsked = context.triggerKind !== CodeActionTriggerKind.Automatic;
        for (const { problem, fix } of await budgets.offers(uri, analysed, place, isAsked, token))
          found.push(toProto.fix(lines, { problem, fix, preferred: false }, document, reported));
      }
      const candidates = adviceAt(analysed, place).filter(
        ({ kind }) => rewrites || (wantsFixes && kind === 'quickfix'),
      );
      // The editor only checks whether to show its light bulb. With a repository's reader, each trial reads Python
      // again.
      const isLong = candidates.length > manyCandidates || analysed.spec.reader !== undefined;
      const many = context.triggerKind === CodeActionTriggerKind.Automatic && isLong;
      const offers = await session.paced(uri, token, priced(uri, analysed, many ? [] : candidates));
      if (!offers) return [];
      const { disabledSupport, resolveSupport, dataSupport } = session.client.textDocument?.codeAction ?? {};
      const resolvesEdits = (dataSupport && resolveSupport?.properties.includes('edit')) ?? false;
      for (const { advice, data } of offers) {
        if (advice.refused !== null && !disabledSupport) continue;
        const kind =
          wantsFixes && advice.kind === 'quickfix' ? CodeActionKind.QuickFix : CodeActionKind.RefactorRewrite;
        const action = toProto.advice(lines, advice, kind, reported);
        if (advice.refused !== null) found.push(action);
        else if (resolvesEdits) found.push({ ...action, data });
        else found.push({ ...action, edit: toProto.adviceEdit(lines, advice, document) });
      }
      if (wantsFixes)
        found.push(...ignores(analysed, place).map(offer => toProto.ignore(lines, offer, document, reported)));
      return found;
    }),
  );

  connection.onCodeActionResolve(async (action, token) => {
    if (!Array.isArray(action.data)) return action;
    const [number, version, from, key] = action.data as unknown as AdviceData;
    const uri = workspace.numbered(number);
    const resolved =
      uri === undefined
        ? undefined
        : await session.answer('code action', uri, token, undefined, analysed => {
            if (version !== workspace.version(uri)) return undefined;
            const candidate = adviceCandidates(analysed, { from, to: from }).find(other => candidateKey(other) === key);
            const advice = candidate && priceAdvice(analysed, candidate);
            if (!advice) return undefined;
            return { ...action, edit: toProto.adviceEdit(analysed.document.lines, advice, session.edited(uri)) };
          });
    if (resolved) return resolved;
    throw new ResponseError(LSPErrorCodes.ContentModified, l10n.t('The text has changed since this was offered.'));
  });

  /** Prices candidates, yielding after each. */
  function* priced(
    uri: string,
    analysed: Analysed,
    candidates: readonly Candidate[],
  ): Generator<void, { readonly advice: Advice; readonly data: AdviceData }[]> {
    const found: { readonly advice: Advice; readonly data: AdviceData }[] = [];
    const version = workspace.version(uri)!;
    for (const candidate of candidates) {
      const advice = priceAdvice(analysed, candidate);
      if (advice)
        found.push({ advice, data: [workspace.number(uri), version, candidate.range.from, candidateKey(candidate)] });
      yield;
    }
    return found;
  }
}

/** Candidates at a place; in the margin or a comment, those on its line. */
function adviceAt(analysed: Analysed, place: Range): readonly Candidate[] {
  const { lines } = analysed.document;
  const found = adviceCandidates(analysed, place);
  const line = lines.lineAt(place.from);
  if (found.length > 0 || line !== lines.lineAt(place.to)) return found;
  return adviceCandidates(analysed, lines.range(line));
}
