// Problems of PyTorch programs: what would raise an error when the network runs.
import type { ProblemExample } from './example.ts';
import { network } from './program.ts';

/** A network whose forward pass has these lines. */
const forward = (...lines: readonly string[]): Pick<ProblemExample, 'file' | 'text'> =>
  network(['self.conv = nn.Conv2d(3, 8, 1)'], ['x = self.conv(image)', ...lines, 'return x']);

export const problems: readonly ProblemExample[] = [
  {
    code: 'broadcast-mismatch',
    ...forward('x = x + torch.ones(5)'),
    why: 'Element-wise operators follow the broadcasting of NumPy and PyTorch: sizes are equal or 1, counted from the last axis.',
  },
  {
    code: 'matmul-size-mismatch',
    ...forward('x = x @ x[:, :, :5]'),
    why: 'The last axis of the first tensor is summed with the last but one of the second, so their sizes must be equal.',
  },
  {
    code: 'view-of-scattered-memory',
    ...forward('x = x.permute(0, 2, 3, 1).view(1, -1)'),
    why: '`view` copies nothing, so the elements must already lie in the new order in memory. After `permute`, `transpose` and `expand` they do not.',
  },
  {
    code: 'element-count-mismatch',
    ...forward('x = x.reshape(1, 8, 100)'),
    why: '`view` and `reshape` keep the number of elements.',
  },
  {
    code: 'not-an-integer',
    ...forward('x = x.view(1, 8 / 2, -1)'),
    why: 'In Python, / gives a float, even where it divides without a remainder. PyTorch takes no float as a size.',
  },
  {
    code: 'expand-mismatch',
    ...forward('x = x.expand(1, 16, -1, -1)'),
    why: '`expand` repeats axes of size 1 alone.',
  },
  {
    code: 'unflatten-mismatch',
    ...forward('x = x.unflatten(1, (3, 3))'),
    why: 'The new sizes must multiply to the size of the axis.',
  },
  {
    code: 'not-a-matrix',
    ...forward('x = x.t()'),
    why: '`t` transposes matrices. The last two axes of other tensors are swapped by `transpose(-2, -1)`.',
  },
  {
    code: 'unsupported-rank',
    ...forward('x = torch.diag(x)'),
    why: 'Some functions take tensors of certain numbers of dimensions alone.',
  },
  {
    code: 'narrow-out-of-range',
    ...forward('x = x.narrow(1, 4, 8)'),
    why: '`narrow` takes elements that exist, unlike a slice, which ends with the axis.',
  },
  {
    code: 'window-larger-than-axis',
    ...forward('x = x.unfold(1, 16, 1)'),
    why: '`Tensor.unfold` takes windows that lie within the axis.',
  },
  {
    code: 'roll-mismatch',
    ...forward('x = x.roll((1, 1), dims=(2,))'),
    why: 'Every shift belongs to one axis.',
  },
  {
    code: 'not-complex',
    ...forward('x = torch.view_as_complex(x[..., :3])'),
    why: 'The last axis holds real and imaginary parts: it has two elements.',
  },
  {
    code: 'index-out-of-range',
    ...forward('x = x[:, 8]'),
    why: 'Indices count from 0, negative ones from the end.',
  },
  {
    code: 'too-many-indices',
    ...forward('x = x[0, 0, 0, 0, 0]'),
    why: 'Every index takes one dimension, except None and `...`.',
  },
  {
    code: 'two-ellipses',
    ...forward('x = x[..., 0, ...]'),
    why: 'With two of them it would be open which dimensions each takes.',
  },
  {
    code: 'mask-shape-mismatch',
    ...forward('x = x[torch.ones(4, dtype=torch.bool)]'),
    why: 'A mask says of each element of the axes that it indexes whether it is taken.',
  },
  {
    code: 'index-of-floats',
    ...forward('x = x[:, torch.tensor([0.0, 1.0])]'),
    why: 'PyTorch indexes with integers and masks.',
  },
  {
    code: 'negative-step',
    ...forward('x = x[:, ::-1]'),
    why: 'Unlike NumPy, PyTorch does not slice backward.',
  },
  {
    code: 'index-shapes-mismatch',
    ...forward('x = x[[0, 0], [1, 2, 3]]'),
    why: 'Several lists of indices are taken together, element by element.',
  },
  {
    code: 'assignment-shape-mismatch',
    ...forward('x[:, 0] = torch.ones(5)'),
    why: 'What is assigned must have the shape of the part that is replaced; sizes of 1 are broadcast.',
  },
  {
    code: 'nothing-to-concatenate',
    ...forward('x = torch.cat([])'),
    why: '`torch.cat` needs one tensor at least.',
  },
  {
    code: 'nothing-to-stack',
    ...forward('x = torch.stack([])'),
    why: '`torch.stack` needs one tensor at least.',
  },
  {
    code: 'concat-of-scalars',
    ...forward('x = torch.cat([x.sum(), x.mean()])'),
    why: 'Tensors without axes have none along which they could be joined; `torch.stack` makes one.',
  },
  {
    code: 'concat-size-mismatch',
    ...forward('x = torch.cat([x, image[:, :, ::2]], dim=1)'),
    why: 'Tensors that are joined may differ only along the axis on which they are joined.',
  },
  {
    code: 'contracted-size-mismatch',
    ...forward('x = torch.tensordot(x, image, dims=([1], [1]))'),
    why: 'Axes that are summed over in pairs have the same size.',
  },
  {
    code: 'cdist-mismatch',
    ...forward('x = torch.cdist(x, x[..., :4])'),
    why: 'Distances are between vectors of the same length.',
  },
  {
    code: 'einsum-operands',
    ...forward("x = torch.einsum('bchw,bchw->bhw', x)"),
    why: 'The equation has one group of letters for each operand, separated by commas.',
  },
  {
    code: 'einsum-rank',
    ...forward("x = torch.einsum('bcn,bcm->bnm', x, x)"),
    why: 'The equation has one letter for each dimension of an operand.',
  },
  {
    code: 'einsum-size-mismatch',
    ...forward("x = torch.einsum('bchw,bcij->bhwij', x, image)"),
    why: 'The same letter has the same size everywhere; only a size of 1 is broadcast.',
  },
  {
    code: 'einsum-output-axis',
    ...forward("x = torch.einsum('bchw->bz', x)"),
    why: 'What the output has comes from an operand.',
  },
  {
    code: 'mean-of-integers',
    ...forward('x = x.long().mean(1)'),
    why: 'PyTorch keeps the type of the elements, and a mean of integers is a fraction.',
  },
  {
    code: 'reduction-of-nothing',
    ...forward('x = x[:, 8:].amax(1)'),
    why: 'A maximum of nothing has no value.',
  },
  {
    code: 'subtraction-of-booleans',
    ...forward('x = x * (1 - (x > 0))'),
    why: 'PyTorch refuses to subtract booleans; a mask is negated by ~.',
  },
  {
    code: 'in-place-shape-mismatch',
    ...forward('x.add_(torch.ones(2, 8, 1, 1))'),
    why: 'A tensor keeps its shape when it is changed in place.',
  },
  {
    code: 'in-place-type-mismatch',
    ...forward('count = torch.ones(4, dtype=torch.int64)', 'count += 0.5'),
    why: 'A tensor keeps its type when it is changed in place.',
  },
  {
    code: 'in-place-on-expanded',
    ...forward('mask = torch.zeros(1, 4).expand(3, 4)', 'mask += 1'),
    why: 'After `expand` the repeated elements are one element in memory.',
  },
  {
    code: 'copy-shape-mismatch',
    ...forward('x.copy_(image)'),
    why: '`copy_` writes into the memory of the tensor; what is copied must fit in.',
  },
  {
    code: 'ragged-list',
    ...forward('x = x + torch.tensor([[1.0, 2.0], [3.0]]).sum()'),
    why: 'A tensor is a grid: lists in lists have the same length.',
  },
  {
    code: 'range-runs-away',
    ...forward('x = x + torch.arange(8, 0, 1).sum()'),
    why: 'The step leads from the start to the end.',
  },
  {
    code: 'not-a-vector',
    ...forward('x, y = torch.meshgrid(x, torch.arange(4))'),
    why: '`torch.meshgrid` makes a grid of the elements of vectors.',
  },
  {
    code: 'unused-result',
    ...forward('y = x * 2'),
    why: 'What is computed and not read costs time in PyTorch too, which computes line by line. Names that begin with an underscore, and what is read in training alone, are not reported.',
  },
  {
    code: 'module-never-called',
    ...network(['self.conv = nn.Conv2d(3, 8, 1)', 'self.extra = nn.Conv2d(8, 8, 3)'], ['return self.conv(image)']),
    why: 'A module that is an attribute is registered: its parameters are saved, loaded and trained, whether forward calls it or not. What is called in training alone is not reported.',
  },
  {
    code: 'import-not-found',
    file: 'net.py',
    text: [
      'from missing import Block',
      'from torch import nn',
      '',
      '',
      'class Net(nn.Module):',
      '    def __init__(self):',
      '        super().__init__()',
      '        self.conv = nn.Conv2d(3, 8, 1)',
      '        self.block = Block(8)',
      '',
      '    def forward(self, image):',
      '        return self.block(self.conv(image))',
      '',
    ].join('\n'),
    why: 'Imports are resolved in the folders around the file and in the Python environment that was named; their source is read and never run. Where a network uses one that was not found, its totals are lower bounds. What the network does not use (loggers, plots) is not reported.',
  },
  {
    code: 'unknown-input',
    ...network(['self.scale = nn.Parameter(torch.ones(1))'], ['return image * self.scale']),
    why: 'An input is guessed from what the first layer takes. Where that says nothing, a comment has to, or the code that calls the network under `if __name__ == "__main__"`.',
  },
];
