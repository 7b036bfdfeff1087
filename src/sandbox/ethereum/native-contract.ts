/** A contract written in TypeScript behind its ABI: calldata in, return data out, an unknown selector reverts. */
import { decodeAbiParameters, encodeAbiParameters, toFunctionSelector } from 'viem/utils';
import type { Abi, AbiFunction, AbiParameterToPrimitiveType, Address, ContractFunctionName, Hex } from 'viem';
import { lower } from './addresses.js';
import { revert } from './execution.js';
import type { Call, Contract } from './execution.js';

type Values<P extends AbiFunction['inputs'], Way extends 'inputs' | 'outputs'> = { [I in keyof P]: AbiParameterToPrimitiveType<P[I], Way> };
type Inputs<F> = F extends AbiFunction ? Values<F['inputs'], 'inputs'> : never;
type Outputs<F> = F extends AbiFunction ? One<Values<F['outputs'], 'outputs'>> : never;
type One<T extends readonly unknown[]> = T extends readonly [] ? void : T extends readonly [infer Only] ? Only : T;
type Named<A extends Abi, N extends string> = Extract<A[number], { type: 'function'; name: N }>;

/** One for each name; overloads share theirs. Several results are a tuple. */
export type Handlers<A extends Abi> = {
  readonly [N in ContractFunctionName<A>]: (call: Call, ...args: Inputs<Named<A, N>>) => Outputs<Named<A, N>>;
};

interface Entry {
  readonly item: AbiFunction;
  readonly handler: (call: Call, ...args: readonly unknown[]) => unknown;
}

/** Every call costs this much before it does anything. */
const CALL_GAS = 800;

/** Addresses in the decoded arguments are lower case, as everywhere in the sandbox. */
export function nativeContract<const A extends Abi>(address: Address, abi: A, handlers: Handlers<A>): Contract {
  const entries = new Map<string, Entry>();
  for (const item of abi) {
    if (item.type === 'function') entries.set(toFunctionSelector(item), { item, handler: handlers[item.name as keyof Handlers<A>] as Entry['handler'] });
  }
  return {
    address,
    run: (call, data) => {
      call.execution.use(CALL_GAS);
      const entry = entries.get(data.slice(0, 10));
      if (entry === undefined) return revert();
      const result = entry.handler(call, ...argumentsOf(entry.item, data));
      const { outputs } = entry.item;
      if (outputs.length === 0) return '0x';
      return encodeAbiParameters(outputs, outputs.length === 1 ? [result] : (result as readonly unknown[]));
    },
  };
}

function argumentsOf(item: AbiFunction, data: Hex): readonly unknown[] {
  if (item.inputs.length === 0) return [];
  try {
    const decoded: readonly unknown[] = decodeAbiParameters(item.inputs, `0x${data.slice(10)}`);
    return decoded.map(withLowerCase);
  } catch {
    return revert(); // as the contracts' own decoding does
  }
}

function withLowerCase(value: unknown): unknown {
  if (typeof value === 'string') return lower(value);
  if (Array.isArray(value)) return value.map(withLowerCase);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withLowerCase(member)]));
  return value;
}
