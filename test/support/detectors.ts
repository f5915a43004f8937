// Detectors in the style of YOLO families, but smaller, each with something that makes it hard to slim.
export interface Detector {
  readonly title: string;
  readonly file: string;
  readonly text: string;
}

/** Two scales, a group of rows with residual modules that must have equal widths, a repeated row. */
const attention = `# A detector with C3k2 and attention
nc: 20
scales: # [depth, width, max_channels]
  n: [0.50, 0.25, 1024] # small
  m: [0.50, 1.00, 512] # larger

backbone:
  # [from, repeats, module, args]
  - [-1, 1, Conv, [64, 3, 2]] # 0-P1/2
  - [-1, 1, Conv, [128, 3, 2]] # 1-P2/4
  - [-1, 2, C3k2, [256, False, 0.25]]
  - [-1, 1, Conv, [256, 3, 2]] # 3-P3/8
  - [-1, 4, C3k2, [512, False, 0.25]]
  - [-1, 1, Conv, [512, 3, 2]] # 5-P4/16
  - [-1, 2, C3k2, [512, True]]
  - [-1, 1, Conv, [1024, 3, 2]] # 7-P5/32
  - [-1, 2, C3k2, [1024, True]]
  - [-1, 1, SPPF, [1024, 5, 3, True]] # 9
  - [-1, 2, C2PSA, [1024]] # 10

head:
  - [-1, 1, nn.Upsample, [None, 2, "nearest"]]
  - [[-1, 6], 1, Concat, [1]] # cat P4
  - [-1, 2, C3k2, [512, False]] # 13

  - [-1, 1, nn.Upsample, [None, 2, "nearest"]]
  - [[-1, 4], 1, Concat, [1]] # cat P3
  - [-1, 2, C3k2, [256, False]] # 16

  - [-1, 1, Conv, [256, 3, 2]]
  - [[-1, 13], 1, Concat, [1]]
  - [-1, 2, C3k2, [512, False]] # 19

  - [[16, 19], 1, Detect, [nc]] # Detect(P3, P4)
`;

const split = `# A detector with C2f
nc: 20
scales:
  n: [0.33, 0.25, 1024]
  x: [1.00, 1.25, 512]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]  # 0
  - [-1, 1, Conv, [128, 3, 2]]  # 1
  - [-1, 3, C2f, [128, True]]
  - [-1, 1, Conv, [256, 3, 2]]
  - [-1, 6, C2f, [256, True]]
  - [-1, 1, Conv, [512, 3, 2]]
  - [-1, 6, C2f, [512, True]]
  - [-1, 1, SPPF, [512, 5]]  # 7
head:
  - [-1, 1, nn.Upsample, [None, 2, "nearest"]]
  - [[-1, 4], 1, Concat, [1]]
  - [-1, 3, C2f, [256]]  # 10
  - [-1, 1, Conv, [256, 3, 2]]
  - [[-1, 7], 1, Concat, [1]]
  - [-1, 3, C2f, [512]]  # 13
  - [[10, 13], 1, Detect, [nc]]
`;

const anchored = `# Anchors, in lists of one bracket
nc: 20  # classes
depth_multiple: 0.33  # depth
width_multiple: 0.50  # width
anchors:
  - [10,13, 16,30, 33,23]
  - [30,61, 62,45, 59,119]
backbone:
  [[-1, 1, Conv, [64, 6, 2, 2]],  # 0
   [-1, 1, Conv, [128, 3, 2]],  # 1
   [-1, 3, C3, [128]],
   [-1, 1, Conv, [256, 3, 2]],
   [-1, 9, C3, [256]],
   [-1, 1, Conv, [512, 3, 2]],
   [-1, 6, C3, [512]],
   [-1, 1, SPPF, [512, 5]],  # 7
  ]
head:
  [[-1, 1, Conv, [256, 1, 1]],
   [-1, 1, nn.Upsample, [None, 2, 'nearest']],
   [[-1, 4], 1, Concat, [1]],
   [-1, 3, C3, [256, False]],  # 11
   [-1, 1, Conv, [256, 3, 2]],
   [[-1, 8], 1, Concat, [1]],
   [-1, 3, C3, [512, False]],  # 14
   [[11, 14], 1, Detect, [nc, anchors]],
  ]
`;

/** An ELAN written out layer by layer. */
const writtenOut = `# flopline: dialect=yolov7
nc: 20
depth_multiple: 1.0
width_multiple: 1.0
anchors:
  - [10,13, 16,30, 33,23]
  - [30,61, 62,45, 59,119]
backbone:
  [[-1, 1, Conv, [32, 3, 2]],  # 0
   [-1, 1, Conv, [64, 3, 2]],

   [-1, 1, Conv, [32, 1, 1]],
   [-2, 1, Conv, [32, 1, 1]],
   [-1, 1, Conv, [32, 3, 1]],
   [-1, 1, Conv, [32, 3, 1]],
   [[-1, -2, -3, -4], 1, Concat, [1]],
   [-1, 1, Conv, [64, 1, 1]],  # 7

   [-1, 1, MP, []],
   [-1, 1, Conv, [64, 1, 1]],
   [-2, 1, Conv, [64, 1, 1]],
   [-1, 1, Conv, [64, 3, 1]],
   [-1, 1, Conv, [64, 3, 1]],
   [-1, 1, Conv, [64, 3, 1]],
   [-1, 1, Conv, [64, 3, 1]],
   [[-1, -3, -5, -6], 1, Concat, [1]],
   [-1, 1, Conv, [128, 1, 1]],  # 16

   [-1, 1, MP, []],
   [-1, 1, Conv, [128, 3, 1]],
   [-1, 1, Conv, [128, 3, 1]],
   [[-1, -2], 1, Shortcut, [0]],
   [-1, 1, SPPCSPC, [128]],  # 21
  ]
head:
  [[16, 1, Conv, [128, 3, 1]],
   [21, 1, Conv, [256, 3, 1]],
   [[22, 23], 1, Detect, [nc, anchors]],
  ]
`;

const hidden = `# Hidden channels of their own
nc: 20
backbone:
  - [-1, 1, Conv, [32, 3, 2]] # 0
  - [-1, 1, Conv, [64, 3, 2]] # 1
  - [-1, 1, RepNCSPELAN4, [128, 64, 32, 3]] # 2
  - [-1, 1, AConv, [128]] # 3
  - [-1, 1, RepNCSPELAN4, [128, 128, 64, 3]] # 4
  - [-1, 1, ADown, [192]] # 5
  - [-1, 1, RepNCSPELAN4, [192, 192, 96, 3]] # 6
  - [-1, 1, SPPELAN, [192, 96]] # 7
head:
  - [-1, 1, nn.Upsample, [None, 2, "nearest"]]
  - [[-1, 4], 1, Concat, [1]]
  - [-1, 1, RepNCSPELAN4, [128, 128, 64, 3]] # 10
  - [[10, 7], 1, Detect, [nc]]
`;

export const detectors: readonly Detector[] = [
  { title: 'C3k2, a summing SPPF and attention', file: 'attention.yaml', text: attention },
  { title: 'C2f', file: 'split.yaml', text: split },
  { title: 'C3 and anchors', file: 'anchored.yaml', text: anchored },
  { title: 'an ELAN written out, and a sum of rows', file: 'written-out.yaml', text: writtenOut },
  { title: 'RepNCSPELAN4', file: 'hidden.yaml', text: hidden },
];
