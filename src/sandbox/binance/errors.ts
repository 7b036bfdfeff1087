/** Binance's errors: an HTTP status, a code and a text. */
export class BinanceError extends Error {
  readonly status: number;
  readonly code: number;
  readonly data: Record<string, unknown> | undefined;

  constructor(status: number, code: number, message: string, data?: Record<string, unknown>) {
    super(message);
    this.status = status;
    this.code = code;
    this.data = data;
  }
}

export function badRequest(code: number, message: string): BinanceError {
  return new BinanceError(400, code, message);
}

export function filterFailure(filter: string): BinanceError {
  return badRequest(-1013, `Filter failure: ${filter}`);
}
