/** Request parameters of REST and WebSocket API alike: texts by name. */
import { decimalsOf, parseDecimal } from '../../model/decimal.js';
import { badRequest } from './errors.js';

export class Params {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  get(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === '' ? undefined : value;
  }

  need(name: string): string {
    const value = this.get(name);
    if (value === undefined) throw badRequest(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
    return value;
  }

  refuse(name: string): void {
    if (this.has(name)) throw badRequest(-1106, `Parameter '${name}' sent when not required.`);
  }

  integer(name: string, fallback: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const text = this.get(name);
    if (text === undefined) return fallback;
    if (!/^\d{1,16}$/.test(text)) throw badRequest(-1100, `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`);
    return Math.min(Number(text), most);
  }

  /** A non-negative decimal at 10^-8; more decimals than that are refused. */
  amount(name: string): bigint | undefined {
    const text = this.get(name);
    if (text === undefined) return undefined;
    if (!/^\d{1,20}(\.\d{1,20})?$/.test(text)) throw badRequest(-1100, `Illegal characters found in parameter '${name}'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.`);
    if (decimalsOf(text) > 8) throw badRequest(-1111, `Parameter '${name}' has too much precision.`);
    return parseDecimal(text, 8);
  }
}
