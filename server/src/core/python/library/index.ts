// The modules of the standard library that are known.
import type { NativeModules } from '../machine.ts';

export const libraryModules: NativeModules = new Map();
