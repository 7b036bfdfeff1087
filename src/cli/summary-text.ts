/** The summary for people. */
import type { Summary } from '../../actors/summary.js';

const yes = (value: boolean | null, good: string, bad: string, unknown: string): string => (value === null ? unknown : value ? good : bad);
const micros = (ns: number): string => (ns / 1000).toFixed(1);

export function summaryText(summary: Summary): string {
  const lines = [`Session ${summary.session}, ${summary.mode}, ${(summary.durationMs / 1000).toFixed(1)} s`];
  for (const [id, venue] of Object.entries(summary.venues)) {
    lines.push(`  ${id.padEnd(14)} ${venue.booksInSync}/${venue.books} books in sync, ${venue.frames} frames, ${venue.resyncs} resyncs, ${venue.reconnects} reconnects${venue.via === 'native' ? '' : `; via ${venue.via}: slower`}`);
  }
  const { sent, open, ...states } = summary.orders;
  lines.push(`  opportunities  ${summary.opportunities.found} found, ${summary.opportunities.taken} taken`);
  lines.push(`  orders         ${sent} sent, ${open} open; ${Object.entries(states).map(([state, count]) => `${count} ${state}`).join(', ') || 'none'}; ${summary.fills} fills`);
  for (const [quote, pnl] of Object.entries(summary.pnl)) lines.push(`  P&L ${quote.padEnd(10)} realised ${pnl.realised} after ${pnl.fees} of fees, unrealised ${pnl.unrealised}; ${pnl.expected} were expected`);
  for (const [hop, latency] of Object.entries(summary.latency)) lines.push(`  ${hop.padEnd(14)} p50 ${micros(latency.p50Ns)} µs, p99 ${micros(latency.p99Ns)} µs, max ${micros(latency.maxNs)} µs (${latency.count})`);
  lines.push(`  journal        ${summary.journal.records} records${summary.journal.unwritten > 0 ? `, ${summary.journal.unwritten} MORE COULD NOT BE WRITTEN` : ''}; ${summary.store.mode === 'off' ? 'no store' : `${summary.store.rows} rows in ClickHouse (${yes(summary.store.agrees, 'they agree', 'THEY DIFFER', 'not compared')})`}`);
  lines.push(`  balances       ${yes(summary.reconciled, 'equal the venues to the last unit', 'DIFFER FROM THE VENUES', 'were not compared')}`);
  const drops = Object.entries(summary.drops);
  if (drops.length > 0) lines.push(`  drops          ${drops.map(([where, count]) => `${where}: ${count}`).join('; ')}`);
  return `${lines.join('\n')}\n`;
}
