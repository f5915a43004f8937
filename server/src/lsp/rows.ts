// Commands on the row at the cursor.
import { rowCommands, rowEdits } from '../core/index.ts';
import type { Requests } from '../protocol/index.ts';
import { fromProto, toProto } from './convert.ts';
import type { Session } from './session.ts';

export function answerRows(session: Session): void {
  session.on('flopline/rowEdits', ({ textDocument: { uri }, position, command }, token) =>
    session.answerNetwork<Requests['flopline/rowEdits']['result']>('row command', uri, token, null, analysed => {
      if (!rowCommands.includes(command)) return null;
      const { lines } = analysed.document;
      const found = rowEdits(analysed, fromProto.range(lines, { start: position, end: position }).from, command);
      if ('refused' in found) return found;
      // The row numbers in the resulting text are right, even if they look wrong.
      session.workspace.expect(uri, found.text);
      return {
        version: session.workspace.version(uri)!,
        edits: toProto.textEdits(lines, found.edits),
        ...(found.message === undefined ? {} : { message: found.message }),
        selection: toProto.range(found.lines, found.selection),
      };
    }),
  );
}
