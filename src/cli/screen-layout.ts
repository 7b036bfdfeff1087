/** Puts sections on a terminal of given size: what matters most keeps its rows longest. */
import type { EngineStatus } from '../control/status.js';
import { durationText } from './format.js';
import { beside, clip, fit, spread, type Line, type Span } from './screen-lines.js';
import {
  alertsSection, keptSection, latencySection, marketsSection, opportunitiesSection, ordersSection, profitSection, ringsSection, venuesSection, type Section,
} from './screen-sections.js';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** From this width on, latency and rings stand in a column of their own. */
const WIDE = 164;
const SIDE_COLUMNS = 82;

/** From this turn on a section may shrink to its title before a title goes. */
const FIRST_DETAIL = 3;

/** At most `rows` lines, each at most `columns` wide. */
export function screenLines(status: EngineStatus, footer: string, { columns, rows }: ScreenSize): Line[] {
  const room = rows - 2;
  const width = columns >= WIDE ? columns - SIDE_COLUMNS : columns;
  const venues = venuesSection(status);
  const markets = marketsSection(status, width);
  const side = [latencySection(status), ringsSection(status, SIDE_COLUMNS)];
  // In the order they are shown; the number is their turn when rows are handed out.
  const main: [Section, number][] = [[venues, 0], [markets, 1], [profitSection(status), 2], [opportunitiesSection(status), 6], [ordersSection(status), 7]];
  const tail: [Section, number][] = [[keptSection(status), 3], [alertsSection(status), 4]];
  const lines = columns >= WIDE
    ? beside(stack([...main, ...tail], room), stack(side.map((section, i) => [section, i]), room), width)
    : stack([...main, [side[0], 5], [ringsSection(status, columns), 8], ...tail], room);
  const all = [headLine(status, columns), ...lines.slice(0, room), ...(rows > 1 ? [[[footer, 'dim']] as Line] : [])];
  return all.slice(0, rows).map((line) => clip(line, columns));
}

function headLine({ mode, state, session, uptimeMs, killed }: EngineStatus, columns: number): Line {
  const left: Span[] = [['RINGSIDE ', 'head'], [mode, mode === 'live' ? 'warn' : 'plain'], [` · ${state} `, state === 'running' ? 'good' : 'warn'], [durationText(uptimeMs), 'dim']];
  if (killed !== null) return fit([...left, ['  KILL SWITCH ON: ', 'bad'], [killed.reason, 'bad']], columns);
  return spread(left, [[`session ${session}`, 'dim']], columns);
}

/** Titles and least rows first, then further rows one at a time in turn, until the room is used. */
function stack(sections: readonly [Section, number][], room: number): Line[] {
  const shown = sections.map(([{ rows, least }]) => Math.min(least, rows.length));
  const turns = sections.map((_, i) => i).sort((a, b) => sections[a][1] - sections[b][1]);
  const used = (): number => shown.reduce((sum, rows) => sum + Math.max(0, rows + 1), 0);
  const shrink = (most: number, to: number): void => {
    for (const i of turns.toReversed()) while (sections[i][1] >= most && used() > room && shown[i] > to) shown[i]--;
  };
  shrink(FIRST_DETAIL, 0);
  shrink(0, -1); // not even the title
  for (let gave = true; gave && used() < room; ) {
    gave = false;
    for (const i of turns) {
      if (used() >= room) break;
      if (shown[i] >= sections[i][0].rows.length) continue;
      shown[i]++;
      gave = true;
    }
  }
  return sections.flatMap(([{ title, rows }], i) => (shown[i] < 0 ? [] : [title, ...rows.slice(0, shown[i])]));
}
