// Choices per file: what another one would give, and the comment that makes it.
import { type Analysed, choices, commentEdits, outcome } from '../core/index.ts';
import type { DocumentChoice, Requests } from '../protocol/index.ts';
import { toProto } from './convert.ts';
import type { Session } from './session.ts';

export function answerChoices(session: Session): void {
  session.on('flopline/outcome', ({ textDocument: { uri }, key, value }, token) =>
    session.answer<Requests['flopline/outcome']['result']>('outcome', uri, token, null, analysed =>
      outcome(analysed, key, value ?? undefined),
    ),
  );

  session.on('flopline/choiceEdits', ({ textDocument: { uri }, key, value }, token) =>
    session.answer<Requests['flopline/choiceEdits']['result']>('choice', uri, token, null, ({ document }) => ({
      version: session.workspace.version(uri)!,
      edits: toProto.textEdits(document.lines, commentEdits(document, key, value ?? undefined)),
    })),
  );
}

/** The choices of a document, with places as the protocol counts them. */
export function documentChoices(analysed: Analysed): DocumentChoice[] {
  const { lines } = analysed.document;
  return choices(analysed).map(({ range, ...choice }) => ({
    ...choice,
    ...(range ? { range: toProto.range(lines, range) } : {}),
  }));
}
