/** Messages between the embedded engine's process and whoever owns it. */
import type { QueryParams, QueryResult, SlotChunk } from './store.js';

export type Request =
  | { readonly id: number; readonly op: 'exec'; readonly sql: string; readonly params: QueryParams }
  | { readonly id: number; readonly op: 'query'; readonly sql: string; readonly params: QueryParams }
  | { readonly id: number; readonly op: 'insertRows'; readonly table: string; readonly rows: readonly Readonly<Record<string, unknown>>[] }
  | { readonly id: number; readonly op: 'insertSlots'; readonly chunk: SlotChunk }
  | { readonly id: number; readonly op: 'close' };

/** Distributes over the union, which plain Omit does not. */
export type RequestBody = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;

export type Response =
  | { readonly id: number; readonly result: QueryResult | undefined }
  | { readonly id: number; readonly error: string };

/** Sent once, before anything else. */
export type Greeting = { readonly ready: true } | { readonly ready: false; readonly reason: 'load' | 'open'; readonly text: string };
