// YOLOv3 and YOLOv3-tiny as Darknet cfgs, written out from the papers' tables (Redmon, Farhadi: YOLOv3, table 1).

export function yolov3({ classes = 80, size = 416 } = {}): string {
  const file = new File(size);
  // Darknet-53: a stride of 2, followed by this many residual blocks.
  file.conv(32, 3);
  const ends: number[] = [];
  for (const [filters, blocks] of [
    [64, 1],
    [128, 2],
    [256, 8],
    [512, 8],
    [1024, 4],
  ] as const) {
    file.conv(filters, 3, 2);
    for (let block = 0; block < blocks; block++) {
      file.conv(filters / 2, 1);
      file.conv(filters, 3);
      file.section('shortcut', 'from=-3', 'activation=linear');
    }
    ends.push(file.last);
  }
  const anchors = 'anchors=10,13, 16,30, 33,23, 30,61, 62,45, 59,119, 116,90, 156,198, 373,326';
  for (const [at, filters] of [512, 256, 128].entries()) {
    if (at > 0) {
      file.section('route', 'layers=-4');
      file.conv(filters, 1);
      file.section('upsample', 'stride=2');
      file.section('route', `layers=-1, ${ends.at(-1 - at)}`);
    }
    for (let pair = 0; pair < 3; pair++) {
      file.conv(filters, 1);
      file.conv(filters * 2, 3);
    }
    file.head(3 * (classes + 5));
    file.section(
      'yolo',
      `mask=${[6, 3, 0].map(first => `${first},${first + 1},${first + 2}`)[at]}`,
      anchors,
      `classes=${classes}`,
      'num=9',
    );
  }
  return file.text;
}

export function yolov3Tiny({ classes = 80, size = 416 } = {}): string {
  const file = new File(size);
  for (const filters of [16, 32, 64, 128, 256, 512]) {
    file.conv(filters, 3);
    file.section('maxpool', 'size=2', `stride=${filters < 512 ? 2 : 1}`);
  }
  file.conv(1024, 3);
  file.conv(256, 1);
  const anchors = 'anchors=10,14, 23,27, 37,58, 81,82, 135,169, 344,319';
  file.conv(512, 3);
  file.head(3 * (classes + 5));
  file.section('yolo', 'mask=3,4,5', anchors, `classes=${classes}`, 'num=6');
  file.section('route', 'layers=-4');
  file.conv(128, 1);
  file.section('upsample', 'stride=2');
  file.section('route', 'layers=-1, 8');
  file.conv(256, 3);
  file.head(3 * (classes + 5));
  file.section('yolo', 'mask=0,1,2', anchors, `classes=${classes}`, 'num=6');
  return file.text;
}

class File {
  text: string;
  /** The number of the last layer. */
  last = -1;

  constructor(size: number) {
    this.text = `[net]\nbatch=64\nsubdivisions=16\nwidth=${size}\nheight=${size}\nchannels=3\n`;
  }

  section(type: string, ...lines: readonly string[]): void {
    this.text += `\n[${type}]\n${lines.join('\n')}\n`;
    this.last++;
  }

  conv(filters: number, size: number, stride = 1): void {
    this.section(
      'convolutional',
      'batch_normalize=1',
      `filters=${filters}`,
      `size=${size}`,
      `stride=${stride}`,
      'pad=1',
      'activation=leaky',
    );
  }

  head(filters: number): void {
    this.section('convolutional', 'size=1', 'stride=1', 'pad=1', `filters=${filters}`, 'activation=linear');
  }
}
