// Estimates a lower bound for the time of each layer on a device, with the roofline model.
import * as l10n from '@vscode/l10n';
import { roofline } from '../analysis/roofline.ts';
import type { Analysed } from '../pipeline.ts';
import { type BuiltInDevice, builtInDevices } from '../project/index.ts';
import { bytesOf } from '../settings/index.ts';
import { sentences } from '../text/sentences.ts';
import type { OverviewSite } from './overview.ts';
import { partsOf } from './parts.ts';
import { certaintySign } from './wording.ts';

export interface TimeDevice {
  readonly name: string;
  /** The full name. */
  readonly label: string;
  /** The source of its numbers. */
  readonly source: string;
}

export interface Time {
  readonly devices: readonly TimeDevice[];
  /** The selected device. */
  readonly device: string;
  readonly dtype: string;
  readonly batch: number;
  /** Operations and bytes per second; undefined if the device has no figure for the data type. */
  readonly roof: { readonly operations: number; readonly bandwidth: number } | undefined;
  /** Why there is no estimate. */
  readonly why: string | undefined;
  /** In seconds, for the batch. */
  readonly seconds: number;
  readonly sign: string;
  readonly rows: readonly TimeRow[];
}

export interface TimeRow {
  readonly name: string;
  readonly type: string;
  readonly sites: readonly OverviewSite[];
  /** Operations (a multiply-accumulate is two) and bytes of memory traffic; null if unknown. */
  readonly operations: number | null;
  readonly bytes: number | null;
  readonly seconds: number | null;
}

/** The roofline of a network on a device; on the first one if it is not given or unknown. */
export function time(analysed: Analysed, wanted: string | undefined): Time {
  const { model, settings, document } = analysed;
  const own = document.source.project?.devices ?? new Map();
  const devices: TimeDevice[] = [...own.keys()].map(name => ({ name, label: name, source: 'flopline.yaml' }));
  for (const [name, device] of builtInDevices) {
    if (!own.has(name)) devices.push({ name, label: labelOf(device), source: sourceOf(device) });
  }
  const device = devices.find(({ name }) => name === wanted)?.name ?? devices[0]!.name;
  const { dtype, batch } = settings;
  const written = own.get(device)?.value;
  const builtIn = builtInDevices.get(device);
  const operations = written ? written.flops?.get(dtype)?.value : builtIn?.flops.get(dtype);
  const bandwidth = written ? written.bandwidth : builtIn?.bandwidth;
  const base = { devices, device, dtype, batch };
  if (operations === undefined || bandwidth === undefined) {
    const why =
      operations === undefined
        ? l10n.t('It is not known how many operations per second “{0}” does in {1}.', device, dtype)
        : l10n.t('`devices` does not say the bandwidth of “{0}”.', device);
    return { ...base, roof: undefined, why, seconds: 0, sign: '', rows: [] };
  }
  const roof = { operations, bandwidth };
  const estimate = roofline(model, { ...roof, bytesPerElement: bytesOf[dtype], batch });
  const rows = partsOf(analysed).flatMap((part): readonly TimeRow[] => {
    let compute = 0;
    let traffic = 0;
    let seconds = 0;
    for (const { first, end } of part.stretches) {
      seconds += estimate.of({ first, end }).value;
      for (let id = first; id < end; id++) {
        const own = estimate.ofNode(model.graph.nodes[id]!);
        compute += own.compute;
        traffic += own.traffic;
      }
    }
    // Layers without arithmetic or traffic take no time.
    if (compute === 0 && traffic === 0) return [];
    const isKnown = !Number.isNaN(compute) && !Number.isNaN(traffic);
    return [
      {
        name: part.name,
        type: part.type === part.name ? '' : part.type,
        sites: part.range ? [{ range: part.range, ...(part.file === undefined ? {} : { file: part.file }) }] : [],
        operations: Number.isNaN(compute) ? null : compute * operations,
        bytes: Number.isNaN(traffic) ? null : traffic * bandwidth,
        seconds: isKnown ? seconds : null,
      },
    ];
  });
  return { ...base, roof, why: undefined, seconds: estimate.total.value, sign: certaintySign(estimate.total), rows };
}

function labelOf({ label, kind }: BuiltInDevice): string {
  return `${label()} (${kind()})`;
}

function sourceOf({ source, derived }: BuiltInDevice): string {
  return derived ? sentences(`${source}.`, derived()) : source;
}
