/** The rare frames: answers to subscriptions, errors, notices, the `instruments` and `status` channels. Nothing of them is taken on trust. */

export interface News {
  /** `subscribe`, `unsubscribe`, `error`, `notice`, `login`, …; '' for a channel. */
  readonly event: string;
  readonly code: string;
  readonly channel: string;
  readonly symbol: string;
  /** The symbol that an error is about, '' where its text names none. */
  readonly refusedSymbol: string;
  readonly markets: readonly { readonly symbol: string; readonly state: string }[];
  /** Whether trading is interrupted, where the `status` channel says so. */
  readonly maintenance: boolean | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** What of the venue is under maintenance: the WebSocket service, trading, trading by batches of accounts, trading by products. */
const SERVICES_OF_TRADING = new Set(['0', '5', '8', '9']);
/** Announced, but not now. */
const INTERRUPTED: Readonly<Record<string, boolean>> = { ongoing: true, completed: false, canceled: false };

/** @returns undefined for what is no object */
export function readNews(text: string): News | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isFields(message)) return undefined;
  const arg = isFields(message.arg) ? message.arg : {};
  const data = (Array.isArray(message.data) ? (message.data as unknown[]) : []).filter(isFields);
  return {
    event: textOf(message.event), code: textOf(message.code), channel: textOf(arg.channel), symbol: textOf(arg.instId),
    refusedSymbol: /instId:\s*([A-Za-z0-9-]+)/.exec(textOf(message.msg))?.[1] ?? textOf(arg.instId),
    markets: data.map(({ instId, state }) => ({ symbol: textOf(instId), state: textOf(state) })).filter(({ symbol, state }) => symbol !== '' && state !== ''),
    maintenance: arg.channel === 'status' ? maintenanceOf(data) : undefined,
  };
}

function maintenanceOf(data: readonly Fields[]): boolean | undefined {
  const concerned = data.filter(({ serviceType }) => SERVICES_OF_TRADING.has(textOf(serviceType)));
  return concerned.map(({ state }) => INTERRUPTED[textOf(state)]).findLast((interrupted) => interrupted !== undefined);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
