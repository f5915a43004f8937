// `numpy`, as far as scalars and small arrays are computed.
import { type Module, unknownModule } from './module.ts';
export const numpy: Module = unknownModule('numpy');
export const numpyModules: Readonly<Record<string, Module>> = {};
