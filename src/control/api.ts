/** The control API: Fastify on loopback, OpenAPI at /docs. It lives on the main thread and never touches a ring. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, { type FastifyInstance } from 'fastify';
import { RingsideError } from '../model/errors.js';
import { answerErrors } from './answers.js';
import type { EngineControl } from './engine-control.js';
import { guardRequests, requireLoopback } from './guard.js';
import { addRoutes, type Timeouts } from './routes.js';
import { announceEngine } from './running-engine.js';

export interface ApiOptions {
  /** Loopback: 127.0.0.1, ::1, localhost. */
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly version: string;
  readonly timeouts?: Partial<Timeouts>;
  /** Data directory: the address is written there, so that `ringside query` finds the engine that has it open. */
  readonly announceIn?: string;
  /** A request failed for a reason that is no answer to the caller. */
  readonly onInternalError: (error: Error) => void;
}

export interface ControlApi {
  /** `http://127.0.0.1:7420` */
  readonly url: string;
  close(): Promise<void>;
}

const TIMEOUTS: Timeouts = { controlMs: 2000, stopMs: 10_000, queryMs: 30_000 };

/** The application without a socket, as tests and the generator of the API's description use it. */
export async function buildApi(control: EngineControl, { version, timeouts, onInternalError }: Omit<ApiOptions, 'host' | 'port' | 'announceIn'>): Promise<FastifyInstance> {
  const api = fastify({ bodyLimit: 16_384, forceCloseConnections: true });
  answerErrors(api, onInternalError);
  guardRequests(api);
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Ringside control API', version, description: 'Health, readiness, status, start, stop and kill switch of one engine. Loopback only.' },
      tags: [{ name: 'watch', description: 'Reads only' }, { name: 'act', description: 'Changes what the engine does' }],
    },
  });
  await api.register(swaggerUi, { routePrefix: '/docs' });
  api.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
  addRoutes(api, control, { ...TIMEOUTS, ...timeouts }, version);
  return api;
}

/** @throws RingsideError API_NOT_LOOPBACK, API_PORT_IN_USE, API_CANNOT_LISTEN */
export async function startApi(control: EngineControl, options: ApiOptions): Promise<ControlApi> {
  requireLoopback(options.host);
  const api = await buildApi(control, options);
  try {
    const url = await api.listen({ host: options.host, port: options.port });
    const withdraw = options.announceIn === undefined ? undefined : announceEngine(options.announceIn, url);
    return {
      url,
      async close() {
        withdraw?.();
        await api.close();
      },
    };
  } catch (cause) {
    await api.close();
    throw cannotListen(cause as NodeJS.ErrnoException, options);
  }
}

function cannotListen(cause: NodeJS.ErrnoException, { host, port }: ApiOptions): RingsideError {
  const where = `${host}:${port}`;
  if (cause.code === 'EADDRINUSE') {
    return new RingsideError('API_PORT_IN_USE', `port ${port} is taken, perhaps by another Ringside`, { where, fix: 'Stop the other process, or use --api-port 0 (any free port) or --no-api.', cause });
  }
  return new RingsideError('API_CANNOT_LISTEN', cause.message, { where, fix: 'Choose another port with --api-port, or run with --no-api.', cause });
}
