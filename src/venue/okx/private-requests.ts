/** OKX's private REST questions: signed when their turn comes, answered in one envelope. */
import { RejectReason } from '../../record/codes.js';
import type { GatewayHost } from '../contract.js';
import { RestRequests, type RestRequest, type RestRules } from '../rest-requests.js';
import type { RestAnswer } from './private-messages.js';
import type { OkxSigner } from './signer.js';
import { Code, codeOf, isPassing, reasonOf } from './venue-error.js';

const RETRY_NS = 500e6;
const RATE_PAUSE_NS = 2e9;
const TOO_MANY_REQUESTS = 429;

const decoder = new TextDecoder();

const RULES: RestRules = {
  // Balances, the slowest of those asked for here, may be asked for ten times in two seconds.
  requestsPerSecond: 5,
  read(status, body) {
    if (status === TOO_MANY_REQUESTS) return { code: Code.RATE };
    if (status >= 500 || status === 0) return { code: Code.NO_ANSWER };
    try {
      // Refusals come with 4xx and the envelope.
      const { code, data } = JSON.parse(decoder.decode(body)) as RestAnswer;
      return { result: data, code: codeOf(code) };
    } catch {
      return { code: Code.NO_ANSWER };
    }
  },
  isPassing: (_status, code) => isPassing(code),
  pauseNs(_status, code) {
    if (!isPassing(code)) return 0;
    return reasonOf(code) === RejectReason.RATE_LIMITED ? RATE_PAUSE_NS : RETRY_NS;
  },
};

export class PrivateRequests extends RestRequests {
  /** @param venueMs Unix time by the venue's clock */
  constructor(host: GatewayHost, private readonly signer: OkxSigner, private readonly venueMs: () => number) {
    super(host, RULES);
  }

  /** A signed GET. @param path with its query */
  ask(path: string, onAnswer: RestRequest['onAnswer'], nowNs: number): void {
    this.add({ path, make: () => this.signer.request('GET', path, this.venueMs()), onAnswer }, nowNs);
  }

  /** The same for a list of objects; `code` is NO_ANSWER where the venue said that all is well and sent none. */
  askList(path: string, onList: (list: readonly object[], code: number, nowNs: number) => void, nowNs: number): void {
    this.ask(path, (result, code, answeredNs) => {
      const isList = Array.isArray(result) && (result as unknown[]).every((item) => typeof item === 'object' && item !== null);
      if (code === Code.OK && !isList) onList([], Code.NO_ANSWER, answeredNs);
      else onList(isList ? (result as object[]) : [], code, answeredNs);
    }, nowNs);
  }
}
