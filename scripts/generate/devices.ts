// Generates the table of built-in devices in docs/overview.md.

import { si } from '../../server/src/core/index.ts';
import { builtInDevices } from '../../server/src/core/project/index.ts';
import { table } from './markdown.ts';

const types = ['fp32', 'fp16', 'bf16', 'int8'] as const;

export function deviceTable(): Readonly<Record<string, string>> {
  const rows = [...builtInDevices].map(([name, { label, kind, source, flops, bandwidth }]) => [
    `\`${name}\``,
    `${label()}, ${kind()}`,
    ...types.map(type => (flops.has(type) ? si(flops.get(type)!) : '–')),
    `${bandwidth / 1e9} GB/s`,
    source,
  ]);
  return { devices: table(['Device', 'What it is', ...types.map(type => `ops/s ${type}`), 'Memory', 'Source'], rows) };
}
