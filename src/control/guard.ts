/**
 * Who may talk to the API: this machine only. The socket is bound to loopback; the Host check keeps out pages whose
 * name was rebound to 127.0.0.1, the Origin check keeps out pages that post across sites.
 */
import type { FastifyInstance } from 'fastify';
import { RingsideError } from '../model/errors.js';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]', '::1']);

/** @throws RingsideError API_NOT_LOOPBACK */
export function requireLoopback(host: string): void {
  if (!LOOPBACK.has(host)) {
    throw new RingsideError('API_NOT_LOOPBACK', `the control API has no accounts and does not listen on ${host}`, { where: 'api.host', fix: 'Use 127.0.0.1, ::1 or localhost; reach it from elsewhere through an SSH tunnel.' });
  }
}

function isLocal(authority: string | undefined): boolean {
  if (authority === undefined || !URL.canParse(`http://${authority}`)) return false;
  return LOOPBACK.has(new URL(`http://${authority}`).hostname);
}

export function guardRequests(api: FastifyInstance): void {
  api.addHook('onRequest', async (request) => {
    if (!isLocal(request.headers.host)) throw new RingsideError('API_HOST_REFUSED', 'the Host header does not name this machine', { where: 'Host', fix: 'Call it as http://127.0.0.1:PORT or http://localhost:PORT.' });
    const { origin } = request.headers;
    if (origin !== undefined && !isLocal(/^https?:\/\/(.+)$/.exec(origin)?.[1])) throw new RingsideError('API_ORIGIN_REFUSED', 'the request comes from a page of another site', { where: 'Origin', fix: 'Call the API from this machine.' });
  });
}
