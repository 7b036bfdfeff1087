/** Transfers as the periphery makes them: whatever the token says, the failure carries the router's own reason. */
import { Revert, revert } from './execution.js';

export function orRevertWith(reason: string, transfer: () => void): void {
  try {
    transfer();
  } catch (error) {
    if (error instanceof Revert) revert(reason);
    throw error;
  }
}
