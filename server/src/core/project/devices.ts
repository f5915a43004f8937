// Built-in devices, with the peak performance that their makers publish. A project may add others, or override one of
// these by using its name.
import * as l10n from '@vscode/l10n';

export interface BuiltInDevice {
  /** The full name: `NVIDIA A100 80 GB (SXM)`. */
  readonly label: () => string;
  readonly kind: () => string;
  /** The source of the numbers. */
  readonly source: string;
  /** How the numbers follow from the source; undefined if it states them directly. */
  readonly derived: (() => string) | undefined;
  /** Operations per second by data type, without sparsity; a multiply-accumulate is two. */
  readonly flops: ReadonlyMap<string, number>;
  /** Bytes per second between memory and processor. */
  readonly bandwidth: number;
}

export const builtInDevices: ReadonlyMap<string, BuiltInDevice> = new Map([
  [
    'a100',
    {
      label: () => 'NVIDIA A100 80 GB (SXM)',
      kind: () => l10n.t('data-center GPU'),
      source: 'NVIDIA A100 Tensor Core GPU Datasheet, 2021',
      derived: undefined,
      flops: new Map([
        ['fp32', 19.5e12],
        ['fp16', 312e12],
        ['bf16', 312e12],
        ['int8', 624e12],
      ]),
      bandwidth: 2039e9,
    },
  ],
  [
    'apple-m2',
    {
      label: () => l10n.t('Apple M2, 10-core GPU'),
      kind: () => l10n.t('laptop GPU'),
      source: 'Apple Newsroom, “Apple unveils M2”, 2022 (bandwidth); Apple’s WWDC keynote, June 6, 2022 (speed)',
      derived: () =>
        l10n.t(
          'Apple states the speed for 32-bit floats alone, and not in writing: 10 cores with 128 multiply-adds per cycle at 1.4 GHz give the same.',
        ),
      flops: new Map([['fp32', 3.6e12]]),
      bandwidth: 100e9,
    },
  ],
  [
    'snapdragon-865',
    {
      label: () => l10n.t('Qualcomm Snapdragon 865, four fast CPU cores'),
      kind: () => l10n.t('phone'),
      source: 'Qualcomm Snapdragon 865 Product Brief, 2019; Arm Cortex-A77 Software Optimization Guide',
      derived: () =>
        l10n.t(
          'One core at 2.84 GHz and three at 2.42 GHz start two 128-bit vector multiply-adds per cycle; LPDDR5 at 2,750 MHz on 64 bits.',
        ),
      flops: new Map([
        ['fp32', 161.6e9],
        ['fp16', 323.2e9],
        ['int8', 646.4e9],
      ]),
      bandwidth: 44e9,
    },
  ],
  [
    'stm32h743',
    {
      label: () => 'STMicroelectronics STM32H743',
      kind: () => l10n.t('microcontroller'),
      source: 'ST DS12110 (STM32H743); Arm Cortex-M7 Processor Technical Reference Manual (tightly coupled memory)',
      derived: () =>
        l10n.t(
          'One multiply-add in 32-bit floats, or two in integers, per cycle at 480 MHz, which is an upper bound: Arm publishes no timing of this core. Tightly coupled memory gives 64 bits per cycle.',
        ),
      flops: new Map([
        ['fp32', 0.96e9],
        ['int8', 1.92e9],
      ]),
      bandwidth: 3.84e9,
    },
  ],
]);

/** A built-in device by name, in the form that a project has. */
export function builtInDevice(
  name: string,
): { readonly flops: ReadonlyMap<string, { readonly value: number }>; readonly bandwidth: number } | undefined {
  const found = builtInDevices.get(name);
  return (
    found && {
      flops: new Map([...found.flops].map(([dtype, value]) => [dtype, { value }])),
      bandwidth: found.bandwidth,
    }
  );
}
