/** Bybit's REST requests: what is signed, and how its answers are read. */
import { RejectReason } from '../../record/codes.js';
import type { GatewayHost } from '../contract.js';
import { RestRequests, type RestRequest, type RestRules } from '../rest-requests.js';
import type { RestAnswer } from './private-messages.js';
import type { BybitSigner } from './signer.js';
import { Code, isPassing, reasonOf } from './venue-error.js';

export interface PrivateRequest extends Pick<RestRequest, 'path' | 'onAnswer'> {
  readonly method: 'GET' | 'POST';
  /** Query of a GET, body of a POST. */
  readonly payload: string;
}

const RETRY_NS = 500e6;
const RATE_PAUSE_NS = 1e9;
const BANNED_NS = 600e9;
/** HTTP status of an address that has asked too much. */
const BANNED = 403;

const decoder = new TextDecoder();

const RULES: RestRules = {
  requestsPerSecond: 10,
  read(status, body) {
    if (status < 200 || status >= 300) return { code: Code.NO_ANSWER };
    try {
      const { retCode, result } = JSON.parse(decoder.decode(body)) as RestAnswer;
      if (typeof retCode !== 'number') return { code: Code.NO_ANSWER };
      return retCode === Code.OK ? { result, code: Code.OK } : { code: retCode };
    } catch {
      return { code: Code.NO_ANSWER };
    }
  },
  isPassing: (status, code) => status !== BANNED && isPassing(code),
  pauseNs(status, code) {
    if (status === BANNED) return BANNED_NS;
    if (!isPassing(code)) return 0;
    return reasonOf(code) === RejectReason.RATE_LIMITED ? RATE_PAUSE_NS : RETRY_NS;
  },
};

export class PrivateRequests extends RestRequests {
  /** @param venueMs Unix time by the venue's clock */
  constructor(host: GatewayHost, private readonly signer: BybitSigner, private readonly venueMs: () => number) {
    super(host, RULES);
  }

  /** Ask for something that needs a signature. */
  ask({ method, path, payload, onAnswer }: PrivateRequest, nowNs: number): void {
    const make = method === 'GET' ? () => this.signer.get(path, payload, this.venueMs()) : () => this.signer.post(path, payload, this.venueMs());
    this.add({ path, make, onAnswer }, nowNs);
  }
}
