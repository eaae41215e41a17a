import type { Row } from '../../api/types';
import { rows } from '../../state/rows';
import { folded } from '../../words/catalogue';

/** By name, id, product, territory and data center; every word of the text must fit. */
export function fitting(text: string, chosen: readonly string[] = []): Row[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return rows.value.filter((row) => {
    const all = folded(`${row.name} ${row.id} ${row.product} ${row.territory} ${row.data_center}`);
    return !chosen.includes(row.id) && words.every((word) => all.includes(word));
  });
}
