/** Selectors of the functions this venue calls, and first topics of the events it reads: keccak-256 of their signatures. */
export const Selector = {
  token0: '0x0dfe1681', token1: '0xd21220a7', factory: '0xc45a0155', getReserves: '0x0902f1ac',
  fee: '0xddca3f43', tickSpacing: '0xd0c93a7c', slot0: '0x3850c7bd', liquidity: '0x1a686502', ticks: '0xf30dba93', tickBitmap: '0x5339c296',
  decimals: '0x313ce567', symbol: '0x95d89b41', balanceOf: '0x70a08231', allowance: '0xdd62ed3e',
} as const;

export const Topic = {
  v2Sync: '0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1',
  v2Swap: '0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822',
  v3Initialize: '0x98636036cb66a9c19a37435efc1e90142190214e8abeb821bdba3f2990dd4c95',
  v3Swap: '0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67',
  v3Mint: '0x7a53080ba414158be7ec69b987b5fb7d07dee101fe85488f0853ae16239d0bde',
  v3Burn: '0x0c396cd989a39f4459b5fa1aed6a9a8dcdbc45908acfd67e028cd568da98982c',
  transfer: '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef',
} as const;
