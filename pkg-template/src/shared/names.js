// @ts-check
// The nearest known name to an unknown one, for "did you mean". The sentence around it is left to the caller.

/** @param {string} name */
const plain = (name) => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/**
 * @param {string} unknown
 * @param {string[]} known
 * @returns {string | undefined} undefined when nothing is near
 */
export function nearest(unknown, known) {
  const name = plain(unknown.slice(0, 40));
  const limit = Math.max(1, Math.floor(name.length / 3));
  const near = known
    .map((candidate) => {
      const other = plain(candidate);
      const begins = name.length > 3 && (other.startsWith(name) || name.startsWith(other));
      return { candidate, far: begins ? 0.5 : distance(name, other) };
    })
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far);
  return name ? near[0]?.candidate : undefined;
}

/**
 * Insertions, removals, replacements and swaps of neighbours that make the one of the other.
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  let rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(row[j - 1] + 1, rows[0][j] + 1, rows[0][j - 1] + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], rows[1][j - 2] + 1);
    }
    rows = [row, rows[0]];
  }
  return rows[0][b.length];
}
