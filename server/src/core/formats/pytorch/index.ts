export { mayHoldNetwork } from './recognise.ts';
