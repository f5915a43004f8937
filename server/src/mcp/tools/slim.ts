import * as l10n from '@vscode/l10n';
import {
  type BudgetWish,
  budgetFor,
  budgetText,
  isWithin,
  parseBudget,
  slim as search,
  shareChange,
} from '../../core/index.ts';
import {
  answer,
  cannotWrite,
  changeLines,
  changeOf,
  changeSchemas,
  countsSchema,
  fileSchema,
  writeArgument,
} from '../answers.ts';
import { amount, flag, has, list, takes, text } from '../schema.ts';
import { subjectOf, type Target, targetArguments } from '../subject.ts';
import type { Tool } from '../tool.ts';

interface Arguments extends Target {
  readonly macs?: string;
  readonly params?: string;
  readonly scales?: boolean;
  readonly write?: boolean;
}

export const slim = (): Tool => ({
  name: 'slim',
  title: l10n.t('Bring a network within a budget'),
  description: l10n.t(
    'Searches for a few changes that bring a network within a budget of MACs or parameters. Every step is made on the text and counted again. Answers the steps, the totals and the whole change as a diff; the file is written only with “write”: true, and only if the budget is reached. May take several seconds.',
  ),
  input: takes(
    {
      ...targetArguments(),
      macs: text(l10n.t('A limit such as 300M or 0.7x (of the cost now), or a reduction such as -30%.')),
      params: text(l10n.t('A limit such as 2M, or a reduction such as -50%.')),
      scales: flag(l10n.t('Also change the scale in effect: its depth, width and channel limit.')),
      write: writeArgument(),
    },
    'file',
  ),
  output: has(
    {
      file: fileSchema(),
      budget: has({ macs: amount(), params: amount() }),
      reached: flag(),
      why: text(l10n.t('Why it is not reached, or not for certain.')),
      before: countsSchema(l10n.t('Totals of the network as it is.')),
      after: countsSchema(l10n.t('Totals with all steps.')),
      steps: list(
        has({ line: amount(), title: text(), after: countsSchema(l10n.t('Totals with this step and all before it.')) }),
      ),
      ...changeSchemas(),
    },
    'file',
    'reached',
    'before',
    'after',
    'steps',
    'diff',
    'written',
  ),
  isReadOnly: false,
  async run({ macs, params, scales = false, write = false, ...target }: Arguments, context) {
    const refusal = cannotWrite({ ...target, write });
    if (refusal) return refusal;
    const wishes: BudgetWish[] = [];
    for (const [metric, written] of [
      ['macs', macs],
      ['params', params],
    ] as const) {
      const read = written === undefined ? [] : parseBudget(written, metric);
      if (typeof read === 'string') return { refused: read };
      wishes.push(...read);
    }
    if (wishes.length === 0) return { refused: l10n.t('Give a budget: “macs” or “params”, such as 300M or -30%.') };
    const subject = await subjectOf(context.access, target);
    if ('refused' in subject) return subject;
    const { analysed, file } = subject;
    const { lines } = analysed.document;
    const { totals, convention } = analysed.model;
    const now = { macs: totals.macs.value, params: totals.params.value };
    const budget = budgetFor(wishes, now);
    if (typeof budget === 'string') return { refused: budget };
    const steps: { line: number; title: string; after: { macs: number; params: number } }[] = [];
    const found = search(analysed, budget, { scales });
    let next = found.next();
    for (; !next.done; next = found.next()) {
      const event = next.value;
      if (event.kind === 'trial')
        context.progress(event.tried, event.of, l10n.t('{0} of {1} changes tried', event.tried, event.of));
      else {
        const { advice, choice } = event.step;
        const { after, title } = advice;
        steps.push({ line: lines.lineAt(choice.origin) + 1, title, after: { macs: after.macs, params: after.params } });
      }
      await context.turn();
      if (context.isCancelled()) return { refused: l10n.t('Cancelled.') };
    }
    const { before, after, edits } = next.value;
    const complete =
      (budget.macs === undefined || totals.macs.complete) && (budget.params === undefined || totals.params.complete);
    const reached = complete && isWithin(after, budget);
    const change = changeOf(subject, edits, write && reached);
    if ('refused' in change) return change;
    const goal = budgetText(budget, now, convention.name);
    const why = reached
      ? undefined
      : complete
        ? l10n.t('No more changes that Flopline knows save anything.')
        : (totals.why?.message ?? l10n.t('Part of the network is unknown.'));
    const counts = (each: typeof before) => ({ macs: each.macs, params: each.params });
    return answer(
      [
        reached ? l10n.t('Reached: {0}.', goal) : l10n.t('Not reached: {0}. {1}', goal, why!),
        l10n.t('MACs {0}, params {1}.', shareChange(after.macs, before.macs), shareChange(after.params, before.params)),
        ...steps.map(({ line, title }, at) => `${at + 1}. ${l10n.t('Line {0}: {1}', line, title)}`),
        ...changeLines(change, file),
      ],
      {
        file,
        budget,
        reached,
        ...(why === undefined ? {} : { why }),
        before: counts(before),
        after: counts(after),
        steps,
        ...change,
      },
    );
  },
});
