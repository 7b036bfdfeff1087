/** A numbered case: one thing that every venue must do. Numbers are kept for ever; the table in the docs shows them. */
import type { Test } from 'tap';
import type { Rig } from './rig.js';

export interface Case {
  /** `F4`: feed, orders and metadata count for themselves. */
  readonly id: string;
  readonly title: string;
  run(t: Test, rig: Rig): Promise<void> | void;
}
