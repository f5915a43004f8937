// Which file has which instruction.
import { operations } from '../../code.ts';
import { attributes } from './attributes.ts';
import { calls } from './calls.ts';
import { classes } from './classes.ts';
import { containers } from './containers.ts';
import { exceptions } from './exceptions.ts';
import { functions } from './functions.ts';
import { generators } from './generators.ts';
import { imports } from './imports.ts';
import type { Instruction, Instructions } from './instruction.ts';
import { items } from './items.ts';
import { jumps } from './jumps.ts';
import { loops } from './loops.ts';
import { matching } from './match.ts';
import { operators } from './operators.ts';
import { strings } from './strings.ts';
import { unknowns } from './unknown.ts';
import { unpacking } from './unpacking.ts';
import { variables } from './variables.ts';
import { contexts } from './with.ts';

const byName: Instructions = {
  ...variables,
  ...attributes,
  ...items,
  ...calls,
  ...operators,
  ...jumps,
  ...containers,
  ...unpacking,
  ...loops,
  ...functions,
  ...classes,
  ...generators,
  ...exceptions,
  ...contexts,
  ...imports,
  ...strings,
  ...unknowns,
  ...matching,
};

/** By the number of the operation. The loop itself does what is short and frequent. */
export const instructions: readonly (Instruction | undefined)[] = operations.map(name => byName[name]);
