/** Errors as answers: `{code, message, where, fix}` with a fitting HTTP status; and calls that cannot hang. */
import type { FastifyError, FastifyInstance } from 'fastify';
import { RingsideError } from '../model/errors.js';

/** HTTP status of the codes that are not simply a refused request (409). */
const HTTP_STATUS: Readonly<Record<string, number>> = {
  API_BAD_REQUEST: 400, API_HOST_REFUSED: 403, API_ORIGIN_REFUSED: 403, API_NOT_FOUND: 404, QUERY_UNKNOWN: 404, QUERY_PARAM: 400, SESSION_UNKNOWN: 404, QUERY_UNAVAILABLE: 503, THREAD_ENDED: 503, EXECUTOR_BUSY: 503, CONTROL_TIMEOUT: 504,
};

export const errorSchema = {
  description: 'What was wrong, where, and what to do; `code` is stable',
  type: 'object',
  required: ['code', 'message'],
  properties: { code: { type: 'string' }, message: { type: 'string' }, where: { type: 'string' }, fix: { type: 'string' } },
} as const;

export function answerErrors(api: FastifyInstance, onInternalError: (error: Error) => void): void {
  api.setErrorHandler<FastifyError | RingsideError>((error, _request, reply) => {
    if (error instanceof RingsideError) {
      const { code, message, where, fix } = error;
      return reply.code(HTTP_STATUS[code] ?? 409).send({ code, message, ...(where === undefined ? {} : { where }), ...(fix === undefined ? {} : { fix }) });
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return reply.code(error.statusCode).send({ code: 'API_BAD_REQUEST', message: error.message, fix: 'See /docs for what is accepted.' });
    }
    onInternalError(error);
    return reply.code(500).send({ code: 'API_INTERNAL', message: 'the request failed inside the engine', fix: 'See the alerts in /status.' });
  });
  api.setNotFoundHandler((request, reply) => reply.code(404).send({ code: 'API_NOT_FOUND', message: `there is no ${request.method} ${request.url.split('?', 1)[0]}`, fix: 'See /docs for what there is.' }));
}

/**
 * A control call goes to another thread, and a call to a thread that has ended never settles.
 * @throws RingsideError CONTROL_TIMEOUT
 */
export async function within<T>(timeoutMs: number, what: string, call: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RingsideError('CONTROL_TIMEOUT', `the engine did not answer ${what} within ${timeoutMs} ms`, { where: what, fix: 'Look at the actors in /status; ask again, or stop the process.' })), timeoutMs);
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    clearTimeout(timer);
  }
}
