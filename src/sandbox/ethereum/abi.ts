/** The functions of the contracts, as their sources declare them, and the events they log. */
import { parseAbi, toEventSelector } from 'viem/utils';
import type { Hex } from 'viem';

export const ERC20_ABI = parseAbi([
  'function name() view returns (string)', 'function symbol() view returns (string)', 'function decimals() view returns (uint8)',
  'function totalSupply() view returns (uint256)', 'function balanceOf(address owner) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)', 'function approve(address spender, uint256 amount) returns (bool)',
  'function transfer(address to, uint256 amount) returns (bool)', 'function transferFrom(address from, address to, uint256 amount) returns (bool)',
]);

/** Tether's three that move or allow something return nothing. */
export const TETHER_ABI = parseAbi([
  'function name() view returns (string)', 'function symbol() view returns (string)', 'function decimals() view returns (uint256)',
  'function totalSupply() view returns (uint256)', 'function balanceOf(address owner) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)', 'function approve(address spender, uint256 amount)',
  'function transfer(address to, uint256 amount)', 'function transferFrom(address from, address to, uint256 amount)',
]);

export const WETH_ABI = [...ERC20_ABI, ...parseAbi(['function deposit() payable', 'function withdraw(uint256 amount)'])] as const;

export const V2_FACTORY_ABI = parseAbi([
  'function getPair(address tokenA, address tokenB) view returns (address)', 'function allPairs(uint256 index) view returns (address)', 'function allPairsLength() view returns (uint256)',
]);

export const V2_PAIR_ABI = parseAbi([
  'function name() view returns (string)', 'function symbol() view returns (string)', 'function decimals() view returns (uint8)',
  'function totalSupply() view returns (uint256)', 'function balanceOf(address owner) view returns (uint256)',
  'function factory() view returns (address)', 'function token0() view returns (address)', 'function token1() view returns (address)',
  'function getReserves() view returns (uint112 reserve0, uint112 reserve1, uint32 blockTimestampLast)',
  'function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes data)', 'function sync()',
]);

export const V2_ROUTER_ABI = parseAbi([
  'function factory() view returns (address)', 'function WETH() view returns (address)',
  'function getAmountsOut(uint256 amountIn, address[] path) view returns (uint256[] amounts)',
  'function getAmountsIn(uint256 amountOut, address[] path) view returns (uint256[] amounts)',
  'function swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline) returns (uint256[] amounts)',
  'function swapTokensForExactTokens(uint256 amountOut, uint256 amountInMax, address[] path, address to, uint256 deadline) returns (uint256[] amounts)',
]);

export const V3_FACTORY_ABI = parseAbi([
  'function getPool(address tokenA, address tokenB, uint24 fee) view returns (address)', 'function feeAmountTickSpacing(uint24 fee) view returns (int24)',
]);

export const V3_POOL_ABI = parseAbi([
  'function factory() view returns (address)', 'function token0() view returns (address)', 'function token1() view returns (address)',
  'function fee() view returns (uint24)', 'function tickSpacing() view returns (int24)', 'function maxLiquidityPerTick() view returns (uint128)',
  'function liquidity() view returns (uint128)',
  'function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16 observationIndex, uint16 observationCardinality, uint16 observationCardinalityNext, uint8 feeProtocol, bool unlocked)',
  'function ticks(int24 tick) view returns (uint128 liquidityGross, int128 liquidityNet, uint256 feeGrowthOutside0X128, uint256 feeGrowthOutside1X128, int56 tickCumulativeOutside, uint160 secondsPerLiquidityOutsideX128, uint32 secondsOutside, bool initialized)',
  'function tickBitmap(int16 word) view returns (uint256)',
]);

export const V3_ROUTER_ABI = parseAbi([
  'function factory() view returns (address)', 'function WETH9() view returns (address)',
  'struct ExactInputSingle { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }',
  'struct ExactOutputSingle { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountOut; uint256 amountInMaximum; uint160 sqrtPriceLimitX96; }',
  'function exactInputSingle(ExactInputSingle params) payable returns (uint256 amountOut)',
  'function exactOutputSingle(ExactOutputSingle params) payable returns (uint256 amountIn)',
  'function multicall(bytes[] data) payable returns (bytes[] results)',
  'function multicall(uint256 deadline, bytes[] data) payable returns (bytes[] results)',
]);

export const QUOTER_ABI = parseAbi([
  'function factory() view returns (address)', 'function WETH9() view returns (address)',
  'struct QuoteInput { address tokenIn; address tokenOut; uint256 amountIn; uint24 fee; uint160 sqrtPriceLimitX96; }',
  'struct QuoteOutput { address tokenIn; address tokenOut; uint256 amount; uint24 fee; uint160 sqrtPriceLimitX96; }',
  'function quoteExactInputSingle(QuoteInput params) returns (uint256 amountOut, uint160 sqrtPriceX96After, uint32 initializedTicksCrossed, uint256 gasEstimate)',
  'function quoteExactOutputSingle(QuoteOutput params) returns (uint256 amountIn, uint160 sqrtPriceX96After, uint32 initializedTicksCrossed, uint256 gasEstimate)',
]);

export const MULTICALL3_ABI = parseAbi([
  'struct Call3 { address target; bool allowFailure; bytes callData; }', 'struct Result { bool success; bytes returnData; }',
  'function aggregate3(Call3[] calls) payable returns (Result[] returnData)',
  'function getBlockNumber() view returns (uint256)', 'function getCurrentBlockTimestamp() view returns (uint256)', 'function getBasefee() view returns (uint256)',
  'function getChainId() view returns (uint256)', 'function getEthBalance(address account) view returns (uint256)',
]);

const topicOf = (signature: string): Hex => toEventSelector(`event ${signature}`);

/** First topics of the events. */
export const TOPIC = {
  transfer: topicOf('Transfer(address,address,uint256)'), approval: topicOf('Approval(address,address,uint256)'),
  deposit: topicOf('Deposit(address,uint256)'), withdrawal: topicOf('Withdrawal(address,uint256)'),
  pairCreated: topicOf('PairCreated(address,address,address,uint256)'), poolCreated: topicOf('PoolCreated(address,address,uint24,int24,address)'),
  sync: topicOf('Sync(uint112,uint112)'), v2Swap: topicOf('Swap(address,uint256,uint256,uint256,uint256,address)'),
  v2Mint: topicOf('Mint(address,uint256,uint256)'), v2Burn: topicOf('Burn(address,uint256,uint256,address)'),
  v3Collect: topicOf('Collect(address,address,int24,int24,uint128,uint128)'), initialize: topicOf('Initialize(uint160,int24)'), v3Swap: topicOf('Swap(address,address,int256,int256,uint160,uint128,int24)'),
  v3Mint: topicOf('Mint(address,address,int24,int24,uint128,uint256,uint256)'), v3Burn: topicOf('Burn(address,int24,int24,uint128,uint256,uint256)'),
} as const;
