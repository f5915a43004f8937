// The texts of the walkthrough, for package.nls.json.
import * as l10n from '@vscode/l10n';

/** A button that runs a command. */
function button(title: string, command: string): string {
  return `[${title}](command:${command})`;
}

export const walkthroughWords = (): readonly (readonly [string, string])[] => [
  ['flopline.walkthrough.title', l10n.t('Get Started with Flopline')],
  ['flopline.walkthrough.description', l10n.t('See what every line of a neural network costs, and make it cheaper.')],
  ...step(
    'open',
    l10n.t('Open a network'),
    l10n.t(
      'Any file that describes a network will do: a PyTorch module, a YOLO YAML, a Darknet cfg, a Caffe prototxt, or Flopline’s own *.net.yaml. Or begin with one of ours.\n{0}\n{1}',
      button(l10n.t('New Network…'), 'flopline.newNetwork'),
      button(l10n.t('Open an Example'), 'flopline.openExample'),
    ),
    l10n.t('Flopline’s icon'),
  ),
  ...step(
    'hints',
    l10n.t('Read the hints'),
    l10n.t(
      'The end of each line says its output shape, its multiply-accumulates (MACs) and its parameters. ◔◑◕● mark the costliest lines. The totals are above the network and in the status bar, and change as you type.',
    ),
    l10n.t('GoogLeNet with a hint at the end of each line: shape, MACs and parameters'),
  ),
  ...step(
    'hover',
    l10n.t('Point at a line'),
    l10n.t(
      'The hover has the formula with its numbers, memory, receptive field, and what is inside a block. Point at a number to see what it means.',
    ),
    l10n.t('A hover on a convolution: its formula, its share of the network, memory and receptive field'),
  ),
  ...step(
    'fixes',
    l10n.t('Take a quick fix'),
    l10n.t(
      'The light bulb offers changes that make a layer cheaper, each with what it saves: the change was made and counted before you see it. Mistakes have fixes too.',
    ),
    l10n.t('The quick fixes of a wide convolution, each with its price'),
  ),
  ...step(
    'cheaper',
    l10n.t('Make it cheaper'),
    l10n.t(
      'Say how much less the network may cost. Flopline searches for a few changes that reach it, and you choose among them.\n{0}',
      button(l10n.t('Make It Cheaper…'), 'flopline.makeCheaper'),
    ),
    l10n.t('A list of changes that save 30 % of the MACs, with what each of them saves'),
  ),
  ...step(
    'overview',
    l10n.t('See where the cost is'),
    l10n.t(
      'A flame graph and a table of all layers follow the cursor, and sweeps show the totals at other input sizes and scales.\n{0}',
      button(l10n.t('Open Overview'), 'flopline.openOverview'),
    ),
    l10n.t('The overview of GoogLeNet beside its text: a flame graph of MACs and a table of layers'),
  ),
  ...step(
    'compare',
    l10n.t('Compare with what it was'),
    l10n.t(
      'Each hint ends with what an edit has changed, since the last commit, the last save or any other file.\n{0}',
      button(l10n.t('Compare With…'), 'flopline.compareWith'),
    ),
    l10n.t('Hints with what has changed since the last save'),
  ),
];

function step(id: string, title: string, description: string, picture: string): readonly (readonly [string, string])[] {
  const key = `flopline.walkthrough.${id}`;
  return [
    [`${key}.title`, title],
    [`${key}.description`, description],
    [`${key}.picture`, picture],
  ];
}
