/** comlink ships no types for its Node adapter. */
declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { Endpoint } from 'comlink';

  export default function nodeEndpoint(port: unknown): Endpoint;
}
