// The words of the walkthrough, for package.nls.json.

/** A button that runs a command. */
function button(title: string, command: string): string {
  return `[${title}](command:${command})`;
}

export const walkthroughWords: readonly (readonly [string, string])[] = [
  ['flopline.walkthrough.title', 'Get Started with Flopline'],
  ['flopline.walkthrough.description', 'See what every line of a neural network costs, and make it cheaper.'],
  ...step(
    'open',
    'Open a network',
    `Any file that describes a network will do: a PyTorch module, a YOLO YAML, a Darknet cfg, a Caffe prototxt, or Flopline’s own \`*.net.yaml\`. Or begin with one of ours.\n${button('New Network…', 'flopline.newNetwork')}\n${button('Open an Example', 'flopline.openExample')}`,
    'Flopline’s icon',
  ),
  ...step(
    'hints',
    'Read the hints',
    'The end of each line says its output shape, its multiply-accumulates (MACs) and its parameters. ◔◑◕● mark the costliest lines. The totals stand above the network and in the status bar, and change as you type.',
    'GoogLeNet with a hint at the end of each line: 64×112×112, 118M MACs, 9.41k params',
  ),
  ...step(
    'hover',
    'Point at a line',
    'The hover has the formula with its numbers, memory, receptive field, and what is inside a block. Point at a number to see what it means.',
    'A hover on a convolution: its formula, its share of the network, memory and receptive field',
  ),
  ...step(
    'fixes',
    'Take a quick fix',
    'The light bulb offers changes that make a layer cheaper, each with what it saves: the change was made and counted before you see it. Mistakes have fixes too.',
    'The quick fixes of a wide convolution, each with its price',
  ),
  ...step(
    'cheaper',
    'Make it cheaper',
    `Say how much less the network may cost. Flopline searches for a few changes that reach it, and you choose among them.\n${button('Make It Cheaper…', 'flopline.makeCheaper')}`,
    'A list of changes that save 30 % of the MACs, with what each of them saves',
  ),
  ...step(
    'overview',
    'See where the cost is',
    `A flame graph and a table of all layers follow the cursor, and sweeps show the totals at other input sizes and scales.\n${button('Open Overview', 'flopline.openOverview')}`,
    'The overview of GoogLeNet beside its text: a flame graph of MACs and a table of layers',
  ),
  ...step(
    'compare',
    'Compare with what it was',
    `Behind each hint stands what an edit has changed, since the last commit, the last save or any other file.\n${button('Compare With…', 'flopline.compareWith')}`,
    'Hints with what has changed since the last save',
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
