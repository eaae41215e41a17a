// Where the rows of a long list stand, in pixels: all of one height, but for headings. Pure.
const beyond = 12;  // rows kept above and below what is seen

export interface Heights {
  row: number;
  heading: number;
  /** Which rows are headings, ascending. */
  headings: readonly number[];
}

/** How far below the first row this one begins. */
export function offsetOf(index: number, { row, heading, headings }: Heights): number {
  let before = 0;
  while (before < headings.length && headings[before]! < index) before += 1;
  return index * row + before * (heading - row);
}

/** The row that stands so far below the first; outside of the list, where it would stand. */
export function indexAt(offset: number, heights: Heights): number {
  let past = 0;  // headings above
  for (const index of heights.headings) {
    if (offsetOf(index, heights) >= offset) break;
    past += 1;
  }
  return (offset - past * (heights.heading - heights.row)) / heights.row;
}

/** Which rows to keep when the list is seen from `top` to `bottom`. */
export function rangeOf(top: number, bottom: number, heights: Heights, length: number): [number, number] {
  const until = Math.max(0, Math.min(length, Math.ceil(indexAt(bottom, heights)) + beyond));
  const from = Math.min(until, Math.max(0, Math.floor(indexAt(top, heights)) - beyond));
  return [from, until];
}
