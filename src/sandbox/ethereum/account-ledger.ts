/** The funded account as the chain has it at its head, to the last unit of each token; gas is paid in ether and told apart. */
import { formatScaled } from '../../model/decimal.js';
import type { Ledger } from '../control.js';
import { TOPIC } from './abi.js';
import { lower } from './addresses.js';
import type { Log } from './block.js';
import type { Located } from './chain.js';
import type { EthereumNode } from './node.js';
import { balanceSlot } from './state.js';
import type { Token } from './token.js';
import type { Transaction } from './transaction.js';

const ETHER_DECIMALS = 18;

export function accountLedger(node: EthereumNode): Ledger {
  const { chain, deployment, account, sent } = node;
  const { state } = chain.head;
  const locked = (decimals: number): string => formatScaled(0n, decimals);
  const balances: Ledger['balances'] = { ETH: { free: formatScaled(state.get(balanceSlot(account.address)), ETHER_DECIMALS), locked: locked(ETHER_DECIMALS) } };
  for (const token of deployment.tokens) {
    const { symbol, decimals } = token.spec;
    balances[symbol] = { free: formatScaled(token.balanceOf(state, account.address), decimals), locked: locked(decimals) };
  }
  const own = sent.filter(({ from }) => from === account.address);
  return {
    balances,
    orders: own.map((transaction) => orderOf(node, transaction)),
    trades: own.flatMap(({ hash }) => tradeOf(node, chain.locate(hash))),
  };
}

function orderOf({ chain, pool }: EthereumNode, { hash, nonce, to, data: input }: Transaction): Record<string, unknown> {
  const located = chain.locate(hash);
  if (located === undefined) return { hash, nonce, to, input, status: pool.get(hash) === undefined ? 'dropped' : 'pending' };
  const { block, mined: { status, gasUsed, effectiveGasPrice } } = located;
  return {
    hash, nonce, to, input, status: status === 1 ? 'mined' : 'reverted', blockNumber: block.number, gasUsed,
    gasFee: formatScaled(BigInt(gasUsed) * effectiveGasPrice, ETHER_DECIMALS),
  };
}

/** A transaction that gave one token and got another. */
function tradeOf(node: EthereumNode, located: Located | undefined): Record<string, unknown>[] {
  if (located === undefined) return [];
  const { mined: { transaction: { hash }, logs }, block } = located;
  const account = node.account.address;
  const gave = logs.find((log) => isTransfer(log) && partyOf(log, 1) === account);
  const got = logs.find((log) => isTransfer(log) && partyOf(log, 2) === account);
  if (gave === undefined || got === undefined) return [];
  const told = (log: Log): { token: string; amount: string } => {
    const token = node.deployment.tokens.find(({ spec }) => spec.address === log.address)!;
    return { token: token.spec.symbol, amount: amountOf(token, log) };
  };
  const [paid, received] = [told(gave), told(got)];
  return [{ hash, blockNumber: block.number, tokenIn: paid.token, amountIn: paid.amount, tokenOut: received.token, amountOut: received.amount }];
}

function isTransfer({ topics }: Log): boolean {
  return topics[0] === TOPIC.transfer;
}

function partyOf({ topics }: Log, position: number): string {
  return lower(`0x${topics[position].slice(-40)}`);
}

function amountOf({ spec: { decimals } }: Token, { data }: Log): string {
  return formatScaled(BigInt(data), decimals);
}
