import type { Frame } from './topics.js';
import type { VenueCore } from './venue-core.js';

/** Gaps, duplicates and damage in the depth frames, where armed. */
export function withDepthFaults(core: VenueCore, frames: Frame[], symbolOf: (topic: string) => string): Frame[] {
  const sent: Frame[] = [];
  for (const frame of frames) {
    if (frame.book && core.faults.take('skip-depth', symbolOf(frame.topic)) !== null) continue;
    const damaged = frame.book && core.faults.take('malformed-depth', symbolOf(frame.topic)) !== null;
    sent.push(damaged ? { ...frame, text: frame.text.slice(0, frame.text.length >> 1) } : frame);
    if (frame.book && core.faults.take('duplicate-depth', symbolOf(frame.topic)) !== null) sent.push(frame);
  }
  return sent;
}
