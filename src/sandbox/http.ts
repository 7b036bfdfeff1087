/** Just enough HTTP for a venue: read the body, hand over, answer JSON. Loopback only. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RingsideError } from '../model/errors.js';

export interface HttpRequest {
  method: string;
  path: string;
  /** As sent, without the question mark. */
  query: string;
  body: string;
  headers: IncomingHttpHeaders;
}

export interface HttpReply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export type HttpHandler = (request: HttpRequest) => HttpReply | Promise<HttpReply>;

const LOOPBACK = '127.0.0.1';
const BODY_BYTES_MAX = 1_000_000;

/** @throws RingsideError SANDBOX_PORT_IN_USE, SANDBOX_LISTEN_FAILED */
export async function listen(port: number, where: string, handler: HttpHandler): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_BYTES_MAX) chunks.push(chunk);
      else incoming.destroy();
    });
    incoming.on('end', () => {
      const url = incoming.url ?? '/';
      const mark = url.indexOf('?');
      const request: HttpRequest = {
        method: incoming.method ?? 'GET', path: mark < 0 ? url : url.slice(0, mark), query: mark < 0 ? '' : url.slice(mark + 1),
        body: Buffer.concat(chunks).toString('utf8'), headers: incoming.headers,
      };
      const answer = (reply: HttpReply): void => {
        outgoing.writeHead(reply.status, { 'content-type': 'application/json;charset=UTF-8', ...reply.headers });
        outgoing.end(JSON.stringify(reply.body));
      };
      void (async () => handler(request))().then(answer, (error: unknown) => answer({ status: 500, body: { error: [`EGeneral:Internal error`], code: -1000, msg: String(error) } }));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      reject(new RingsideError(inUse ? 'SANDBOX_PORT_IN_USE' : 'SANDBOX_LISTEN_FAILED', `The sandbox could not listen on ${LOOPBACK}:${port}: ${error.message}`, {
        where, fix: inUse ? 'Choose another port, or leave the option out to take a free one.' : 'Check that this port may be opened.', cause: error,
      }));
    });
    server.listen(port, LOOPBACK, resolve);
  });
  return server;
}

/** Stop listening, and cut off whoever is still connected. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** Where it listens: `http://127.0.0.1:40123`. */
export function loopback(scheme: 'http' | 'ws', server: Server): string {
  return `${scheme}://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
}

/** Form or query parameters, in order; a later duplicate wins. */
export function parseForm(text: string): Map<string, string> {
  const form = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(text)) form.set(key, value);
  return form;
}
