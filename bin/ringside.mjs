#!/usr/bin/env node
// The `ringside` command: makes the checkout ready, then hands over to the compiled command line.
import { ensureReady } from './setup.mjs';

ensureReady();
await import('../dist/src/cli/main.js');
