/** What a sandbox venue is: what the market generator and the composition root need to know of it, and how its server starts. */
import type { VenueSettings } from '../venue/contract.js';
import type { ControlContext } from './control.js';
import type { FairPrice } from './market/fair.js';
import type { MakerCharacter } from './market/maker.js';
import type { FeeSchedule } from './matching/exchange.js';
import type { VenueCore } from './venue-core.js';

/** Rules of one market: one price unit is 10^-priceDecimals (the tick), one quantity unit 10^-qtyDecimals (the step). */
export interface MarketRules {
  readonly priceDecimals: number;
  readonly qtyDecimals: number;
  /** Decimal text: least quantity in base, least price × quantity in quote. */
  readonly minQty: string;
  readonly minNotional: string;
}

/** How its makers quote. */
export interface VenueCharacter extends Pick<MakerCharacter, 'halfSpreadBps' | 'noiseBps' | 'levelValue' | 'qtyDecimals'> {
  /** How far its view of the price is behind, ms (at most 60 steps). */
  readonly lagMs: number;
}

/** What every venue's server is started with; `O` are the options that only this venue has. */
export interface VenueStart<O> {
  readonly core: VenueCore;
  readonly seed: number;
  readonly port: number;
  /** Length of a market step, ms. */
  readonly stepMs: number;
  /** The market's own price of a canonical pair (`BTC/USDT`), for venues that quote without the matching engine's books. */
  readonly fair: (pair: string) => FairPrice | undefined;
  /** The market stands still: see Simulation.frozen. */
  readonly isFrozen: () => boolean;
  readonly control: Pick<ControlContext, 'cross' | 'freeze' | 'status'>;
  readonly own: O;
}

/** Addresses and keys, as `ringside sandbox --json` prints them; what a venue does not have is absent. */
export interface VenueAccess {
  readonly rest: string;
  /** Public streams; Ethereum: everything. */
  readonly ws: string;
  /** Order entry and private streams: Binance's name, Kraken's, and everybody else's. */
  readonly wsApi?: string;
  readonly wsAuth?: string;
  readonly wsPrivate?: string;
  /** Where orders have a socket of their own. */
  readonly wsOrders?: string;
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string;
  readonly ed25519PrivateKey?: string;
  readonly privateKey?: string;
  readonly settings?: VenueSettings;
}

/** A venue's running server, as the composition root drives it. */
export interface VenueServer {
  readonly access: VenueAccess;
  readonly control: ControlContext;
  /** Encode this step's market data, … */
  encode: (step: number) => void;
  /** … send it, and then whatever executions the step caused. */
  send: () => void;
  /** Send what is pending of one market at once. */
  flushMarket: (marketIndex: number) => void;
  close: () => Promise<void>;
}

/** An option of one venue on the command line. */
export interface VenueFlag {
  /** `binance-depth-ms`: the venue first. */
  readonly flag: string;
  /** Which of the venue's `defaults` it sets. */
  readonly option: string;
  readonly doc: string;
}

/** One line of the registry. */
export interface SandboxVenue<O extends object = object> {
  /** As the engine's registry has it. */
  readonly id: string;
  readonly name: string;
  readonly fees: FeeSchedule;
  /** First number of its orders and trades. */
  readonly firstId: number;
  readonly character: VenueCharacter;
  /** Quote assets it lists. */
  readonly quotes: readonly string[];
  /** Whether it lists this pair where only a number of pairs is asked for; absent: all of its quotes. */
  lists?(base: string, quote: string): boolean;
  /** Rules of its market of this base; undefined: it quotes the pair without a book of the matching engine (pools). */
  rules(base: string, startPrice: number): MarketRules | undefined;
  /** Options that only this venue has: where nothing is said, and without limits. */
  readonly defaults: O;
  readonly unlimited: Partial<O>;
  /** Those that are whole numbers and stand on the command line. */
  readonly flags?: readonly VenueFlag[];
  /** @throws RingsideError SANDBOX_PORT_IN_USE, SANDBOX_LISTEN_FAILED */
  start(options: VenueStart<O>): Promise<VenueServer>;
}

/** A venue that runs. */
export interface RunningVenue {
  readonly venue: SandboxVenue;
  readonly core: VenueCore;
  readonly server: VenueServer;
}
