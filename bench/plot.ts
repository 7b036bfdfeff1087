/**
 * Percentile curves as SVG: percentile on x (evenly spaced nines, so that tails are seen), time on a logarithmic y.
 * Colours hold on light and on dark pages; the page's own scheme decides the text.
 */
import type { Curve } from './bench.js';
import { formatNs } from './table.js';

const WIDTH = 800;
const HEIGHT = 380;
const LEFT = 78;
const RIGHT = 230;
const TOP = 44;
const BOTTOM = 54;
const COLOURS = ['#3b82f6', '#f97316', '#10b981', '#e0446b', '#a855f7', '#b58900', '#14a3b8', '#8a8f98'];
const TICKS = [0, 50, 90, 99, 99.9, 99.99, 99.999];

/** 0 → 0, 90 → 1, 99 → 2, 99.9 → 3: how many nines. */
const nines = (percentile: number): number => -Math.log10(1 - percentile / 100);
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** @throws RangeError when there is nothing to draw */
export function percentilePlot(title: string, curves: Readonly<Record<string, Curve>>): string {
  const points = Object.values(curves).flat();
  if (points.length === 0) throw new RangeError(`${title}: no curve has a point`);
  const floor = (ns: number): number => Math.log10(Math.max(1, ns));
  const xMax = Math.max(2, ...points.map(([percentile]) => nines(percentile)));
  const yMin = Math.floor(Math.min(...points.map(([, ns]) => floor(ns))));
  const yMax = Math.max(yMin + 1, Math.ceil(Math.max(...points.map(([, ns]) => floor(ns)))));
  const x = (percentile: number): number => LEFT + (nines(percentile) / xMax) * (WIDTH - LEFT - RIGHT);
  const y = (ns: number): number => HEIGHT - BOTTOM - ((floor(ns) - yMin) / (yMax - yMin)) * (HEIGHT - TOP - BOTTOM);
  const parts: string[] = [];
  for (let power = yMin; power <= yMax; power++) {
    const at = y(10 ** power).toFixed(1);
    parts.push(`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text x="${LEFT - 8}" y="${Number(at) + 4}" text-anchor="end">${formatNs(10 ** power).replace('.00', '').replace('.0', '')}</text>`);
  }
  for (const percentile of TICKS.filter((tick) => nines(tick) <= xMax + 1e-9)) {
    const at = x(percentile).toFixed(1);
    parts.push(`<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${percentile}%</text>`);
  }
  Object.entries(curves).forEach(([name, curve], k) => {
    const colour = COLOURS[k % COLOURS.length];
    const path = curve.map(([percentile, ns], i) => `${i === 0 ? 'M' : 'L'}${x(percentile).toFixed(1)} ${y(ns).toFixed(1)}`).join('');
    const legendY = TOP + 10 + 20 * k;
    parts.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"/>`);
    parts.push(`<line x1="${WIDTH - RIGHT + 14}" x2="${WIDTH - RIGHT + 32}" y1="${legendY}" y2="${legendY}" stroke="${colour}" stroke-width="3"/><text x="${WIDTH - RIGHT + 38}" y="${legendY + 4}">${escape(name)}</text>`);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escape(title)}: time by percentile">
<style>text{font:12px system-ui,sans-serif;fill:#30363d}.title{font-size:15px;font-weight:600}.grid{stroke:#8b949e;stroke-opacity:.35;stroke-width:1}.page{fill:#fff}@media (prefers-color-scheme:dark){text{fill:#d0d7de}.page{fill:#0d1117}}</style>
<rect class="page" width="${WIDTH}" height="${HEIGHT}" rx="6"/>
<text class="title" x="${LEFT}" y="26">${escape(title)}</text>
${parts.join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">percentile</text>
<text transform="translate(18 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">time (logarithmic)</text>
</svg>
`;
}
