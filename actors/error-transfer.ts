/** A RingsideError thrown on another thread arrives as one, with its code: comlink alone would keep name and message only. Imported on both sides. */
import * as Comlink from 'comlink';
import { RingsideError } from '../src/model/errors.js';

interface Thrown {
  readonly value: unknown;
}

interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly where?: string;
  readonly fix?: string;
}

type Wire = { readonly ringside: PlainError } | { readonly other: unknown };

const standard = Comlink.transferHandlers.get('throw') as Comlink.TransferHandler<Thrown, unknown>;

const handler: Comlink.TransferHandler<Thrown, Wire> = {
  canHandle: (value): value is Thrown => standard.canHandle(value),
  serialize(thrown) {
    const { value } = thrown;
    if (!(value instanceof RingsideError)) {
      const [other, transfers] = standard.serialize(thrown);
      return [{ other }, transfers];
    }
    const { code, message, where, fix } = value;
    return [{ ringside: { code, message, ...(where === undefined ? {} : { where }), ...(fix === undefined ? {} : { fix }) } }, []];
  },
  deserialize(wire) {
    if ('other' in wire) return standard.deserialize(wire.other);
    const { code, message, ...hints } = wire.ringside;
    throw new RingsideError(code, message, hints);
  },
};

Comlink.transferHandlers.set('throw', handler);
