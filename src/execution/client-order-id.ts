/**
 * The id a venue knows an order by: `r<session>X<order>`, both base 36 in lower case. The session is the Unix time in ms
 * of its epoch, so ids are unique over the sessions of an account; at most 1 + 9 + 1 + 7 = 18 characters, letters and
 * digits only: OKX accepts nothing else.
 */
const SEPARATOR = 'X';

export class ClientOrderIds {
  private readonly prefix: string;

  /** @param epochUnixMs of the session; 8 characters until 2059, 9 until 5188 */
  constructor(epochUnixMs: number) {
    this.prefix = `r${Math.trunc(epochUnixMs).toString(36)}${SEPARATOR}`;
  }

  text(orderId: number): string {
    return this.prefix + orderId.toString(36);
  }

  /** The order id, or undefined for an id of another session or somebody else. */
  parse(text: string): number | undefined {
    if (!text.startsWith(this.prefix)) return undefined;
    const tail = text.slice(this.prefix.length);
    if (!/^[1-9a-z][0-9a-z]{0,6}$/.test(tail)) return undefined;
    const orderId = Number.parseInt(tail, 36);
    return orderId <= 0xffff_ffff ? orderId : undefined;
  }
}
