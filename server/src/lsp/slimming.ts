// “Make It Cheaper…”: searches for a few changes that reach a budget, and applies those that the user selects.
import * as l10n from '@vscode/l10n';
import { WorkDoneProgress } from 'vscode-languageserver';
import {
  type Analysed,
  type Budget,
  budgetFor,
  budgetText,
  isWithin,
  limitedText,
  parseBudget,
  type Slimmed,
  type SlimProgress,
  slim,
  slimmed,
  totalsText,
} from '../core/index.ts';
import type { SlimAnswer, SlimItem, SlimPicked } from '../protocol/index.ts';
import { toProto } from './convert.ts';
import { nobody, type Session } from './session.ts';

export function answerSlimming(session: Session): void {
  const { connection, workspace } = session;

  session.on('flopline/checkBudget', ({ textDocument: { uri }, budget }, token) =>
    session.answerNetwork<string | null>('budget', uri, token, null, analysed => {
      const meant = budgetOf(analysed, budget);
      return typeof meant === 'string' ? meant : null;
    }),
  );

  session.on('flopline/slim', ({ textDocument: { uri }, budget: text, workDoneToken }, token) =>
    session.answerNetwork<SlimAnswer | null>('slim', uri, token, null, async analysed => {
      const budget = budgetOf(analysed, text);
      if (typeof budget === 'string') return null;
      const version = workspace.version(uri)!;
      let taken = 0;
      let reported = '';
      const report = (step: SlimProgress): void => {
        if (step.kind === 'step') taken++;
        else if (workDoneToken !== undefined) {
          const share = `${Math.floor((100 * step.tried) / step.of)} %`;
          const message = l10n.t('{0} of the changes tried, {1} made', share, taken);
          if (message === reported) return;
          reported = message;
          connection.sendProgress(WorkDoneProgress.type, workDoneToken, { kind: 'report', message }).catch(nobody);
        }
      };
      const found = await session.paced(uri, token, slim(analysed, budget), report);
      if (!found) return null;
      const { before, after } = found;
      const steps = slimItems(analysed, found, budget);
      const limit = budgetText(budget, before, analysed.model.convention.name);
      return { version, budget: limit, reached: isWithin(after, budget), before, steps };
    }),
  );

  session.on('flopline/slimmed', ({ textDocument: { uri }, version, budget: text, choices }, token) =>
    session.answerNetwork<SlimPicked | null>('slim', uri, token, null, async analysed => {
      const budget = budgetOf(analysed, text);
      if (typeof budget === 'string' || version !== workspace.version(uri)) return null;
      const found = await session.paced(uri, token, slimmed(analysed, choices));
      if (!found) return null;
      const { before, after, edits } = found;
      return {
        totals: totalsText(after, before, analysed.model.convention),
        reached: isWithin(after, budget),
        steps: slimItems(analysed, found, budget),
        edits: toProto.textEdits(analysed.document.lines, edits),
      };
    }),
  );
}

/** What a budget means for a network, or an error message. */
function budgetOf({ model }: Analysed, text: string): Budget | string {
  const wishes = parseBudget(text);
  if (typeof wishes === 'string') return wishes;
  const { macs, params } = model.totals;
  return budgetFor(wishes, { macs: macs.value, params: params.value });
}

function slimItems({ document: { lines }, model }: Analysed, { steps, before }: Slimmed, budget: Budget): SlimItem[] {
  return steps.map(({ advice: { change, price, layer, after }, choice }) => ({
    choice,
    layer,
    change,
    price,
    line: lines.lineAt(choice.origin),
    after,
    running: limitedText(budget, after, before, model.convention),
  }));
}
