/** Styled text in lines, cut and laid out for a terminal of a given width. Only characters one cell wide. */

export type Style = 'plain' | 'dim' | 'head' | 'good' | 'bad' | 'warn';
export type Span = readonly [text: string, style?: Style];
export type Line = readonly Span[];

/** The terminal's own 16 colours, so that they suit its theme. */
const SGR: Readonly<Record<Style, string>> = { plain: '', dim: '2', head: '1;36', good: '32', bad: '31', warn: '33' };

export function lineWidth(line: Line): number {
  return line.reduce((width, [text]) => width + text.length, 0);
}

/** At most `columns` wide. */
export function clip(line: Line, columns: number): Line {
  const result: Span[] = [];
  let room = columns;
  for (const [text, style] of line) {
    if (room <= 0) break;
    result.push([text.length > room ? `${text.slice(0, room - 1)}…` : text, style]);
    room -= text.length;
  }
  return result;
}

/** Exactly `columns` wide. */
export function fit(line: Line, columns: number): Line {
  const cut = clip(line, columns);
  const missing = columns - lineWidth(cut);
  return missing > 0 ? [...cut, [' '.repeat(missing)]] : cut;
}

/** `left … right`, the right one at the edge. */
export function spread(left: Line, right: Line, columns: number): Line {
  const room = columns - lineWidth(right);
  return room > 1 ? [...fit(left, room), ...right] : clip(left, columns);
}

/** Two blocks next to each other. */
export function beside(left: readonly Line[], right: readonly Line[], leftColumns: number): Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [...fit(left[i] ?? [], leftColumns), ...(right[i] ?? [])]);
}

/** Cells padded to the widths; negative = flush right. */
export function row(cells: readonly Span[], widths: readonly number[]): Line {
  return cells.map(([text, style], i) => {
    const width = widths[i] ?? 0;
    return [width < 0 ? `${text.padStart(-width - 1)} ` : text.slice(0, Math.max(0, width - 1)).padEnd(width), style];
  });
}

/** Text with or without colour codes. Control characters in what others said (alerts, reasons) become spaces. */
export function paint(line: Line, colour: boolean): string {
  const clean = line.map(([part, style]): Span => [part.replaceAll(/\p{Cc}/gu, ' '), style]);
  const text = clean.map(([part, style = 'plain']) => (colour && SGR[style] !== '' ? `\u001b[${SGR[style]}m${part}\u001b[0m` : part)).join('');
  return colour ? text : text.trimEnd();
}
