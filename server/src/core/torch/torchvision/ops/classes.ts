// Parameters that take a class, such as `activation_layer=nn.ReLU`: known is only the default.
import * as l10n from '@vscode/l10n';
import type { Tensor } from '../../../graph/graph.ts';
import type { PyValue } from '../../../python/value.ts';
import type { Scope } from '../../layer.ts';
import type { Param } from '../../signature.ts';

const classOf = (name: string): string => `<class ${name}>`;

export const layerParam = (doc: () => string, name: string | null): Param => ({
  kind: 'any',
  doc: () => l10n.t('{0} Omit it, or use None.', doc()),
  default: name === null ? null : classOf(name),
});

/** Whether it is the default class: what else than None is written cannot be called. */
export function isClass(value: PyValue, name: string): boolean {
  return value === classOf(name);
}

export function refuseClass(scope: Scope, x: Tensor, attr: string, output: readonly number[]): Tensor {
  const message = l10n.t('`{0}` must be a class, which a row cannot express.', attr);
  const help = l10n.t('Omit it, or use None.');
  return scope.refuse({ code: 'fixed-argument', attr, message, help, output }, [x]);
}
