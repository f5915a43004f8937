import * as l10n from '@vscode/l10n';
import { type FileReport, markdownReport, report as reportOf } from '../../core/index.ts';
import {
  answer,
  fileSchema,
  problemLines,
  problemRows,
  problemSchema,
  rowOf,
  rowSchema,
  section,
  totalsLine,
  totalsSchema,
  wordsOf,
} from '../answers.ts';
import { amount, count, has, list, takes, text } from '../schema.ts';
import { subjectOf, type Target, targetArguments } from '../subject.ts';
import type { Tool } from '../tool.ts';

const defaultTop = 10;

export const report = (): Tool => ({
  name: 'report',
  title: l10n.t('Cost of a network'),
  description: l10n.t(
    'What a neural network costs, read from its source without running it: MACs, FLOPs, parameters, memory and output shapes, in all and for the costliest layers, and the problems of the file with their fixes. Reads Ultralytics/YOLO YAML, Darknet cfg, Caffe prototxt, PyTorch models in Python and Flopline’s own *.net.yaml. Numbers are exact, or say why they are not. Use it before and after a change of a network.',
  ),
  input: takes(
    {
      ...targetArguments(),
      top: count(l10n.t('How many layers to list, the costliest first; 0 for totals alone. Default: {0}.', defaultTop)),
    },
    'file',
  ),
  output: has(
    {
      file: fileSchema(),
      format: text(),
      model: text(),
      input: has({}),
      totals: totalsSchema(),
      printed: text(l10n.t('What the network’s own framework prints.')),
      layerCount: amount(),
      layers: list(rowSchema(), l10n.t('The costliest layers.')),
      problems: list(problemSchema()),
      moreProblems: amount(),
      notes: list(text()),
    },
    'file',
    'totals',
    'layers',
    'problems',
  ),
  isReadOnly: true,
  async run({ top = defaultTop, ...target }: Target & { top?: number }, { access }) {
    const subject = await subjectOf(access, target);
    if ('refused' in subject) return subject;
    const { analysed, file, notes } = subject;
    const whole = reportOf(analysed, { file });
    const layers = costliest(whole).slice(0, top);
    const problems = problemRows(analysed);
    const words = wordsOf(analysed);
    const { format, model, input, totals, native, entries } = whole;
    const table = top === 0 ? `${file}: ${totalsLine(analysed)}` : markdownReport(whole, words, layers).trimEnd();
    const left = whole.layers.length - layers.length;
    return answer(
      [
        table,
        ...(top > 0 && left > 0
          ? ['', l10n.t('{0} of {1} layers, the costliest first.', layers.length, whole.layers.length)]
          : []),
        ...section(l10n.t('Problems:'), problemLines(problems)),
        ...section(
          l10n.t('Notes:'),
          notes.map(note => `- ${note}`),
        ),
      ],
      {
        file,
        format,
        model,
        input,
        totals,
        ...(native ? { printed: `${native.value.toFixed(1)} ${native.label}` } : {}),
        ...(entries ? { entries } : {}),
        layerCount: whole.layers.length,
        layers: layers.map(layer => ({ index: layer.index, ...rowOf(layer, words) })),
        problems: problems.rows,
        ...(problems.left > 0 ? { moreProblems: problems.left } : {}),
        ...(notes.length > 0 ? { notes } : {}),
      },
    );
  },
});

/** Layers that contain no others, costliest first. */
function costliest({ layers }: FileReport): FileReport['layers'] {
  return layers
    .filter(({ leaf }) => leaf !== false)
    .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0) || (b.params ?? 0) - (a.params ?? 0));
}
