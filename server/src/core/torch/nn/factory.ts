// The last two parameters of most constructors in torch.nn.
import * as l10n from '@vscode/l10n';
import { ignored } from '../signature.ts';

export const factory = {
  device: ignored(() => l10n.t('Device of its parameters; costs do not depend on it.'), null),
  dtype: ignored(() => l10n.t('Data type of its parameters; costs do not depend on it.'), null),
} as const;
