/** Names near a mistyped one. */

/** Insertions, deletions, replacements and swaps of neighbours from one word to another. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_row, i) => Array.from({ length: b.length + 1 }, (_cell, j) => (i === 0 ? j : j === 0 ? i : 0)));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, rows[i - 2][j - 2] + 1);
      rows[i][j] = least;
    }
  }
  return rows[a.length][b.length];
}

/** Known names that a third of the letters or fewer tell from the given one, the nearest first; never the name itself. */
export function nearestNames(given: string, known: readonly string[]): string[] {
  return known.map((name) => ({ name, distance: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => name !== given && distance <= Math.max(1, Math.min(given.length, name.length) / 3))
    .sort((a, b) => a.distance - b.distance)
    .map(({ name }) => name);
}
