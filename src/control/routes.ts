/** The routes of the control API. Thin: each is one call of EngineControl with a timeout. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { RingsideError } from '../model/errors.js';
import { errorSchema, within } from './answers.js';
import type { EngineControl } from './engine-control.js';
import { statusSchema } from './status.js';

export interface Timeouts {
  /** Status, readiness, start, unkill, kill. */
  readonly controlMs: number;
  /** Stop waits for open orders to be cancelled. */
  readonly stopMs: number;
  readonly queryMs: number;
}

const done = { description: 'Done', type: 'object', required: ['ok'], properties: { ok: { type: 'boolean' } } } as const;
const problems = { '4xx': errorSchema, '5xx': errorSchema } as const;

function statusJsonSchema(): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(statusSchema, { target: 'draft-7' });
  return { description: 'Everything the screen shows', ...schema };
}

export function addRoutes(api: FastifyInstance, control: EngineControl, { controlMs, stopMs, queryMs }: Timeouts, version: string): void {
  api.get('/health', {
    schema: {
      tags: ['watch'], summary: 'Liveness: this process turns',
      response: { 200: { description: 'It does', type: 'object', properties: { ok: { type: 'boolean' }, version: { type: 'string' }, pid: { type: 'number' } } }, ...problems },
    },
  }, () => ({ ok: true, version, pid: process.pid }));

  const readiness = { type: 'object', required: ['ready', 'reasons'], properties: { ready: { type: 'boolean' }, reasons: { type: 'array', items: { type: 'string' } } } } as const;
  api.get('/ready', {
    schema: { tags: ['watch'], summary: 'Readiness: venues up, books in sync, journal writable', response: { 200: { description: 'Ready', ...readiness }, 503: { description: 'Not ready, and why', ...readiness }, 504: errorSchema } },
  }, async (_request, reply) => {
    const reasons = await within(controlMs, 'ready', () => control.readiness());
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons });
  });

  api.get('/status', { schema: { tags: ['watch'], summary: 'The whole status', response: { 200: statusJsonSchema(), ...problems } } }, () => within(controlMs, 'status', () => control.status()));

  const act = (path: string, summary: string, timeoutMs: number, call: () => Promise<void>): void => {
    api.post(path, { schema: { tags: ['act'], summary, response: { 200: done, ...problems } } }, async () => {
      await within(timeoutMs, path.slice(1), call);
      return { ok: true };
    });
  };
  act('/start', 'Let strategies trade', controlMs, () => control.start());
  act('/stop', 'Stop trading and cancel open orders; market data goes on', stopMs, () => control.stop());
  act('/unkill', 'Kill switch off', controlMs, () => control.unkill());

  addKill(api, control, controlMs);

  api.get<{ Params: { name: string }; Querystring: Record<string, string> }>('/query/:name', {
    schema: {
      tags: ['watch'], summary: 'A stored query by name; its parameters are query parameters',
      params: { type: 'object', properties: { name: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' } } },
      querystring: { type: 'object', additionalProperties: { type: 'string', maxLength: 200 } },
      response: {
        200: {
          description: 'Columns, and rows as lists of values', type: 'object', required: ['columns', 'rows'],
          properties: {
            columns: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' }, type: { type: 'string' } } } },
            rows: { type: 'array', description: 'Each a list of values in the order of the columns' },
          },
        },
        ...problems,
      },
    },
  }, ({ params, query }) => {
    if (control.query === undefined) throw new RingsideError('QUERY_UNAVAILABLE', 'this engine runs without a store', { where: params.name, fix: 'Start it with clickhouse.mode embedded or server.' });
    return within(queryMs, `query ${params.name}`, control.query.bind(control, params.name, query));
  });
}

const REASON_CHARS = 200;

/** A kill is never refused for how it is written: of a body that is not understood only the reason is lost. */
function addKill(api: FastifyInstance, control: EngineControl, timeoutMs: number): void {
  void api.register((scope, _options, registered) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
    scope.post<{ Body: string | null }>('/kill', {
      validatorCompiler: () => () => true,
      schema: {
        tags: ['act'], summary: 'Kill switch on: nothing new is sent, open orders are cancelled',
        body: { anyOf: [{ type: 'null' }, { type: 'object', properties: { reason: { type: 'string', maxLength: REASON_CHARS, description: 'Shown in status and alerts' } } }] },
        response: { 200: done, ...problems },
      },
    }, async ({ body }) => {
      await within(timeoutMs, 'kill', () => control.kill(reasonIn(body) ?? 'control API'));
      return { ok: true };
    });
    registered();
  });
}

function reasonIn(body: string | null | undefined): string | undefined {
  try {
    const { reason } = JSON.parse(body ?? '') as { reason?: unknown };
    return typeof reason === 'string' && reason !== '' ? reason.slice(0, REASON_CHARS) : undefined;
  } catch {
    return undefined;
  }
}
