/**
 * Kraken's names for assets. REST writes `XXBT`, `ZUSD`, `XBT`, `XDG`; WebSocket v2 and this engine write `BTC`, `USD`, `DOGE`.
 */

/** Classic assets that REST prefixes with X (crypto) or Z (fiat). Newer ones stand as they are, some with an X of their own (`XTZ`). */
const PREFIXED = new Set([
  'XXBT', 'XETH', 'XETC', 'XLTC', 'XXRP', 'XXLM', 'XXMR', 'XZEC', 'XREP', 'XMLN', 'XXDG', 'XICN', 'XDAO', 'XNMC', 'XXVN',
  'ZUSD', 'ZEUR', 'ZGBP', 'ZCAD', 'ZJPY', 'ZAUD', 'ZCHF', 'ZKRW',
]);

const RENAMED: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };

/** Canonical code of an asset: `XXBT` → `BTC`, `ZUSD` → `USD`, `XDG` → `DOGE`, `SOL` → `SOL`. */
export function canonicalAsset(name: string): string {
  const plain = PREFIXED.has(name) ? name.slice(1) : name;
  return RENAMED[plain] ?? plain;
}

/** The asset whose balance this REST name stands for; undefined for staked, bonded and other holdings (`DOT.S`, `USD.M`) that cannot be traded with. */
export function spotAsset(name: string): string | undefined {
  return name.includes('.') ? undefined : canonicalAsset(name);
}

/** WebSocket v2 symbol of a REST `wsname`: `XBT/USD` → `BTC/USD`. */
export function v2Symbol(wsname: string): string {
  return wsname.split('/').map(canonicalAsset).join('/');
}
