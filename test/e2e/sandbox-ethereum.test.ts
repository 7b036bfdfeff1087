/** An independent client, viem, over HTTP and WebSocket: it reads the pools, watches blocks and events, quotes, approves, swaps and sees a reorg. */
import t from 'tap';
import type { Test } from 'tap';
import { createPublicClient, createWalletClient, erc20Abi, http, parseAbi, parseEventLogs, webSocket } from 'viem';
import type { Address, Block, Hex, Log, PublicClient, Transport } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { mainnet } from 'viem/chains';
import { startSandbox } from '../../src/sandbox/index.js';
import type { SandboxHandle } from '../../src/sandbox/index.js';

const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2';
const USDC = '0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48';
const QUOTER = '0x61fFE014bA17989E743c5F6cB21bF9697530B21e';
const V3_FACTORY = '0x1F98431c8aD98523631AE4a59f267346ea31F984';
/** USDC/WETH 0.05 %, as on mainnet. */
const POOL = '0x88e6A0c2dDD26FEEb64F039a2c41296FcB3f5640';
const V2_PAIR = '0x0d4a11d5EEaaC28EC3F61d100daF4d40471f1852';

const poolAbi = parseAbi([
  'function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16 observationIndex, uint16 observationCardinality, uint16 observationCardinalityNext, uint8 feeProtocol, bool unlocked)',
  'function liquidity() view returns (uint128)', 'function fee() view returns (uint24)', 'function token0() view returns (address)', 'function token1() view returns (address)',
  'event Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)',
]);
const pairAbi = parseAbi(['function getReserves() view returns (uint112 reserve0, uint112 reserve1, uint32 blockTimestampLast)', 'event Sync(uint112 reserve0, uint112 reserve1)']);
const factoryAbi = parseAbi(['function getPool(address, address, uint24) view returns (address)']);
const quoterAbi = parseAbi([
  'function quoteExactInputSingle((address tokenIn, address tokenOut, uint256 amountIn, uint24 fee, uint160 sqrtPriceLimitX96) params) returns (uint256 amountOut, uint160 sqrtPriceX96After, uint32 initializedTicksCrossed, uint256 gasEstimate)',
]);
const routerAbi = parseAbi([
  'function exactInputSingle((address tokenIn, address tokenOut, uint24 fee, address recipient, uint256 amountIn, uint256 amountOutMinimum, uint160 sqrtPriceLimitX96) params) payable returns (uint256 amountOut)',
  'function multicall(uint256 deadline, bytes[] data) payable returns (bytes[] results)',
]);

interface Access {
  readonly rest: string;
  readonly ws: string;
  readonly privateKey: Hex;
  readonly router: Address;
}

async function start(test: Test): Promise<{ sandbox: SandboxHandle; access: Access }> {
  const sandbox = await startSandbox({ seed: 11, venues: ['uniswap'], own: { uniswap: { blockMs: 200 } } });
  test.teardown(() => sandbox.close());
  const { rest, ws, privateKey, settings } = sandbox.ready.venues['uniswap'];
  return { sandbox, access: { rest, ws, privateKey: privateKey as Hex, router: settings!.routers!.v3 as Address } };
}

/** Give something at most ten seconds to come true. */
async function until(happened: () => boolean): Promise<boolean> {
  for (let i = 0; i < 500 && !happened(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  return happened();
}

async function tradingDay(test: Test, client: PublicClient, transport: Transport, { privateKey, router }: Access, sandbox: SandboxHandle): Promise<void> {
  test.equal(await client.getChainId(), 1);
  const reads = await client.multicall({
    contracts: [
      { address: POOL, abi: poolAbi, functionName: 'token0' }, { address: POOL, abi: poolAbi, functionName: 'token1' }, { address: POOL, abi: poolAbi, functionName: 'fee' },
      { address: USDC, abi: erc20Abi, functionName: 'decimals' }, { address: WETH, abi: erc20Abi, functionName: 'symbol' },
      { address: V3_FACTORY, abi: factoryAbi, functionName: 'getPool', args: [WETH, USDC, 500] },
      { address: POOL, abi: pairAbi, functionName: 'getReserves' },
    ],
  });
  test.same(reads.slice(0, 6).map(({ result }) => result), [USDC, WETH, 500, 6, 'WETH', POOL]);
  test.equal(reads[6].status, 'failure', 'a v3 pool has no reserves, and the other reads do not mind');
  const [{ sqrtPriceX96 }, reserves] = await Promise.all([
    client.readContract({ address: POOL, abi: poolAbi, functionName: 'slot0' }).then(([price, tick]) => ({ sqrtPriceX96: price, tick })),
    client.readContract({ address: V2_PAIR, abi: pairAbi, functionName: 'getReserves' }),
  ]);
  const v3Price = 1e12 / (Number(sqrtPriceX96) / 2 ** 96) ** 2;
  const v2Price = (Number(reserves[1]) / Number(reserves[0])) * 1e12;
  test.ok(Math.abs(v3Price / v2Price - 1) < 0.02, `pools agree about the price of ether: ${v3Price.toFixed(2)} and ${v2Price.toFixed(2)}`);

  const blocks: Block[] = [];
  const swaps: Log[] = [];
  const stop = [
    client.watchBlocks({ onBlock: (block) => void blocks.push(block), pollingInterval: 50 }),
    client.watchContractEvent({ address: POOL, abi: poolAbi, eventName: 'Swap', onLogs: (logs) => void swaps.push(...logs), pollingInterval: 50 }),
  ];

  const account = privateKeyToAccount(privateKey);
  const wallet = createWalletClient({ account, chain: mainnet, transport });
  const allowed = await client.waitForTransactionReceipt({ hash: await wallet.writeContract({ address: USDC, abi: erc20Abi, functionName: 'approve', args: [router, 10n ** 12n] }), pollingInterval: 50 });
  test.equal(allowed.status, 'success');
  const order = { tokenIn: USDC, tokenOut: WETH, fee: 500, recipient: account.address, amountIn: 5_000_000_000n, sqrtPriceLimitX96: 0n } as const;
  const { result: [quoted] } = await client.simulateContract({ address: QUOTER, abi: quoterAbi, functionName: 'quoteExactInputSingle', args: [order] });
  test.ok(Math.abs(5_000 / (Number(quoted) / 1e18) / v3Price - 1) < 0.02, 'the quote is near the price');
  await test.rejects(client.simulateContract({ account, address: router, abi: routerAbi, functionName: 'exactInputSingle', args: [{ ...order, amountOutMinimum: quoted * 2n }] }), /Too little received/);

  const before = await client.readContract({ address: WETH, abi: erc20Abi, functionName: 'balanceOf', args: [account.address] });
  const hash = await wallet.writeContract({
    address: router, abi: routerAbi, functionName: 'exactInputSingle', args: [{ ...order, amountOutMinimum: (quoted * 98n) / 100n }], maxPriorityFeePerGas: 3_000_000_000n, maxFeePerGas: 20_000_000_000n,
  });
  const receipt = await client.waitForTransactionReceipt({ hash, pollingInterval: 50 });
  test.equal(receipt.status, 'success');
  const [swap] = parseEventLogs({ abi: poolAbi, eventName: 'Swap', logs: receipt.logs });
  test.equal(swap.args.amount0, 5_000_000_000n);
  const [paid, got] = parseEventLogs({ abi: erc20Abi, eventName: 'Transfer', logs: receipt.logs }).map(({ args }) => args.value).reverse();
  test.same([paid, got], [5_000_000_000n, -swap.args.amount1]);
  const after = await client.readContract({ address: WETH, abi: erc20Abi, functionName: 'balanceOf', args: [account.address], blockNumber: receipt.blockNumber });
  test.equal(after - before, got, 'the balance grew by what the log says');
  test.equal(sandbox.ledger('uniswap').trades.length, 1);
  test.ok(await until(() => swaps.some(({ transactionHash }) => transactionHash === hash)), 'the event was seen');
  test.ok(await until(() => blocks.length > 5));
  test.ok(blocks.every((block, i) => i === 0 || block.number! >= blocks[i - 1].number!), 'blocks in order');
  const past = await client.getContractEvents({ address: POOL, abi: poolAbi, eventName: 'Swap', fromBlock: receipt.blockNumber, toBlock: receipt.blockNumber });
  test.ok(past.some(({ transactionHash }) => transactionHash === hash));
  const { baseFeePerGas } = await client.getFeeHistory({ blockCount: 4, rewardPercentiles: [10, 50] });
  test.equal(baseFeePerGas.length, 5);
  for (const end of stop) end();
}

t.test('viem trades a day over HTTP', async (test) => {
  const { sandbox, access } = await start(test);
  const transport = http(access.rest, { batch: true });
  await tradingDay(test, createPublicClient({ chain: mainnet, transport }), transport, access, sandbox);
});

t.test('viem trades a day over WebSocket, and sees blocks and logs taken back', async (test) => {
  const { sandbox, access } = await start(test);
  const transport = webSocket(access.ws, { reconnect: { delay: 50 } });
  const client = createPublicClient({ chain: mainnet, transport });
  await tradingDay(test, client, transport, access, sandbox);

  const removed: Log[] = [];
  const heads: { number: bigint; hash: Hex }[] = [];
  const pending: Hex[] = [];
  const stop = [
    client.watchContractEvent({ address: V2_PAIR, abi: pairAbi, eventName: 'Sync', onLogs: (logs) => void removed.push(...logs.filter((log) => log.removed)) }),
    client.watchBlocks({ onBlock: ({ number, hash }) => void heads.push({ number, hash }) }),
    client.watchPendingTransactions({ onTransactions: (hashes) => void pending.push(...hashes) }),
  ];
  const isWrittenAnew = (): boolean => heads.some(({ number, hash }, i) => heads.slice(0, i).some((former) => former.number === number && former.hash !== hash));
  await until(() => heads.length > 2);
  for (let i = 0; i < 12 && !(removed.length > 0 && isWrittenAnew()); i++) {
    const seen = heads.length;
    sandbox.fault('uniswap', { kind: 'reorg', count: 2 });
    await until(() => heads.length > seen + 3);
  }
  test.ok(removed.length > 0, 'logs come again as removed');
  test.ok(isWrittenAnew(), 'heads of equal height');
  test.ok(pending.length > 0, 'pending transactions are told');
  const { number } = heads.at(-1)!;
  test.equal((await client.getBlock({ blockNumber: number - 1n })).hash, (await client.getBlock({ blockNumber: number })).parentHash, 'the chain holds together');

  const seen = heads.length;
  sandbox.fault('uniswap', { kind: 'drop-connections' });
  test.ok(await until(() => heads.length > seen + 2), 'a dropped connection is opened again');
  for (const end of stop) end();
  (await client.transport.getRpcClient()).close();
});
