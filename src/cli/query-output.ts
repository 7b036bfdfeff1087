/** The answer of a query as a table for people, as JSON lines, or as CSV. */
import type { QueryResult } from '../store/store.js';

function text(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isNumeric(type: string): boolean {
  return /^(Nullable\()?(U?Int|Float|Decimal)/.test(type);
}

/** Columns aligned: numbers to the right, the rest to the left. */
export function asTable({ columns, rows }: QueryResult): string {
  if (rows.length === 0) return `${columns.map(({ name }) => name).join('  ')}\n(nothing)\n`;
  const cells = rows.map((row) => row.map(text));
  const widths = columns.map(({ name }, i) => Math.max(name.length, ...cells.map((row) => row[i].length)));
  const line = (row: readonly string[]): string => row.map((cell, i) => (isNumeric(columns[i].type) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ').trimEnd();
  return [line(columns.map(({ name }) => name)), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.map(line)].join('\n').concat('\n');
}

/** An object a line. Decimals are text, so that they stay exact. */
export function asJson({ columns, rows }: QueryResult): string {
  return rows.map((row) => `${JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])))}\n`).join('');
}

/** RFC 4180, with a head line. */
export function asCsv({ columns, rows }: QueryResult): string {
  const cell = (value: unknown): string => {
    const plain = text(value);
    return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  return [columns.map(({ name }) => name), ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
