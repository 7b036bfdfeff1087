/** The sandbox Ethereum node without sockets: its chain, its pools against the engine's own arithmetic, what it refuses and how it turns back. */
import t from 'tap';
import { privateKeyToAccount } from 'viem/accounts';
import { decodeAbiParameters, encodeFunctionData } from 'viem/utils';
import type { Address, Hex } from 'viem';
import { ERC20_ABI, QUOTER_ABI, TOPIC, V2_ROUTER_ABI, V3_ROUTER_ABI } from '../../src/sandbox/ethereum/abi.js';
import { QUOTER, USDT, V2_ROUTER, V3_ROUTER, WETH } from '../../src/sandbox/ethereum/addresses.js';
import { accountLedger } from '../../src/sandbox/ethereum/account-ledger.js';
import { NO_ANSWER } from '../../src/sandbox/ethereum/rpc.js';
import { Layer } from '../../src/sandbox/ethereum/state.js';
import { Token } from '../../src/sandbox/ethereum/token.js';
import { TOKENS } from '../../src/sandbox/ethereum/tokens.js';
import { V3Pool as PoolContract } from '../../src/sandbox/ethereum/v3-pool.js';
import { Prng } from '../../src/sandbox/market/prng.js';
import { MAX_SQRT_RATIO, MIN_SQRT_RATIO } from '../../src/venue/uniswap/tick-math.js';
import { v2AmountOut } from '../../src/venue/uniswap/v2.js';
import { V3Pool } from '../../src/venue/uniswap/v3-pool.js';
import { testChain } from '../fixtures/ethereum-node.js';
import type { TestChain } from '../fixtures/ethereum-node.js';
import { absent, recordedLogs, recordedStates } from '../fixtures/uniswap-captures.js';

const GWEI = 1_000_000_000n;
const MAX_UINT256 = (1n << 256n) - 1n;
const SEED = 20_261_126;

interface Notification {
  readonly params: { readonly subscription: string; readonly result: { number?: Hex; blockNumber?: Hex; removed?: boolean; address?: Address; topics?: readonly Hex[] } };
}

/** Signs for the funded account. */
async function signed(chain: TestChain, nonce: number, to: Address, data: Hex, fields: { gas?: bigint; maxFeePerGas?: bigint; maxPriorityFeePerGas?: bigint; value?: bigint; chainId?: number; key?: Hex } = {}): Promise<Hex> {
  const { key = chain.node.account.privateKey, ...rest } = fields;
  return privateKeyToAccount(key).signTransaction({ type: 'eip1559', chainId: 1, nonce, to, data, gas: 400_000n, maxFeePerGas: 10n * GWEI, maxPriorityFeePerGas: 2n * GWEI, value: 0n, ...rest });
}

const approval = (spender: Address, amount: bigint = MAX_UINT256): Hex => encodeFunctionData({ abi: ERC20_ABI, functionName: 'approve', args: [spender, amount] });

/** Sell USDT for WETH on the 0.05 % pool. */
function buyEther(recipient: Address, amountIn: bigint, amountOutMinimum: bigint, fee = 500): Hex {
  const params = { tokenIn: USDT, tokenOut: WETH, fee, recipient, amountIn, amountOutMinimum, sqrtPriceLimitX96: 0n };
  return encodeFunctionData({ abi: V3_ROUTER_ABI, functionName: 'exactInputSingle', args: [params] });
}

t.test('one seed, one chain: the same hashes, another seed has others', (t) => {
  const [a, b, other] = [testChain(SEED), testChain(SEED), testChain(SEED + 1)];
  for (const chain of [a, b, other]) chain.pass(60);
  t.equal(a.node.chain.head.number, a.node.chain.first + 61);
  t.equal(a.node.chain.head.hash, b.node.chain.head.hash);
  t.not(a.node.chain.head.hash, other.node.chain.head.hash);
  for (let number = a.node.chain.first + 1; number <= a.node.chain.head.number; number++) t.equal(a.node.chain.at(number)!.parentHash, a.node.chain.at(number - 1)!.hash);
  t.end();
});

t.test('what the logs tell of every pool is what its contract holds, and what the quoter says is the engine\'s own arithmetic', async (t) => {
  const chain = testChain(SEED);
  chain.pass(400);
  const { node } = chain;
  const { state } = node.chain.head;
  const prng = new Prng(`${SEED}:quotes`);
  const counts = { swaps: 0, changes: 0 };
  for (const contract of node.deployment.pools) {
    const pool = new V3Pool(contract.fee, contract.tickSpacing);
    for (let number = node.chain.first; number <= node.chain.head.number; number++) {
      for (const { address, topics, data } of node.chain.at(number)!.logs) {
        if (address !== contract.address) continue;
        const words = (data.slice(2).match(/.{64}/g) ?? []).map((text) => BigInt(`0x${text}`));
        if (topics[0] === TOPIC.initialize) pool.moveTo({ price: words[0], liquidity: 0n, tick: Number(BigInt.asIntN(24, words[1])) });
        if (topics[0] === TOPIC.v3Swap) {
          pool.moveTo({ price: words[2], liquidity: words[3], tick: Number(BigInt.asIntN(24, words[4])) });
          counts.swaps++;
        }
        if (topics[0] === TOPIC.v3Mint || topics[0] === TOPIC.v3Burn) {
          const [low, high] = [topics[2], topics[3]].map((topic) => Number(BigInt.asIntN(24, BigInt(topic))));
          if (!pool.changeLiquidity(low, high, topics[0] === TOPIC.v3Mint ? words[1] : -words[0])) t.fail('more was burnt than was there');
          counts.changes++;
        }
      }
    }
    t.same([pool.price, pool.liquidity, pool.tick], [contract.price(state), contract.liquidity(state), contract.tick(state)], `${contract.address}: price, liquidity, tick`);
    for (let i = 0; i < 40; i++) {
      const zeroForOne = prng.uniform() < 0.5;
      const exactIn = prng.uniform() < 0.5;
      const [tokenIn, tokenOut] = zeroForOne ? [contract.token0, contract.token1] : [contract.token1, contract.token0];
      const amount = BigInt(Math.round(10 ** (exactIn ? tokenIn : tokenOut).spec.decimals * prng.logBetween(0.001, 3_000)));
      const question = { tokenIn: tokenIn.spec.address, tokenOut: tokenOut.spec.address, amountIn: amount, amount, fee: contract.fee, sqrtPriceLimitX96: 0n };
      const quoted = pool.quote(zeroForOne, amount, exactIn);
      const functionName = exactIn ? 'quoteExactInputSingle' : 'quoteExactOutputSingle';
      const answer = await chain.ask('eth_call', { to: QUOTER, data: encodeFunctionData({ abi: QUOTER_ABI, functionName, args: [question] }) }, 'latest');
      if (typeof answer !== 'string') {
        t.match(answer, { code: 3 }, 'more than the pool has');
        t.ok(quoted === undefined || (!exactIn && quoted.amountOut < amount));
        continue;
      }
      const [result, price, crossed] = decodeAbiParameters([{ type: 'uint256' }, { type: 'uint160' }, { type: 'uint32' }, { type: 'uint256' }], answer as Hex);
      if (!(quoted !== undefined && result === (exactIn ? quoted.amountOut : quoted.amountIn) && price === quoted.price && crossed === quoted.crossed)) t.fail(`${functionName} of ${amount}: ${result} ${price} ${crossed}`, { quoted });
    }
  }
  t.ok(counts.swaps > 500 && counts.changes > 40, 'there was something to tell');
  for (const pair of node.deployment.pairs) {
    const [reserve0, reserve1] = pair.reserves(state);
    t.same([reserve0, reserve1], [pair.token0, pair.token1].map((token) => token.balanceOf(state, pair.address)), 'reserves are balances');
  }
});

t.test('pools stay near the fair price, leave it now and then by more than their fee, and come back', (t) => {
  const chain = testChain(SEED);
  const { node } = chain;
  const far = new Map(node.markets.map((market) => [market, { away: 0, back: 0 }]));
  for (let i = 0; i < 400; i++) {
    chain.pass(1);
    for (const market of node.markets) {
      const awayBps = Math.abs(market.price(node.chain.head.state) / chain.fair(market.spec.fair) - 1) * 10_000;
      if (awayBps > market.feeBps + 6) far.get(market)!.away++;
      else if (awayBps <= market.feeBps + 1.5) far.get(market)!.back++;
    }
  }
  for (const [{ name }, { away, back }] of far) t.ok(away > 5 && back > away, `${name}: ${away} blocks far beyond its fee, ${back} within`);
  chain.market.frozen = true;
  chain.pass(1);
  chain.events.length = 0;
  chain.pass(3);
  t.same(chain.events.map(({ added: [{ logs }] }) => logs.length), [0, 0, 0], 'blocks go on while the market stands still, and nobody trades in them');
  t.end();
});

t.test('a pool contract with recorded ticks swaps as the engine\'s arithmetic does', { skip: absent }, (t) => {
  const prng = new Prng(`${SEED}:recorded`);
  let swaps = 0;
  for (const { pool } of recordedStates()) {
    const contract = new PoolContract(new Token(TOKENS.USDC), new Token(TOKENS.WETH), pool.feePpm, pool.tickSpacing);
    const state = new Layer(null);
    for (const [name, value] of Object.entries({ price: pool.price, tick: BigInt(pool.tick), liquidity: pool.liquidity })) state.set(`${contract.address} ${name}`, value);
    for (const { index, net } of pool.ticks.all) {
      const compressed = Math.floor(index / pool.tickSpacing);
      state.set(`${contract.address} net ${index}`, net);
      state.set(`${contract.address} word ${compressed >> 8}`, state.get(`${contract.address} word ${compressed >> 8}`) | (1n << BigInt(compressed & 255)));
    }
    for (let i = 0; i < 60; i++) {
      const zeroForOne = i % 2 === 0;
      const amount = BigInt(Math.round(prng.logBetween(1, 1e15)));
      const quoted = pool.quote(zeroForOne, amount, i % 4 < 2);
      if (quoted === undefined) continue;
      const traced = contract.trace(state, { zeroForOne, amount: i % 4 < 2 ? amount : -amount, limit: zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n });
      const [amountIn, amountOut] = zeroForOne ? [traced.amount0, -traced.amount1] : [traced.amount1, -traced.amount0];
      const same = amountIn === quoted.amountIn && amountOut === quoted.amountOut && traced.price === quoted.price && traced.tick === quoted.tick && traced.liquidity === quoted.liquidity && traced.crossed === quoted.crossed;
      if (!same) t.fail(`swap of ${amount}`, { quoted, traced });
      swaps++;
    }
  }
  t.ok(swaps > 300, `${swaps} swaps`);
  t.end();
});

t.test('transactions are refused in the words of geth', async (t) => {
  const chain = testChain(SEED);
  chain.pass(1);
  const refused = async (raw: Hex): Promise<string> => ((await chain.ask('eth_sendRawTransaction', raw)) as { message: string; code: number }).message;
  const good = await signed(chain, 0, USDT, approval(V3_ROUTER));
  t.match(await chain.ask('eth_sendRawTransaction', good), /^0x[0-9a-f]{64}$/);
  t.equal(await refused(good), 'already known');
  t.equal(await refused(await signed(chain, 0, USDT, approval(V3_ROUTER), { maxFeePerGas: 10_500_000_000n, maxPriorityFeePerGas: 2_100_000_000n })), 'replacement transaction underpriced');
  t.match(await chain.ask('eth_sendRawTransaction', await signed(chain, 0, USDT, approval(V3_ROUTER), { maxFeePerGas: 11n * GWEI, maxPriorityFeePerGas: 2_200_000_000n })), /^0x/, 'a tenth more replaces it');
  t.equal(await chain.ask('eth_getTransactionCount', chain.node.account.address, 'latest'), '0x0');
  t.equal(await chain.ask('eth_getTransactionCount', chain.node.account.address, 'pending'), '0x1');
  chain.pass(1);
  t.equal(await refused(await signed(chain, 0, USDT, approval(V2_ROUTER))), 'nonce too low: next nonce 1, tx nonce 0');
  t.match(await refused(await signed(chain, 1, USDT, '0x', { value: 10n ** 21n })), /^insufficient funds for gas \* price \+ value: balance \d+, tx cost \d+, overshot \d+$/);
  t.match(await refused(await signed(chain, 0, USDT, '0x', { key: `0x${'17'.repeat(32)}` })), /^insufficient funds/, 'nobody else has ether');
  t.match(await refused(await signed(chain, 1, USDT, approval(V2_ROUTER), { gas: 21_000n })), /^intrinsic gas too low: gas 21000, minimum needed 21\d{3}$/);
  t.equal(await refused(await signed(chain, 1, USDT, '0x', { gas: 40_000_000n })), 'exceeds block gas limit');
  t.equal(await refused(await signed(chain, 1, USDT, '0x', { maxPriorityFeePerGas: 0n })), 'transaction underpriced: gas tip cap 0, minimum needed 1');
  t.equal(await refused(await signed(chain, 1, USDT, '0x', { chainId: 5 })), 'invalid chain id for signer: have 5 want 1');
  t.equal(await refused('0x01c0'), 'transaction type not supported');
  t.match(await refused('0x02c0'), /^rlp: /);
  t.match(await chain.ask('eth_sendRawTransaction', '0x2'), { code: -32602 });
});

t.test('a swap moves exactly what it was quoted, gas is paid apart, and failures cost gas and nothing else', async (t) => {
  const chain = testChain(SEED);
  const { node } = chain;
  const { address } = node.account;
  chain.pass(2);
  const send = async (nonce: number, to: Address, data: Hex, fields = {}): Promise<Hex> => (await chain.ask('eth_sendRawTransaction', await signed(chain, nonce, to, data, fields))) as Hex;
  const untouched = accountLedger(node).balances;
  const early = await send(0, V3_ROUTER, buyEther(address, 1_000_000_000n, 0n));
  await send(1, USDT, approval(V3_ROUTER));
  await send(2, USDT, approval(V2_ROUTER, 5_000_000_000n));
  const again = await send(3, USDT, approval(V2_ROUTER, 9_000_000_000n));
  chain.pass(1);
  const status = async (hash: Hex): Promise<unknown> => ((await chain.ask('eth_getTransactionReceipt', hash)) as { status: Hex } | null)?.status;
  t.equal(await status(early), '0x0', 'nothing was allowed yet');
  t.equal(await status(again), '0x0', 'Tether changes an allowance by way of nothing only');
  t.same({ ...accountLedger(node).balances, ETH: null }, { ...untouched, ETH: null }, 'tokens are as they were');
  t.match(await chain.ask('eth_call', { from: address, to: V3_ROUTER, data: buyEther(address, 1_000_000_000n, 10n ** 21n) }, 'latest'), { code: 3, message: 'execution reverted: Too little received', data: /^0x08c379a0/ });
  t.match(await chain.ask('eth_estimateGas', { from: address, to: V3_ROUTER, data: buyEther(address, 10n ** 15n, 0n) }), { code: 3, message: 'execution reverted: STF' });

  const { state } = node.chain.head;
  const pool = node.deployment.pool(WETH, USDT, 3000)!;
  const quoted = -pool.trace(state, { zeroForOne: false, amount: 2_000_000_000n, limit: MAX_SQRT_RATIO - 1n }).amount0;
  const pair = node.deployment.pair(WETH, USDT)!;
  const [reserve0, reserve1] = pair.reserves(state);
  const quotedV2 = v2AmountOut(4_000_000_000n, reserve1, reserve0);
  const v3 = await send(4, V3_ROUTER, buyEther(address, 2_000_000_000n, 0n, 3000), { maxPriorityFeePerGas: 9n * GWEI, maxFeePerGas: 50n * GWEI });
  const deadline = BigInt(node.chain.head.timestampS + 60);
  const v2 = await send(5, V2_ROUTER, encodeFunctionData({ abi: V2_ROUTER_ABI, functionName: 'swapExactTokensForTokens', args: [4_000_000_000n, 0n, [USDT, WETH], address, deadline] }), { maxPriorityFeePerGas: 9n * GWEI, maxFeePerGas: 50n * GWEI });
  const late = await send(6, V2_ROUTER, encodeFunctionData({ abi: V2_ROUTER_ABI, functionName: 'swapExactTokensForTokens', args: [1_000_000n, 0n, [USDT, WETH], address, 1n] }));
  chain.pass(1);
  t.same([await status(v3), await status(v2), await status(late)], ['0x1', '0x1', '0x0']);
  const { trades, balances, orders } = accountLedger(node);
  const ether = (wei: bigint): string => `${wei / 10n ** 18n}.${String(wei % 10n ** 18n).padStart(18, '0')}`;
  t.match(trades, [
    { hash: v3, tokenIn: 'USDT', amountIn: '2000.000000', tokenOut: 'WETH', amountOut: ether(quoted) },
    { hash: v2, tokenIn: 'USDT', amountIn: '4000.000000', tokenOut: 'WETH', amountOut: ether(quotedV2) },
  ], 'first in the block, with the best tips: at the price of the block before');
  t.equal(balances['USDT'].free, '1994000.000000');
  t.equal(balances['WETH'].free, ether(400n * 10n ** 18n + quoted + quotedV2));
  const wei = (text: unknown): bigint => BigInt(String(text).replace('.', ''));
  t.equal(wei(balances['ETH'].free), 100n * 10n ** 18n - orders.reduce((sum, { gasFee }) => sum + wei(gasFee), 0n), 'ether paid for gas alone');
  const logs = ((await chain.ask('eth_getTransactionReceipt', v2)) as { logs: { topics: Hex[] }[] }).logs.map(({ topics }) => topics[0]);
  t.same(logs, [TOPIC.transfer, TOPIC.transfer, TOPIC.sync, TOPIC.v2Swap]);
  t.same(((await chain.ask('eth_getTransactionReceipt', v3)) as { logs: { topics: Hex[] }[] }).logs.map(({ topics }) => topics[0]), [TOPIC.transfer, TOPIC.transfer, TOPIC.v3Swap]);
});

t.test('a reorg takes back what its blocks did, at the same height, and transactions of clients come again', async (t) => {
  for (const [kind, depth] of [['reorg', 1], ['reorg', 2], ['reorg-out', 2]] as const) {
    const chain = testChain(SEED);
    const { node, events } = chain;
    chain.pass(3);
    const hash = (await chain.ask('eth_sendRawTransaction', await signed(chain, 0, USDT, approval(V3_ROUTER)))) as Hex;
    chain.pass(1);
    const before = node.chain.head;
    t.equal(node.chain.locate(hash)?.block, before);
    chain.faults.arm({ kind, count: depth });
    chain.pass(1);
    const { removed, added } = events.at(-1)!;
    t.same(removed.map(({ number }) => number), added.map(({ number }) => number), `${kind} of ${depth}: at the same heights`);
    t.equal(removed.length, depth);
    t.equal(removed.at(-1), before);
    t.not(node.chain.head.hash, before.hash);
    t.equal(node.chain.locate(hash)?.block, kind === 'reorg' ? node.chain.head : undefined, 'mined in the new branch, or waiting again');
    t.equal(await chain.ask('eth_getTransactionCount', node.account.address, 'latest'), kind === 'reorg' ? '0x1' : '0x0');
    t.match(await chain.ask('eth_getBlockByHash', before.hash, false), { hash: before.hash }, 'the orphan can still be read by its hash');
    chain.pass(1);
    t.equal(node.chain.locate(hash)?.mined.status, 1);
    t.equal(node.chain.head.number, before.number + 1);
  }
});

t.test('stuck, dropped and failing transactions, and questions beyond the limits', async (t) => {
  const chain = testChain(SEED);
  chain.pass(1);
  const receipt = async (hash: unknown): Promise<{ status: Hex } | null> => (await chain.ask('eth_getTransactionReceipt', hash)) as { status: Hex } | null;
  chain.faults.arm({ kind: 'stuck-pending', ms: 1_200 });
  const stuck = await chain.ask('eth_sendRawTransaction', await signed(chain, 0, USDT, approval(V3_ROUTER)));
  chain.pass(2);
  t.equal(await receipt(stuck), null);
  t.match(await chain.ask('eth_getTransactionByHash', stuck), { hash: stuck, blockNumber: null });
  chain.pass(1);
  t.match(await receipt(stuck), { status: '0x1' });
  chain.faults.arm({ kind: 'drop-transactions' });
  const dropped = await chain.ask('eth_sendRawTransaction', await signed(chain, 1, USDT, approval(V2_ROUTER)));
  t.equal(await chain.ask('eth_getTransactionByHash', dropped), null);
  chain.faults.arm({ kind: 'revert-transactions' });
  const failing = await chain.ask('eth_sendRawTransaction', await signed(chain, 1, WETH, approval(V2_ROUTER)));
  chain.pass(1);
  t.match(await receipt(failing), { status: '0x0', logs: [] });
  t.match(await chain.ask('eth_getLogs', { fromBlock: '0x0', toBlock: 'latest' }), { code: -32005 });
  t.match(await chain.ask('eth_getLogs', { fromBlock: 'latest', toBlock: 'earliest' }), { code: -32602 });
  t.match(await chain.ask('eth_getBlockByNumber', '0x01', false), { code: -32602 });
  t.match(await chain.ask('eth_getBalance', '0x1234', 'latest'), { code: -32602 });
  t.match(await chain.ask('eth_call', {}, 'latest'), { code: -32000 });
  t.match(await chain.ask('eth_mystery'), { code: -32601, message: 'the method eth_mystery does not exist/is not available' });
  t.match(await chain.ask('eth_subscribe', 'newHeads'), { message: 'notifications not supported' });
  chain.pass(200);
  t.match(await chain.ask('eth_getBalance', WETH, 'earliest'), { code: -32000, message: /^missing trie node/ }, 'old states are gone');
  t.match(await chain.ask('eth_getBlockByNumber', 'earliest', false), { number: /^0x/ }, 'old blocks are not');
});

t.test('requests come alone or in batches, and subscribers are told heads, logs and what is taken back', async (t) => {
  const chain = testChain(SEED);
  const { rpc, faults } = chain;
  t.match(await rpc.answer('{', null), { id: null, error: { code: -32700 } });
  t.match(await rpc.answer('[]', null), { error: { code: -32600 } });
  t.equal(await rpc.answer('{"jsonrpc":"2.0","method":"eth_chainId"}', null), null, 'nobody waits for an answer');
  t.match(await rpc.answer('[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},7,{"jsonrpc":"2.0","id":"b","method":"net_version","params":[]}]', null),
    [{ id: 1, result: '0x1' }, { id: null, error: { code: -32600 } }, { id: 'b', result: '1' }]);

  const told: Notification['params'][] = [];
  const raw: string[] = [];
  const subscriber = { notify: (text: string): void => void raw.push(text), notifyLater: (text: string): void => void raw.push(`late ${text}`) };
  const subscribe = async (...params: unknown[]): Promise<string> => ((await rpc.answer(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params }), subscriber)) as { result: string }).result;
  const heads = await subscribe('newHeads');
  const pool = chain.node.deployment.pools[0].address;
  const logs = await subscribe('logs', { address: [pool, chain.node.deployment.pairs[0].address], topics: [[TOPIC.v3Swap, TOPIC.sync]] });
  const pass = (blocks: number): void => {
    chain.pass(blocks);
    told.push(...raw.splice(0).map((text) => (JSON.parse(text) as Notification).params));
  };
  pass(6);
  t.equal(told.filter(({ subscription }) => subscription === heads).length, 6);
  const mine = told.filter(({ subscription }) => subscription === logs).map(({ result }) => result);
  t.ok(mine.length > 0 && mine.every(({ address, topics }) => topics![0] === (address === pool ? TOPIC.v3Swap : TOPIC.sync)), 'those that were asked for');
  const firstOf = (number: Hex): string => told.find(({ result }) => (result.number ?? result.blockNumber) === number)!.subscription;
  const firsts = new Set(mine.map(({ blockNumber }) => `${Number(blockNumber) % 2} ${firstOf(blockNumber!) === heads ? 'head' : 'log'}`));
  t.same([...firsts].sort(), ['0 head', '1 log'], 'heads first in even blocks, logs in odd ones');

  told.length = 0;
  faults.arm({ kind: 'reorg', count: 2 });
  pass(1);
  const removed = told.findLastIndex(({ result }) => result.removed === true);
  t.ok(removed >= 0 && told.slice(0, removed).every(({ result }) => result.removed === true), 'what is gone is told first');
  t.ok(told.slice(removed + 1).some(({ subscription, result }) => subscription === logs && result.removed === false), 'then the new branch');
  faults.arm({ kind: 'late-heads', ms: 40 });
  chain.pass(1);
  t.equal(raw.splice(0).filter((text) => text.startsWith('late ')).length, 1);
  faults.arm({ kind: 'skip-heads', count: 2 });
  told.length = 0;
  pass(2);
  t.equal(told.filter(({ subscription }) => subscription === heads).length, 0);
  t.match(await rpc.answer(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_unsubscribe', params: [logs] }), subscriber), { result: true });
  t.match(await rpc.answer(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_unsubscribe', params: [logs] }), subscriber), { error: { message: 'subscription not found' } });
  faults.arm({ kind: 'lose-ack' });
  t.equal(await rpc.answer(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_sendRawTransaction', params: [await signed(chain, 0, USDT, approval(V3_ROUTER))] }), subscriber), NO_ANSWER);
  chain.pass(1);
  t.equal(accountLedger(chain.node).orders[0]['status'], 'mined', 'accepted all the same');
});

t.test('recorded swaps that stay within one range of liquidity come out of a pool contract to the unit', { skip: absent }, (t) => {
  const counts = { same: 0, other: 0 };
  const contract = new PoolContract(new Token(TOKENS.USDC), new Token(TOKENS.WETH), 500, 10);
  const state = new Layer(null);
  let known = false;
  for (const { topics, data } of recordedLogs(500)) {
    if (topics[0] !== TOPIC.v3Swap) {
      known = false;
      continue;
    }
    const [amount0, amount1, price, liquidity, tick] = data.slice(2).match(/.{64}/g)!.map((text) => BigInt.asIntN(256, BigInt(`0x${text}`)));
    if (known && state.get(`${contract.address} liquidity`) === liquidity) {
      const zeroForOne = amount0 > 0n;
      const [amountIn, amountOut] = zeroForOne ? [amount0, amount1] : [amount1, amount0];
      const same = [amountIn, amountOut].some((amount) => {
        const traced = contract.trace(state, { zeroForOne, amount, limit: zeroForOne ? MIN_SQRT_RATIO + 1n : MAX_SQRT_RATIO - 1n });
        return traced.amount0 === amount0 && traced.amount1 === amount1 && traced.price === price && traced.tick === Number(tick);
      });
      counts[same ? 'same' : 'other']++;
    }
    for (const [name, value] of Object.entries({ price, liquidity, tick })) state.set(`${contract.address} ${name}`, value);
    known = true;
  }
  t.ok(counts.same > 3_000 && counts.other < counts.same / 20, `${counts.same} the same; ${counts.other} stopped at a limit or crossed ticks unknown here`);
  t.end();
});
