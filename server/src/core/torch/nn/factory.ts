// The last two parameters of most constructors in torch.nn.
import { ignored } from '../signature.ts';

export const factory = {
  device: ignored('Device of its parameters; costs do not depend on it.', null),
  dtype: ignored('Data type of its parameters; costs do not depend on it.', null),
} as const;
