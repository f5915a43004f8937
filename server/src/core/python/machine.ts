// What natives and formats see of the machine that runs Python. (Values and the machine know each other; one file holds both.)
export type { Activation, Hooks, Machine, MachineOptions, NativeModules } from './objects.ts';
