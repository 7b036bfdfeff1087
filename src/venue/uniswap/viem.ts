/** viem's pure functions, loaded when the first is needed: an engine without this venue never does. */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export function viemUtils(): typeof import('viem/utils') {
  return load('viem/utils') as typeof import('viem/utils');
}

export function viemAccounts(): typeof import('viem/accounts') {
  return load('viem/accounts') as typeof import('viem/accounts');
}
