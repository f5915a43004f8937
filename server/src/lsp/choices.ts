// Choices per file: the totals another value would give, and the edits of the comment that sets it.
import {
  type Analysed,
  choices,
  commentEdits,
  otherOutcome,
  outcome,
  preparationWith,
  sweepPoint,
  sweeps,
} from '../core/index.ts';
import type { DocumentChoice, Requests } from '../protocol/index.ts';
import { toProto } from './convert.ts';
import type { Others } from './others.ts';
import type { Session } from './session.ts';

export function answerChoices(session: Session, others: Others): void {
  session.on('flopline/outcome', ({ textDocument: { uri }, key, value }, token) =>
    session.answerNetwork<Requests['flopline/outcome']['result']>('outcome', uri, token, null, async analysed => {
      const known = key === 'entry' ? otherOutcome(others.of(analysed), value ?? undefined) : undefined;
      if (known) return known;
      const steps = preparationWith(analysed, key, value ?? undefined);
      // If the text was replaced in the meantime, the answer would be outdated.
      if (steps && (await session.paced(uri, token, done(steps))) === undefined) return null;
      return outcome(analysed, key, value ?? undefined);
    }),
  );

  session.on('flopline/sweeps', ({ textDocument: { uri } }, token) =>
    session.answerNewest<Requests['flopline/sweeps']['result']>('sweeps', uri, token, null, sweeps),
  );

  session.on('flopline/sweepPoint', ({ textDocument: { uri }, key, value }, token) =>
    session.answerNewest<Requests['flopline/sweepPoint']['result']>('sweep', uri, token, null, async analysed => {
      const steps = key === 'width' ? undefined : preparationWith(analysed, key, value);
      if (steps && (await session.paced(uri, token, done(steps))) === undefined) return null;
      return sweepPoint(analysed, key, value);
    }),
  );

  session.on('flopline/choiceEdits', ({ textDocument: { uri }, key, value }, token) =>
    session.answerNetwork<Requests['flopline/choiceEdits']['result']>('choice', uri, token, null, ({ document }) => ({
      version: session.workspace.version(uri)!,
      edits: toProto.textEdits(document.lines, commentEdits(document, key, value ?? undefined)),
    })),
  );
}

function* done(steps: Generator<void, void>): Generator<void, true> {
  yield* steps;
  return true;
}

/** The choices of a document, with ranges converted to the protocol's. */
export function documentChoices(analysed: Analysed): DocumentChoice[] {
  const { lines } = analysed.document;
  return choices(analysed).map(({ range, ...choice }) => ({
    ...choice,
    ...(range ? { range: toProto.range(lines, range) } : {}),
  }));
}
